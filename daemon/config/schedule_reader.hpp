#pragma once
// Reads `schedule:`, when a runbook runs by itself.
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "config/fields.hpp"
#include "runbook/model.hpp"

namespace runbookd::zones {
class ZoneSource;
}

namespace runbookd::config {

/// An entry as it is written, where its zone or time is another for each customer or site.
struct SharedEntry {
    std::optional<std::variant<cron::Expression, cron::Once>> rule;  ///< none: that of the window
    std::string maintenance;  ///< the window's name; empty: it has a rule
    cron::Options options;    ///< `dst`, for the window's expression
    Millis jitter{0};
    schedule::CatchUp catch_up = schedule::CatchUp::latest;
    Field field;
};
/// All entries of such a schedule.
struct SharedSchedule {
    runbook::LanesBy by = runbook::LanesBy::customer;
    std::vector<SharedEntry> entries;
};

struct ReadSchedule {
    std::optional<schedule::Timeline> schedule;  ///< absent: reported, or `shared`
    std::optional<SharedSchedule> shared;
    /// Of the first entry, also where the rest of it is wrong; of a shared schedule the account's. Null:
    /// reported.
    std::shared_ptr<const cron::Zone> zone;
    /// Keys that may stand in an entry, and that at least one of them left to their default.
    std::set<std::string> left_out;
};

/// What an entry takes from around it.
struct ScheduleSurroundings {
    std::string_view runbook;         ///< its name, of which `H` is the hash
    const std::string& account_zone;  ///< of entries that name none
    zones::ZoneSource& zones;
};

/// An expression, a map, or a list of both.
[[nodiscard]] ReadSchedule read_schedule(const Field& field, const ScheduleSurroundings& around);

}  // namespace runbookd::config
