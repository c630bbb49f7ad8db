#pragma once
// Judges the targets of a run when they are frozen: too many, too few, or too different from those of the
// last run of the same lane (runbook, and its zone or customer). Keeps what the last runs took, small.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/books.hpp"
#include "engine/records.hpp"
#include "engine/recovered.hpp"

namespace runbookd::engine {

/// Devices as sorted hashes of their uids.
using DeviceHashes = std::vector<std::uint64_t>;
[[nodiscard]] std::uint64_t hash_of(const DeviceUid& device);
/// Those that `once` and `ramp` have left out.
[[nodiscard]] DeviceHashes left_out_for_now(const std::vector<ExclusionRow>& exclusions);

class Guard {
public:
    /// Why a run is refused.
    struct Finding {
        std::string message;                      ///< for a person: every limit that does not hold
        std::map<std::string, std::string> data;  ///< the numbers, for the trail
    };

    /// What the last runs took, as a start found it; lanes that are known already keep what they have.
    void restore(const std::vector<LastTargets>& lanes);
    /// nullopt: nothing stands against the run's frozen targets. A run that a person narrowed is not compared
    /// with the one before, and neither is the first of its lane. `left_out`: devices that its selectors took
    /// and `once` or `ramp` left out, as hashes; what is too few, and what has changed, is told with them.
    [[nodiscard]] std::optional<Finding> judge(const Run& run, const DeviceHashes& left_out) const;
    /// The run has started: the next one of its lane is compared with it.
    void remember(const Run& run, const DeviceHashes& left_out);

private:
    using Lane = std::tuple<std::string, std::string, std::string>;  // runbook, zone, customer
    [[nodiscard]] static Lane lane_of(const RunPlanned& plan) {
        return {plan.runbook, plan.zone, plan.customer};
    }

    std::map<Lane, DeviceHashes> last_;
};

}  // namespace runbookd::engine
