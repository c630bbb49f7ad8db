#pragma once
// "Did you mean …?": the nearest of the words that would have been valid.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd {

/// Up to `most` candidates within a third of the word's length (at least 2 edits, case ignored), nearest
/// first; a candidate that contains the word, or begins it, also counts. Damerau-Levenshtein distance
/// (adjacent swaps cost 1).
[[nodiscard]] std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates,
                                               std::size_t most = 3);

}  // namespace runbookd
