#pragma once
// Makes the lanes of a schedule that is another for each customer or zone.
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "config/schedule_reader.hpp"
#include "config/settings.hpp"

namespace runbookd::config {

struct LaneSurroundings {
    const Settings& settings;
    zones::ZoneSource& zones;
    std::optional<Millis> window;           ///< the runbook's, where one is written: no lane's is longer
    const schedule::Blackouts& not_during;  ///< the runbook's, in any zone
};

/// Reports what stands against them: a window that no customer has, and, as a warning, whose customers have
/// none. What customers there are is only judged where the settings are known.
[[nodiscard]] runbook::Lanes make_lanes(const SharedSchedule& schedule, const LaneSurroundings& around);

/// What of the customers the lanes are made of, for the record: without sites, each with its zone.
[[nodiscard]] runbook::Customers used_customers(const SharedSchedule& schedule, const runbook::Lanes& lanes,
                                                const Settings& settings);

}  // namespace runbookd::config
