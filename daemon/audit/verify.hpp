#pragma once
// The whole proof of one record: chain, checkpoints, rows.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/finding.hpp"
#include "base/result.hpp"

namespace runbookd::audit {

/// The newest signed checkpoint.
struct SignedUntil {
    std::int64_t seq = 0;
    std::string hash;     ///< of that event, in hex
    std::int64_t at = 0;  ///< Unix milliseconds
    std::string key_id, public_key, signature;
};

struct VerifyReport {
    std::int64_t events = 0;        ///< that follow from each other
    std::int64_t pruned_until = 0;  ///< events up to here were removed by retention; 0: none
    std::int64_t last_seq = 0;      ///< the chain's end, as far as it holds
    std::string last_hash;          ///< in hex
    std::int64_t checkpoints = 0;
    std::optional<SignedUntil> signed_until;
    bool is_key_given = false;  ///< else each signature was checked with the key beside it
    std::int64_t by_other_keys = 0;
    std::int64_t runs = 0, targets = 0, jobs = 0, outputs = 0;  ///< rows that were compared
    std::int64_t found = 0;                                     ///< all findings
    std::vector<Finding> findings;  ///< the first of them, the chain's first of all
    [[nodiscard]] bool is_fine() const { return found == 0; }
};

/// Reads the record at `database` in one read transaction, whether a daemon writes it or not. `public_key`:
/// PEM; unset: the recorded keys are believed. Errors: not_found, permission, invalid_input (the key; no
/// record), unavailable.
[[nodiscard]] Result<VerifyReport> verify_record(const std::string& database,
                                                 const std::optional<std::string>& public_key = {});

}  // namespace runbookd::audit
