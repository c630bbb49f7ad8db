#include "audit/sql_console.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "audit/reading.hpp"
#include "audit/view_rows.hpp"
#include "base/clock.hpp"

namespace runbookd::audit {
namespace {

constexpr int kStepsBetweenLooks = 10'000;
// A single value that a function may build: outputs are 64 MiB at most.
constexpr int kMostBytes = 128 << 20;

constexpr std::array<std::string_view, 8> kReadingPragmas{"table_info",   "table_xinfo",     "table_list",
                                                          "index_list",   "index_info",      "index_xinfo",
                                                          "user_version", "foreign_key_list"};

/// What one operation of a statement may be. `first` and `second` are as sqlite3_set_authorizer says.
int allow_reading(void*, int action, const char* first, const char* second, const char*, const char*) {
    switch (action) {
        case SQLITE_SELECT:
        case SQLITE_READ:
        case SQLITE_RECURSIVE: return SQLITE_OK;
        case SQLITE_FUNCTION:
            return second != nullptr && std::string_view(second) == "load_extension" ? SQLITE_DENY
                                                                                     : SQLITE_OK;
        case SQLITE_PRAGMA: {
            const std::string_view name = first == nullptr ? "" : first;
            const bool is_known =
                std::find(kReadingPragmas.begin(), kReadingPragmas.end(), name) != kReadingPragmas.end();
            // With an argument, user_version would be set.
            return is_known && !(name == "user_version" && second != nullptr) ? SQLITE_OK : SQLITE_DENY;
        }
        default: return SQLITE_DENY;
    }
}

struct Deadline {
    SystemClock clock;
    SteadyTime until{};
};

int is_time_up(void* deadline) {
    const auto& own = *static_cast<const Deadline*>(deadline);
    return own.clock.now().steady >= own.until ? 1 : 0;
}

/// Sets all that watches over the statement, and takes it away again.
class Watch {
public:
    Watch(sqlite3* database, Deadline& deadline) : database_(database) {
        sqlite3_set_authorizer(database_, allow_reading, nullptr);
        sqlite3_progress_handler(database_, kStepsBetweenLooks, is_time_up, &deadline);
        sqlite3_limit(database_, SQLITE_LIMIT_LENGTH, kMostBytes);
        sqlite3_limit(database_, SQLITE_LIMIT_ATTACHED, 0);
    }
    ~Watch() {
        sqlite3_progress_handler(database_, 0, nullptr, nullptr);
        sqlite3_set_authorizer(database_, nullptr, nullptr);
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

private:
    sqlite3* database_;
};

tl::unexpected<Error> refused(int code, sqlite3* database, const SqlLimits& limits) {
    if (code == SQLITE_INTERRUPT)
        return fail(ErrorCode::unavailable, "the question took longer than " + format_duration(limits.time) +
                                                ": narrow it, or give it more with --timeout");
    if (code == SQLITE_AUTH)
        return fail(ErrorCode::invalid_input,
                    "that is not allowed here: audit sql reads the record, and does nothing else (" +
                        std::string(sqlite3_errmsg(database)) + ")");
    return fail(ErrorCode::invalid_input, "SQL: " + std::string(sqlite3_errmsg(database)));
}

/// Whether there is another statement behind the first one.
bool has_more(sqlite3* database, const char* tail) {
    while (tail != nullptr && *tail != '\0') {
        sqlite3_stmt* next = nullptr;
        const char* end = nullptr;
        const int code = sqlite3_prepare_v2(database, tail, -1, &next, &end);
        sqlite3_finalize(next);
        if (code != SQLITE_OK || next != nullptr) return true;
        if (end == tail) return false;
        tail = end;
    }
    return false;
}

Cell cell_at(sqlite3_stmt* row, int column) {
    const auto text = [&] {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
        return bytes == nullptr ? std::string() : std::string(bytes, size);
    };
    switch (sqlite3_column_type(row, column)) {
        case SQLITE_NULL: return {};
        case SQLITE_INTEGER: return static_cast<std::int64_t>(sqlite3_column_int64(row, column));
        case SQLITE_FLOAT: return sqlite3_column_double(row, column);
        case SQLITE_BLOB: return hex_text(text());
        default: return text();
    }
}

Result<void> ask(sqlite3* database, const std::string& sql, const SqlLimits& limits, SqlAnswer& answer) {
    Deadline deadline;
    deadline.until = deadline.clock.now().steady + limits.time;
    const Watch watch(database, deadline);
    sqlite3_stmt* prepared = nullptr;
    const char* tail = nullptr;
    int code = sqlite3_prepare_v2(database, sql.c_str(), -1, &prepared, &tail);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared, &sqlite3_finalize);
    if (code != SQLITE_OK) return refused(code, database, limits);
    if (!statement) return fail(ErrorCode::invalid_input, "SQL: there is no statement");
    if (has_more(database, tail))
        return fail(ErrorCode::invalid_input, "SQL: one statement at a time, please");
    if (sqlite3_stmt_readonly(prepared) == 0)
        return fail(ErrorCode::invalid_input, "that would write: audit sql only reads the record");
    const int width = sqlite3_column_count(prepared);
    for (int i = 0; i < width; ++i) answer.columns.emplace_back(sqlite3_column_name(prepared, i));
    while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
        if (static_cast<std::int64_t>(answer.rows.size()) == limits.rows) {
            answer.is_cut = true;
            return {};
        }
        auto& row = answer.rows.emplace_back();
        for (int i = 0; i < width; ++i) row.push_back(cell_at(prepared, i));
    }
    if (code != SQLITE_DONE) return refused(code, database, limits);
    return {};
}

}  // namespace

Result<SqlAnswer> ask_sql(const std::string& database, const std::string& sql, const SqlLimits& limits) {
    SqlAnswer answer;
    const auto asked = read_record(database, [&](store::Connection& connection) {
        return ask(connection.database().getHandle(), sql, limits, answer);
    });
    if (!asked) return tl::unexpected<Error>(asked.error());
    return answer;
}

}  // namespace runbookd::audit
