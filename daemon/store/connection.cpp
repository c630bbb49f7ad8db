#include "store/connection.hpp"

#include <sqlite3.h>

#include "store/sql.hpp"

namespace runbookd::store {
namespace {

// Long enough for another program's short write, short enough that a stuck one shows as trouble.
constexpr int kBusyMs = 1000;

int flags_of(Access access) {
    return (access == Access::read_write ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY) |
           SQLite::OPEN_NOMUTEX;
}

void set_up_writer(SQLite::Database& database) {
    int keep = 1;
    sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
    // auto_vacuum counts only before the first table, and only before the switch to WAL writes the first
    // page.
    database.exec(
        "PRAGMA auto_vacuum = INCREMENTAL;"
        "PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = FULL;"
        "PRAGMA foreign_keys = ON;"
        "PRAGMA recursive_triggers = ON;"
        "PRAGMA wal_autocheckpoint = 0;"
        "PRAGMA journal_size_limit = 67108864;");
}

}  // namespace

Connection::Connection(const std::string& path, Access access) : database_(path, flags_of(access), kBusyMs) {
    if (access == Access::read_write) set_up_writer(database_);
}

void Connection::prepare(std::string_view prefix) {
    for (const auto& sql : queries()) {
        if (!sql.name.starts_with(prefix)) continue;
        statements_.try_emplace(std::string(sql.name), database_, std::string(sql.text));
    }
}

SQLite::Statement& Connection::statement(std::string_view name) {
    const auto found = statements_.find(name);
    if (found != statements_.end()) return found->second;
    return statements_.try_emplace(std::string(name), database_, std::string(query_text(name))).first->second;
}

Execution::~Execution() {
    statement_.tryReset();
    statement_.clearBindings();
}

Execution& Execution::bind(const char* name, std::int64_t value) {
    statement_.bind(name, value);
    return *this;
}

Execution& Execution::bind(const char* name, std::string_view text) {
    statement_.bind(name, std::string(text));
    return *this;
}

Execution& Execution::bind_blob(const char* name, std::string_view bytes) {
    statement_.bind(name, bytes.data(), static_cast<int>(bytes.size()));
    return *this;
}

Execution& Execution::bind(const char* name, const Sha256& hash) {
    statement_.bind(name, hash.data(), static_cast<int>(hash.size()));
    return *this;
}

Execution& Execution::bind_null(const char* name) {
    statement_.bind(name);
    return *this;
}

std::optional<std::int64_t> Execution::optional_integer(int column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

std::optional<UtcTime> Execution::optional_time(int column) const {
    if (is_null(column)) return std::nullopt;
    return from_unix_ms(integer(column));
}

}  // namespace runbookd::store
