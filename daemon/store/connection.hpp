#pragma once
// One connection to the database, its prepared statements, and one execution of such a statement.
// Not safe for use by two threads at once. Failures are SQLite::Exception; the room's border translates them.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/sha256.hpp"
#include "base/time.hpp"

namespace runbookd::store {

enum class Access { read_only, read_write };

class Connection {
public:
    /// The file must exist. A writer gets the durable settings: WAL, synchronous=FULL, foreign keys, and WAL
    /// files that stay after close (a reader without write permission needs them); checkpoints are its own
    /// business.
    Connection(const std::string& path, Access access);

    /// Prepares every query of db/queries whose name begins with `prefix`, so that a wrong one fails now.
    void prepare(std::string_view prefix);
    [[nodiscard]] SQLite::Statement& statement(std::string_view name);
    [[nodiscard]] SQLite::Database& database() { return database_; }

private:
    SQLite::Database database_;
    std::map<std::string, SQLite::Statement, std::less<>> statements_;
};

/// One use of a prepared statement: bind, step, read. Resets it at the end, so that no cursor is left open.
class Execution {
public:
    explicit Execution(SQLite::Statement& statement) : statement_(statement) {}
    ~Execution();
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;

    Execution& bind(const char* name, std::int64_t value);
    Execution& bind(const char* name, std::string_view text);
    Execution& bind(const char* name, UtcTime time) { return bind(name, to_unix_ms(time)); }
    Execution& bind_blob(const char* name, std::string_view bytes);
    Execution& bind(const char* name, const Sha256& hash);
    Execution& bind_null(const char* name);
    template <class T>
    Execution& bind(const char* name, const std::optional<T>& value) {
        return value ? bind(name, *value) : bind_null(name);
    }

    /// To the next row; false: there is none.
    bool step() { return statement_.executeStep(); }
    /// For statements without rows; how many rows were changed.
    int run() { return statement_.exec(); }

    [[nodiscard]] bool is_null(int column) const { return statement_.isColumnNull(column); }
    [[nodiscard]] std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
    [[nodiscard]] std::string text(int column) const { return statement_.getColumn(column).getString(); }
    [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
    [[nodiscard]] std::optional<UtcTime> optional_time(int column) const;

private:
    SQLite::Statement& statement_;
};

}  // namespace runbookd::store
