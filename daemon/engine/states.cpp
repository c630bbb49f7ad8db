#include "engine/states.hpp"

#include <algorithm>
#include <array>

namespace runbookd::engine {
namespace {

constexpr std::array<std::string_view, 6> kJobStatuses{"created",   "queued", "running",
                                                       "completed", "failed", "timeout"};
constexpr std::array<std::string_view, kDispositions> kDispositionNames{
    "pending", "succeeded", "warning", "failed",    "timeout",
    "expired", "skipped",   "halted",  "cancelled", "unknown"};
constexpr std::array<std::string_view, 7> kRunStatuses{"planned", "waiting", "running",  "completed",
                                                       "failed",  "aborted", "cancelled"};
constexpr std::array<std::string_view, 9> kTriggers{
    "schedule", "manual", "quickjob", "api", "retarget", "alert", "outcome", "online", "discovered"};
constexpr std::array<std::string_view, 5> kVerdicts{"on_time", "late", "caught_up", "skipped", "missed"};

template <class E, std::size_t N>
std::string_view name_of(E value, const std::array<std::string_view, N>& names) {
    return names.at(static_cast<std::size_t>(value));
}

template <class E, std::size_t N>
std::optional<E> value_of(std::string_view text, const std::array<std::string_view, N>& names) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) return std::nullopt;
    return static_cast<E>(found - names.begin());
}

}  // namespace

std::string_view to_text(JobStatus s) { return name_of(s, kJobStatuses); }
std::string_view to_text(Disposition d) { return name_of(d, kDispositionNames); }
std::string_view to_text(RunStatus s) { return name_of(s, kRunStatuses); }
std::string_view to_text(Trigger t) { return name_of(t, kTriggers); }
std::string_view to_text(Verdict v) { return name_of(v, kVerdicts); }
std::optional<JobStatus> job_status_from(std::string_view t) { return value_of<JobStatus>(t, kJobStatuses); }
std::optional<Disposition> disposition_from(std::string_view t) {
    return value_of<Disposition>(t, kDispositionNames);
}
std::optional<RunStatus> run_status_from(std::string_view t) { return value_of<RunStatus>(t, kRunStatuses); }
std::optional<Trigger> trigger_from(std::string_view t) { return value_of<Trigger>(t, kTriggers); }
std::optional<Verdict> verdict_from(std::string_view t) { return value_of<Verdict>(t, kVerdicts); }

}  // namespace runbookd::engine
