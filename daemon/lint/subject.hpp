#pragma once
// What the checks look at.
#include <cstdint>
#include <functional>
#include <optional>
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
    /// What the account lets runbookd create in a minute; none: no limit is kept, or it is not known.
    std::optional<std::int64_t> creates_per_minute{};
    bool is_relay = false;  ///< the account is another runbookd
};

/// One entry of the schedule, and how its keys are called.
struct EntrySubject {
    const schedule::Entry& entry;
    std::string path;       ///< "schedule", "schedule[1]"
    std::string rule_path;  ///< of the expression or instant: the same, or "schedule.cron"
};

}  // namespace runbookd::lint
