#pragma once
// JSON that strict readers refuse as a whole for the sake of one value in it, and JSON that would cost more
// than it can be worth.
#include <string>
#include <string_view>

namespace runbookd::datto {

/// Whether the text nests at most 64 deep and holds at most a million values, looking at its brackets and
/// commas alone. A page of 250 devices with 300 fields each has fewer than a tenth of that.
[[nodiscard]] bool is_bounded_json(std::string_view text);

/// The same JSON with one bad value made harmless instead of spoiling the rest: bytes that are not UTF-8 and
/// halves of surrogate pairs become U+FFFD, raw control characters in texts are escaped, and numbers that no
/// double holds (and NaN, Infinity) become null. What is no JSON for other reasons stays so.
[[nodiscard]] std::string repaired_json(std::string_view text);

}  // namespace runbookd::datto
