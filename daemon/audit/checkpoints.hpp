#pragma once
// The signed checkpoints of a record, and whether each is what its key signed.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/finding.hpp"
#include "store/connection.hpp"

namespace runbookd::audit {

/// One row of `checkpoints`.
struct Checkpoint {
    std::int64_t seq = 0;
    std::string hash;
    std::int64_t at = 0;  ///< Unix milliseconds
    std::string key_id, public_key, signature;
};

/// In the order of their events. Errors: SQLite::Exception.
[[nodiscard]] std::vector<Checkpoint> read_checkpoints(store::Connection& connection);

struct SignedPart {
    std::optional<Checkpoint> last;  ///< the newest with a good signature by the key that is asked for
    std::int64_t by_other_keys = 0;  ///< with `public_key`: how many another key has signed
    std::vector<Finding> findings;
};

/// Checks each signature with the key that is recorded beside it; with `public_key` (hex) only what that key
/// signed counts, and that there is none is a finding.
[[nodiscard]] SignedPart check_signatures(const std::vector<Checkpoint>& checkpoints,
                                          const std::optional<std::string>& public_key);

}  // namespace runbookd::audit
