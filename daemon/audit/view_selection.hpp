#pragma once
// Which rows of a view belong to a customer and a period.
#include <optional>
#include <string>
#include <vector>

namespace runbookd::audit {

struct ViewSelection {
    std::string sql;  ///< a SELECT with `:customer`, `:since`, `:until` where they are asked for
};

/// The SELECT over all columns of `view`, whose columns are `columns`, in the order in which things happened.
/// Unset: with a customer asked for, the rows of this view cannot be told apart.
[[nodiscard]] std::optional<ViewSelection> select_rows(const std::string& view,
                                                       const std::vector<std::string>& columns,
                                                       bool by_customer, bool by_since, bool by_until);

}  // namespace runbookd::audit
