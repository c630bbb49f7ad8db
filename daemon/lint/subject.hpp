#pragma once
// What the checks look at.
#include <functional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "runbook/model.hpp"

namespace runbookd::lint {

/// Whose time zone holds where a schedule names none.
enum class DefaultZone {
    written,  ///< the account's, and somebody chose it
    nobodys,  ///< UTC, because the account names none either
    unknown,  ///< the account was not looked at
};

struct Subject {
    const runbook::Runbook& runbook;
    DefaultZone default_zone = DefaultZone::written;
    UtcTime now{};  ///< dates are looked for from here on
    /// Whether the text says something under that path itself: what somebody has written was meant.
    std::function<bool(std::string_view path)> is_written;
};

/// One entry of the schedule, and how its keys are called.
struct EntrySubject {
    const schedule::Entry& entry;
    std::string path;       ///< "schedule", "schedule[1]"
    std::string rule_path;  ///< of the expression or instant: the same, or "schedule.cron"
};

}  // namespace runbookd::lint
