#pragma once
// What the columns of each list are: all of them for CSV (the views of design section 7), the telling ones
// for tables.
#include <span>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/table.hpp"

namespace runbookd::cli {

/// How a value becomes a table's cell.
enum class Shown {
    text,
    number,
    time,      ///< ISO time as "2026-12-01 02:00:03"
    duration,  ///< milliseconds as "2.3s"
    yes,       ///< a boolean as yes or empty
    outcome,   ///< a run's counts in words; its key is not read
};

struct ListColumn {
    const char* header;
    const char* key;
    Shown shown = Shown::text;
    bool shrinks = false;
    bool is_for_some = false;     ///< left out where no row has it
    bool is_for_several = false;  ///< left out where all rows have the same
};

/// Keys in the order of the CSV's columns.
[[nodiscard]] const std::vector<std::string>& all_keys(Verb verb);
[[nodiscard]] std::span<const ListColumn> table_columns(Verb verb);

}  // namespace runbookd::cli
