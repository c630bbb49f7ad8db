#pragma once
// A person's own question to the record, in SQL that can only read.
#include <cstdint>
#include <string>
#include <vector>

#include "audit/cell.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace runbookd::audit {

struct SqlLimits {
    Millis time{std::chrono::seconds{30}};
    std::int64_t rows = 1000;
};

struct SqlAnswer {
    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;
    bool is_cut = false;  ///< there are more rows than the limit
};

/// Runs one SELECT (or EXPLAIN, or a pragma that describes a table). Three things keep it from writing: the
/// connection is read-only, SQLite is asked whether the statement is, and every single operation of it must
/// be one that reads this database. Errors: invalid_input (SQLite's words; more than one statement; what may
/// not be done here), unavailable (the time is up), and those of read_record.
[[nodiscard]] Result<SqlAnswer> ask_sql(const std::string& database, const std::string& sql,
                                        const SqlLimits& limits);

}  // namespace runbookd::audit
