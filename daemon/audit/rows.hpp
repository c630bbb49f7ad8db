#pragma once
// Whether the rows of runs, targets, jobs and outputs say what the events of the trail say.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "audit/finding.hpp"
#include "store/connection.hpp"

namespace runbookd::audit {

struct RowsReport {
    std::int64_t runs = 0, targets = 0, jobs = 0, outputs = 0;  ///< how many were compared
    std::int64_t approvals = 0;
    std::int64_t found = 0;         ///< how many findings there are
    std::vector<Finding> findings;  ///< the first of them
};

/// No more findings than this are kept; all are counted (of rows that are gone no more than this are looked
/// for).
inline constexpr std::size_t kMostFindings = 100;

/// Reads every row once. Errors: SQLite::Exception.
[[nodiscard]] RowsReport check_rows(store::Connection& connection);

}  // namespace runbookd::audit
