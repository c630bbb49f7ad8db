#include "end_to_end/harness/past_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <vector>

#include "end_to_end/harness/event_chain.hpp"
#include "end_to_end/harness/sqlite_reader.hpp"

namespace runbookd::end_to_end {
namespace {

/// One UPDATE for each table that has times: their order is checked within a row.
std::vector<Row> updates(const SqliteReader& before, const std::string& ms) {
    return before.rows(
        "SELECT 'UPDATE ' || t.name || ' SET ' || group_concat(c.name || ' = ' || c.name || ' - " + ms +
        "', ', ') AS sql FROM sqlite_schema t, pragma_table_info(t.name) c "
        "WHERE t.type = 'table' AND c.type = 'INTEGER' AND (c.name LIKE '%\\_at' ESCAPE '\\' OR "
        "c.name IN ('at', 'window_end', 'effective_from', 'effective_until', 'nominal_until')) "
        "GROUP BY t.name");
}

void chain_anew(const SqliteReader& before, SQLite::Database& database, std::int64_t ms) {
    auto events = before.rows("SELECT * FROM events ORDER BY seq");
    for (auto& event : events) event["at"] = std::to_string(std::stoll(event.at("at")) - ms);
    const auto hashes = hashes_of(events);
    for (std::size_t i = 0; i < events.size(); ++i)
        database.exec("UPDATE events SET hash = '" + hashes[i] + "' WHERE seq = " + events[i].at("seq"));
}

}  // namespace

void age_store(const std::filesystem::path& file, std::chrono::milliseconds age) {
    const SqliteReader before(file);  // sees what is committed: none of the changes below
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    SQLite::Transaction all(database);
    const auto triggers = before.rows("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'");
    for (const auto& trigger : triggers) database.exec("DROP TRIGGER " + trigger.at("name"));
    for (const auto& update : updates(before, std::to_string(age.count()))) database.exec(update.at("sql"));
    chain_anew(before, database, age.count());
    for (const auto& trigger : triggers) database.exec(trigger.at("sql"));
    all.commit();
    // Of a record that is older altogether nothing else has been acknowledged.
    std::filesystem::remove(file.string() + ".acknowledged");
}

}  // namespace runbookd::end_to_end
