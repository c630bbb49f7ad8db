#pragma once
// Reads a TZif file (RFC 9636, versions 1 to 4): the changes of a zone's offset that it lists, and the rule
// that holds after them. Pure; every length and index is checked, for the file comes from outside.
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "zones/tz_string.hpp"

namespace runbookd::zones {

/// From `at` on, local time is UTC + `offset`.
struct OffsetChange {
    std::chrono::sys_seconds at{};
    std::chrono::seconds offset{};
};

struct TzifRules {
    std::chrono::seconds first{};       ///< the offset before the first change
    std::vector<OffsetChange> changes;  ///< ascending; may repeat an offset (only its name changed)
    /// Holds after the last change (with no changes: always). None: the last offset stays for ever.
    std::optional<TzRule> rule;
};

/// Files that count leap seconds ("right/…") are refused, because Unix time does not count them.
/// Errors: invalid_input, saying what is wrong with the file.
[[nodiscard]] Result<TzifRules> read_tzif(std::span<const std::byte> file);

}  // namespace runbookd::zones
