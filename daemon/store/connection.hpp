#pragma once
// One connection to the database, its prepared statements, and one execution of such a statement.
// Not safe for use by two threads at once. Failures are SQLite::Exception; the room's border translates them.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/sha256.hpp"
#include "base/time.hpp"

namespace runbookd::store {

enum class Access { read_only, read_write };

/// The name of a statement's parameter, such as ":run": a literal, so that it can be known by its address.
class Parameter {
public:
    consteval Parameter(const char* name) : name_(name) {}  // NOLINT(google-explicit-constructor)
    [[nodiscard]] const char* name() const { return name_; }

private:
    const char* name_;
};

/// A statement that remembers where its parameters are: SQLite compares names each time.
class Prepared : public SQLite::Statement {
public:
    using SQLite::Statement::Statement;
    [[nodiscard]] int place_of(Parameter parameter);

private:
    std::vector<std::pair<const char*, int>> places_;
};

class Connection {
public:
    /// The file must exist. A writer gets the durable settings: WAL, synchronous=FULL, foreign keys, and WAL
    /// files that stay after close (a reader without write permission needs them); checkpoints are its own
    /// business.
    Connection(const std::string& path, Access access);

    /// Prepares every query of db/queries whose name begins with `prefix`, so that a wrong one fails now.
    void prepare(std::string_view prefix);
    [[nodiscard]] Prepared& statement(std::string_view name);
    [[nodiscard]] SQLite::Database& database() { return database_; }

private:
    SQLite::Database database_;
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_map<std::string, Prepared, Hash, std::equal_to<>> statements_;
};

/// One use of a prepared statement: bind, step, read. Resets it at the end, so that no cursor is left open.
class Execution {
public:
    explicit Execution(Prepared& statement) : statement_(statement) {}
    ~Execution();
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;

    Execution& bind(Parameter name, std::int64_t value);
    /// Not copied: it stays as it is until the statement has run. A text that is about to go is copied.
    Execution& bind(Parameter name, const std::string& text);
    Execution& bind(Parameter name, std::string&& text);
    Execution& bind(Parameter name, std::string_view text) { return bind(name, std::string(text)); }
    Execution& bind(Parameter name, const char* text) { return bind(name, std::string(text)); }
    Execution& bind(Parameter name, UtcTime time) { return bind(name, to_unix_ms(time)); }
    Execution& bind_blob(Parameter name, std::string_view bytes);
    Execution& bind(Parameter name, const Sha256& hash);
    Execution& bind_null(Parameter name);
    template <class T>
    Execution& bind(Parameter name, const std::optional<T>& value) {
        return value ? bind(name, *value) : bind_null(name);
    }
    template <class T>
    Execution& bind(Parameter name, std::optional<T>&& value) {
        return value ? bind(name, *std::move(value)) : bind_null(name);
    }
    /// Of a parameter whose name was made up.
    template <class T>
    Execution& bind_named(const std::string& name, const T& value) {
        statement_.bind(name, value);
        return *this;
    }

    /// To the next row; false: there is none.
    bool step() { return statement_.executeStep(); }
    /// For statements without rows; how many rows were changed.
    int run() { return statement_.exec(); }

    [[nodiscard]] bool is_null(int column) const { return statement_.isColumnNull(column); }
    [[nodiscard]] std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
    [[nodiscard]] std::optional<Sha256> optional_hash(int column) const;
    [[nodiscard]] std::string text(int column) const { return statement_.getColumn(column).getString(); }
    [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
    [[nodiscard]] std::optional<UtcTime> optional_time(int column) const;

private:
    Prepared& statement_;
};

}  // namespace runbookd::store
