#pragma once
// What scripts printed, stored once per distinct text.
#include <cstdint>
#include <optional>

#include "base/sha256.hpp"
#include "engine/records.hpp"
#include "store/connection.hpp"

namespace runbookd::store {

struct StoredOutput {
    std::int64_t id = 0;  ///< row of `outputs`
    Sha256 hash{};        ///< of the exact bytes
    std::int64_t truncated = 0;
};

/// Finds the text's row, or makes it. Unset stays unset.
[[nodiscard]] std::optional<StoredOutput> store_output(Connection& connection,
                                                       const std::optional<engine::OutputText>& output);

}  // namespace runbookd::store
