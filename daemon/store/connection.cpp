#include "store/connection.hpp"

#include <sqlite3.h>

#include <cstring>

#include "store/sql.hpp"

namespace runbookd::store {
namespace {

// Long enough for another program's short write, short enough that a stuck one shows as trouble.
constexpr int kBusyMs = 1000;

constexpr int kPieceBytes = 1200;
constexpr int kPieces = 2000;

/// SQLite counts its memory under a lock that all threads share; nobody asks for the sum.
void stop_counting_memory() {
    [[maybe_unused]] static const int result = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int flags_of(Access access) {
    stop_counting_memory();
    return (access == Access::read_write ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY) |
           SQLite::OPEN_NOMUTEX;
}

void set_up_writer(SQLite::Database& database) {
    // Small pieces of memory without malloc: the prepared statements keep many of them.
    sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_LOOKASIDE, nullptr, kPieceBytes, kPieces);
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
        "PRAGMA temp_store = MEMORY;"
        "PRAGMA cache_size = -32768;"
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

Prepared& Connection::statement(std::string_view name) {
    const auto found = statements_.find(name);
    if (found != statements_.end()) return found->second;
    return statements_.try_emplace(std::string(name), database_, std::string(query_text(name))).first->second;
}

int Prepared::place_of(Parameter parameter) {
    for (const auto& [name, place] : places_)
        if (name == parameter.name()) return place;
    const int place = getIndex(parameter.name());
    places_.emplace_back(parameter.name(), place);
    return place;
}

Execution::~Execution() {
    statement_.tryReset();
    statement_.clearBindings();
}

Execution& Execution::bind(Parameter name, std::int64_t value) {
    statement_.bind(statement_.place_of(name), value);
    return *this;
}

Execution& Execution::bind(Parameter name, const std::string& text) {
    statement_.bindNoCopy(statement_.place_of(name), text);
    return *this;
}

// NOLINTNEXTLINE(cppcoreguidelines-rvalue-reference-param-not-moved): the statement makes a copy of its own.
Execution& Execution::bind(Parameter name, std::string&& text) {
    statement_.bind(statement_.place_of(name), text);
    return *this;
}

Execution& Execution::bind_blob(Parameter name, std::string_view bytes) {
    statement_.bind(statement_.place_of(name), bytes.data(), static_cast<int>(bytes.size()));
    return *this;
}

Execution& Execution::bind(Parameter name, const Sha256& hash) {
    statement_.bind(statement_.place_of(name), hash.data(), static_cast<int>(hash.size()));
    return *this;
}

Execution& Execution::bind_null(Parameter name) {
    statement_.bind(statement_.place_of(name));
    return *this;
}

std::optional<Sha256> Execution::optional_hash(int column) const {
    const auto value = statement_.getColumn(column);
    Sha256 hash{};
    if (value.isNull()) return std::nullopt;
    if (value.getBytes() != static_cast<int>(hash.size()))
        throw SQLite::Exception("not a SHA-256: " + std::string(value.getName()));
    std::memcpy(hash.data(), value.getBlob(), hash.size());
    return hash;
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
