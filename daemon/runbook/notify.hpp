#pragma once
// Who is told what of a runbook's runs.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::runbook {

/// What somebody may want to be told.
enum class Condition : std::uint8_t {
    failed,         ///< a run ended failed
    aborted,        ///< a run was aborted, by abort_when or by its guard
    missed,         ///< an occurrence was not served
    unknown,        ///< a target may have run or not
    expired,        ///< a target was not reached inside its window
    halted,         ///< a target was left out because the run was stopped
    guard_refused,  ///< the guard refused the run
    waiting,        ///< a run waits, for a person or for something else
    late,           ///< an occurrence began late
    recovered       ///< a run completed, and the one before it had not
};

/// In the order of the enumeration; as runbooks and payloads spell them.
inline constexpr std::array<std::string_view, 10> kConditionNames{
    "failed", "aborted",       "missed",  "unknown", "expired",
    "halted", "guard_refused", "waiting", "late",    "recovered"};

[[nodiscard]] constexpr std::string_view to_text(Condition condition) {
    return kConditionNames[static_cast<std::size_t>(condition)];
}

/// For what of a run there is a notice of its own.
enum class NoticesPer : std::uint8_t { run, customer, device };
inline constexpr std::array<std::string_view, 3> kNoticesPerNames{"run", "customer", "device"};

[[nodiscard]] constexpr std::string_view to_text(NoticesPer per) {
    return kNoticesPerNames[static_cast<std::size_t>(per)];
}

struct NotifyRule {
    std::string to;  ///< a target under `notify` in the settings
    std::vector<Condition> on;
    NoticesPer per = NoticesPer::run;
    friend bool operator==(const NotifyRule&, const NotifyRule&) = default;
};
using NotifyRules = std::vector<NotifyRule>;

}  // namespace runbookd::runbook
