#pragma once
// Which devices a run takes, and why the others that it named are left out. Pure: fleet and runbook in, rows
// out.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/customers.hpp"
#include "engine/fleet.hpp"
#include "engine/records.hpp"
#include "engine/start_rules.hpp"
#include "runbook/matcher.hpp"
#include "runbook/model.hpp"

namespace runbookd::engine {

struct Selection {
    std::vector<TargetRow> targets;        ///< by hostname, then uid
    std::vector<ExclusionRow> exclusions;  ///< only devices that an include matched
};

/// What is known beside the fleet when targets are selected.
struct SelectionFacts {
    UtcTime now{};
    runbook::FilterMembers filters;  ///< of every filter that the targets name
    /// Whose devices are; null: nobody's.
    const Customers* customers = nullptr;
    /// Only its devices are looked at; null: all. The customers are known then.
    const runbook::Lane* lane = nullptr;
    runbook::LanesBy lanes_by = runbook::LanesBy::customer;
    /// When a device was first seen; nullopt: it was there before anybody looked. Empty: so were all.
    std::function<std::optional<UtcTime>(const DeviceUid&)> first_seen;
    /// What of the devices is left out for now; null: none is.
    const StartRules* start_rules = nullptr;
};

/// The runbook's targets over the fleet as it is known, narrowed by `scope` (never widened).
[[nodiscard]] Selection select_targets(const runbook::Targets& targets, const RunScope& scope,
                                       const Fleet& fleet, const SelectionFacts& facts);

/// What a selector can ask of the device. Borrows from it.
[[nodiscard]] runbook::DeviceFacts facts_of(const Device& device, const SelectionFacts& facts);

/// Why no component can run on this device at all, as an exclusion rule (deleted, suspended, class,
/// on_demand); empty: it can.
[[nodiscard]] std::string exclusion_rule(const Device& device, const Fleet& fleet);

/// Why a target that was frozen as `row` may run nothing on the device as it is now, for a person; empty: it
/// may.
[[nodiscard]] std::string excluded_since(const TargetRow& row, const Device& device, const Fleet& fleet);

/// What stands against a scope that names a device by a hostname which several devices have: the message
/// names each with its uid and site. Deleted devices, and those of other sites than the scope's, do not
/// count.
[[nodiscard]] std::optional<std::string> ambiguity(const RunScope& scope, const Fleet& fleet);

/// A device as it is known now, as a target. `customer`: the name of its own; empty: of none.
[[nodiscard]] TargetRow as_target(const Device& device, SharedText customer);

}  // namespace runbookd::engine
