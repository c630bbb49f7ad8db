#pragma once
// Spans and shares from which each use draws anew.
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace runbookd::sandbox {

/// A span drawn anew for each use from `least` to `most`: evenly, or log-normally around their geometric
/// middle, the two being two standard deviations from it (what falls outside becomes the nearer end).
struct SpanRange {
    Millis least{0};
    Millis most{0};
    bool is_log_normal = false;
    /// The one that belongs to `scrambled` (see scramble()).
    [[nodiscard]] Millis pick(std::uint64_t scrambled) const;
};

/// "95%" as 0.95; none for what is no share from 0% to 100%.
[[nodiscard]] std::optional<double> parse_share(std::string_view text);

}  // namespace runbookd::sandbox
