#pragma once
// ULIDs (github.com/ulid/spec): 48 bits of Unix milliseconds and 80 random bits, in 26 Crockford base-32
// letters.
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace runbookd {

/// Makes ULIDs that sort in the order they were made, also within one millisecond (the spec's monotonic
/// rule). Seeded: the same seed and instants give the same ULIDs, which a replayed simulation needs.
class UlidSource {
public:
    explicit UlidSource(std::uint64_t seed) : random_(seed) {}
    /// Never repeats and never goes back, even when `now` does.
    [[nodiscard]] std::string next(UtcTime now);

private:
    std::mt19937_64 random_;
    std::int64_t last_ms_ = -1;
    std::uint64_t high_ = 0;  // upper 16 of the 80 random bits
    std::uint64_t low_ = 0;   // lower 64
};

/// One that is always the same for the same instant and key: its random bits are the first 80 of the key's
/// SHA-256.
[[nodiscard]] std::string ulid_of(UtcTime at, std::string_view key);

/// The first of that millisecond: none that is made from then on sorts before it.
[[nodiscard]] std::string first_ulid_of(UtcTime at);

/// When it was made, to the millisecond; `ulid` is one (is_ulid).
[[nodiscard]] UtcTime time_of_ulid(std::string_view ulid);

/// Whether `text` has the form of a ULID (26 Crockford letters, upper case).
[[nodiscard]] bool is_ulid(std::string_view text);

}  // namespace runbookd
