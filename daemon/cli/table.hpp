#pragma once
// Rows of text as an aligned table or as CSV.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::cli {

enum class Align { left, right };

struct TableColumn {
    std::string header;
    Align align = Align::left;
    bool shrinks = false;  ///< may be cut when the terminal is too narrow
};

struct Table {
    std::vector<TableColumn> columns;
    std::vector<std::vector<std::string>> rows;
};

/// How it is to look. Width 0: not a terminal, nothing is cut.
struct Look {
    std::size_t width = 0;
    bool has_colour = false;
};

/// One line per row under one of headers, each ended by a newline. Control characters show as '?', so that a
/// device's name cannot steer the terminal. On a terminal too wide a table loses from its widest columns that
/// may shrink.
[[nodiscard]] std::string render(const Table& table, const Look& look);

/// RFC 4180, but with bare newlines: a cell with comma, quote or line break is quoted.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& cells);

/// Letters, as a terminal counts them (code points; wide ones are not known).
[[nodiscard]] std::size_t display_width(std::string_view text);
/// `text` with control characters but newline and tab replaced.
[[nodiscard]] std::string harmless(std::string_view text);

}  // namespace runbookd::cli
