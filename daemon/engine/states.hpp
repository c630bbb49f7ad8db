#pragma once
// The words for states, exactly as the database, the views and the CLI spell them.
#include <cstdint>
#include <optional>
#include <string_view>

namespace runbookd::engine {

/// created → queued → running → completed | failed | timeout; an open job may go to any later state.
enum class JobStatus : std::uint8_t { created, queued, running, completed, failed, timeout };
[[nodiscard]] constexpr bool is_terminal(JobStatus s) { return s >= JobStatus::completed; }

enum class Disposition : std::uint8_t {
    pending,
    succeeded,
    warning,
    failed,
    timeout,
    expired,
    skipped,
    halted,
    cancelled,
    unknown
};
inline constexpr std::size_t kDispositions = 10;

enum class RunStatus : std::uint8_t { planned, waiting, running, completed, failed, aborted, cancelled };
[[nodiscard]] constexpr bool is_terminal(RunStatus s) { return s >= RunStatus::completed; }

enum class Trigger : std::uint8_t {
    schedule,
    manual,
    quickjob,
    api,
    retarget,
    alert,
    outcome,
    online,
    discovered
};
/// Whether no person and no schedule started it, but a trigger of the runbook.
[[nodiscard]] constexpr bool is_policy(Trigger trigger) { return trigger >= Trigger::alert; }
enum class Verdict : std::uint8_t { on_time, late, caught_up, skipped, missed };

[[nodiscard]] std::string_view to_text(JobStatus);
[[nodiscard]] std::string_view to_text(Disposition);
[[nodiscard]] std::string_view to_text(RunStatus);
[[nodiscard]] std::string_view to_text(Trigger);
[[nodiscard]] std::string_view to_text(Verdict);
[[nodiscard]] std::optional<JobStatus> job_status_from(std::string_view);
[[nodiscard]] std::optional<Disposition> disposition_from(std::string_view);
[[nodiscard]] std::optional<RunStatus> run_status_from(std::string_view);
[[nodiscard]] std::optional<Trigger> trigger_from(std::string_view);
[[nodiscard]] std::optional<Verdict> verdict_from(std::string_view);

}  // namespace runbookd::engine
