#pragma once
// The text of one file, with its lines found, so that the YAML library's byte columns become columns of
// characters.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.hpp"

namespace runbookd::config {

class SourceText {
public:
    /// Borrows the text, which must outlive this.
    explicit SourceText(std::string_view text);

    [[nodiscard]] std::string_view text() const { return text_; }
    /// From the library's line and column, both from 0, in bytes.
    [[nodiscard]] Mark mark(int line, int byte_column) const;
    /// Where the scalar's own text begins: past anchor, tag and opening quote. Line 0 when the file spells it
    /// in another way (escapes, folded lines, block scalars).
    [[nodiscard]] Mark literal_start(int line, int byte_column, std::string_view value) const;
    /// The line's text from that place on; empty past the end.
    [[nodiscard]] std::string_view rest_of_line(int line, int byte_column) const;

private:
    std::string_view text_;
    std::vector<std::size_t> line_starts_;
};

/// Characters (UTF-8 code points) in a text.
[[nodiscard]] std::size_t count_characters(std::string_view text);

/// The first place at which bytes are no text.
struct NotText {
    Mark where;
    std::string why;
};

/// Absent for UTF-8 text without control characters other than tab and line ends.
[[nodiscard]] std::optional<NotText> find_not_text(std::string_view bytes);

}  // namespace runbookd::config
