#pragma once
// Follows the hash chain of the audit trail from its beginning to its end.
#include <cstdint>
#include <optional>
#include <vector>

#include "audit/checkpoints.hpp"
#include "audit/finding.hpp"
#include "store/connection.hpp"
#include "store/event_chain.hpp"

namespace runbookd::audit {

struct ChainReport {
    std::int64_t events = 0;        ///< that follow from each other
    std::int64_t pruned_until = 0;  ///< events up to here are gone, as retention left it; 0: none are
    store::ChainEnd end;            ///< the last event that follows from those before it
    std::optional<Finding> broken;  ///< the first event that does not; nothing after it was looked at
};

/// Reads all events once, in their order. `checkpoints`, in theirs, must name events with the hashes that are
/// found. Where the oldest events are gone the chain begins from the checkpoint of the last of them or,
/// without one, from the hash that retention left in `pruned_ranges`; an event of the trail must tell of it
/// either way. Errors: SQLite::Exception.
[[nodiscard]] ChainReport check_chain(store::Connection& connection,
                                      const std::vector<Checkpoint>& checkpoints);

}  // namespace runbookd::audit
