#pragma once
// Reads `schedule:`, when a runbook runs by itself.
#include <optional>
#include <string>

#include "config/fields.hpp"
#include "runbook/model.hpp"

namespace runbookd::zones {
class Zones;
}

namespace runbookd::config {

struct ReadSchedule {
    std::optional<schedule::Timeline> schedule;  ///< absent: reported
    bool zone_is_default = true;                 ///< none was written
};

/// `default_zone` is the account's time zone.
[[nodiscard]] ReadSchedule read_schedule(const Field& field, const std::string& default_zone,
                                         zones::Zones& zones);

}  // namespace runbookd::config
