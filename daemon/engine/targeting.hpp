#pragma once
// Which devices a run takes, and why the others that it named are left out. Pure: fleet and runbook in, rows
// out.
#include <vector>

#include "engine/fleet.hpp"
#include "engine/records.hpp"
#include "runbook/model.hpp"

namespace runbookd::engine {

struct Selection {
    std::vector<TargetRow> targets;        ///< by hostname, then uid
    std::vector<ExclusionRow> exclusions;  ///< only devices that an include matched
};

/// The runbook's targets over the fleet as it is known, narrowed by `scope` (never widened).
[[nodiscard]] Selection select_targets(const runbook::Targets& targets, const RunScope& scope,
                                       const Fleet& fleet);

/// Why no component can run on this device at all, as an exclusion rule (deleted, suspended, class,
/// on_demand); empty: it can.
[[nodiscard]] std::string exclusion_rule(const Device& device, const Fleet& fleet);

}  // namespace runbookd::engine
