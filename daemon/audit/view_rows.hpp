#pragma once
// Rows of SQLite as values, as JSON and as CSV.
#include <SQLiteCpp/Statement.h>

#include <string>
#include <string_view>
#include <vector>

#include "audit/cell.hpp"

namespace runbookd::audit {

[[nodiscard]] std::string hex_text(std::string_view bytes);
/// The value of a column in the row that `statement` is at.
[[nodiscard]] Cell cell_of(SQLite::Statement& statement, int column);
[[nodiscard]] std::vector<std::string> column_names(SQLite::Statement& statement);

/// One JSON object on one line, without the newline; keys in the columns' order.
[[nodiscard]] std::string json_line(const std::vector<std::string>& columns, const std::vector<Cell>& row);
/// RFC 4180, with bare newlines; NULL is nothing at all, an empty text is "".
[[nodiscard]] std::string csv_line(const std::vector<Cell>& row);

}  // namespace runbookd::audit
