#pragma once
// Queries with optional filters: each filter is one line of the query's file that begins with AND and names
// its parameter. Leaving out the lines of filters that are not set lets SQLite use an index for those that
// are.
#include <span>
#include <string>
#include <string_view>

namespace runbookd::store {

/// Whether `sql` has the parameter `:name` (the whole word).
[[nodiscard]] bool has_parameter(std::string_view sql, std::string_view name);
/// `sql` without the AND lines that name a parameter which is not among `set`.
[[nodiscard]] std::string with_filters(std::string_view sql, std::span<const std::string> set);

}  // namespace runbookd::store
