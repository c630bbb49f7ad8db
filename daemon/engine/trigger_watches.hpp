#pragma once
// Which triggers are in force, and since when: an alert that was raised before its trigger took effect starts
// nothing. A revision that changes something else leaves a trigger its time.
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/planner.hpp"
#include "engine/recovered.hpp"
#include "runbook/triggers.hpp"

namespace runbookd::engine {

class TriggerWatches {
public:
    /// One trigger of an enabled runbook.
    struct Watch {
        runbook::Trigger trigger;
        UtcTime since{};
        /// Of an outcome trigger that counts: how many targets in a row, by device, came to what it asks for.
        std::unordered_map<DeviceUid, std::int64_t> in_a_row{};
    };
    using ByRunbook = std::map<std::string, std::vector<Watch>>;

    /// What a start found: `in_force` are the recovered revisions, `read` reads those before them.
    void restore(const std::map<std::string, Planner::InForce>& in_force, const RecoveredState& state,
                 const ReadRevision& read);
    /// Other revisions may be in force now.
    void follow(const std::map<std::string, Planner::InForce>& in_force);
    /// By name; only runbooks that have any. The order of a runbook's triggers is that of its text.
    [[nodiscard]] ByRunbook& all() { return watches_; }
    /// Whether any of them is of that kind (AlertTrigger, …).
    template <class Kind>
    [[nodiscard]] bool has() const {
        for (const auto& [name, watches] : watches_)
            for (const auto& watch : watches)
                if (std::holds_alternative<Kind>(watch.trigger)) return true;
        return false;
    }

private:
    ByRunbook watches_;
};

/// One more outcome of the watched runbook on the device. Whether the trigger acts: the last `consecutive` of
/// them were all what it asks for.
[[nodiscard]] bool count_outcome(TriggerWatches::Watch& watch, const DeviceUid& device,
                                 Disposition disposition);

}  // namespace runbookd::engine
