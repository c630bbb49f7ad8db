#pragma once
// Reads `schedule:`, when a runbook runs by itself.
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "config/fields.hpp"
#include "runbook/model.hpp"

namespace runbookd::zones {
class ZoneSource;
}

namespace runbookd::config {

struct ReadSchedule {
    std::optional<schedule::Timeline> schedule;  ///< absent: reported
    /// Of the first entry, also where the rest of it is wrong; null: reported.
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
