#include "end_to_end/harness/sqlite_reader.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace runbookd::end_to_end {
namespace {

constexpr int kBusyLimitMs = 10'000;

std::string text_at(SQLite::Statement& statement, int column) {
    const auto value = statement.getColumn(column);
    return value.isNull() ? kNull : value.getString();
}

}  // namespace

std::vector<Row> SqliteReader::rows(const std::string& sql) const {
    const SQLite::Database database(file_.string(), SQLite::OPEN_READONLY, kBusyLimitMs);
    SQLite::Statement statement(database, sql);
    std::vector<Row> all;
    while (statement.executeStep()) {
        Row row;
        for (int i = 0; i < statement.getColumnCount(); ++i)
            row[statement.getColumnName(i)] = text_at(statement, i);
        all.push_back(std::move(row));
    }
    return all;
}

std::string SqliteReader::text(const std::string& sql) const {
    const SQLite::Database database(file_.string(), SQLite::OPEN_READONLY, kBusyLimitMs);
    SQLite::Statement statement(database, sql);
    return statement.executeStep() ? text_at(statement, 0) : kNull;
}

std::int64_t SqliteReader::number(const std::string& sql) const {
    const auto found = text(sql);
    return found == kNull ? 0 : std::stoll(found);
}

}  // namespace runbookd::end_to_end
