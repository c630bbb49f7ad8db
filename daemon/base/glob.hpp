#pragma once
// Whole-string globs, as selectors use them: `*` any text, `?` one character (of UTF-8); letters compared
// without case (ASCII).
#include <string>
#include <string_view>

namespace runbookd {

/// Linear in text × stars: no pattern makes it spin.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);

/// A glob made ready once, for many texts: the usual forms (`ACME-*`, `*Windows*`, no star at all) are one
/// comparison each.
class Glob {
public:
    explicit Glob(std::string_view pattern);
    /// As glob_matches.
    [[nodiscard]] bool matches(std::string_view text) const;

private:
    enum class Form { whole, prefix, suffix, inner, any };
    Form form_ = Form::any;
    std::string part_;  // lower case and without its stars; the whole pattern for `any`
};

/// ASCII lower case; other bytes stay.
[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace runbookd
