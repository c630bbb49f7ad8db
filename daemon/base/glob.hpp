#pragma once
// Whole-string globs, as selectors use them: `*` any text, `?` one character (of UTF-8); letters compared
// without case (ASCII).
#include <string>
#include <string_view>

namespace runbookd {

/// Linear in text × stars: no pattern makes it spin.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);
/// ASCII lower case; other bytes stay.
[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace runbookd
