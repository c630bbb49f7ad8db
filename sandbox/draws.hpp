#pragma once
// Spans and shares from which each use draws anew.
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace runbookd::sandbox {

/// Any span from `least` to `most`, evenly.
struct SpanRange {
    Millis least{0};
    Millis most{0};
    /// The one that belongs to `scrambled` (see scramble()).
    [[nodiscard]] Millis pick(std::uint64_t scrambled) const;
};

/// "95%" as 0.95; none for what is no share from 0% to 100%.
[[nodiscard]] std::optional<double> parse_share(std::string_view text);

}  // namespace runbookd::sandbox
