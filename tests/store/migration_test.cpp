// A database of an earlier version, with what it held, becomes one of this version.
#include <SQLiteCpp/Database.h>

#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    REQUIRE(file);
    return text.str();
}

/// As the program of schema version 2 left it: one run of a schedule, two verdicts, an event.
void make_version_2(const std::string& path) {
    SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (const auto* name : {"0001_initial", "0002_views"})
        database.exec(text_of("db/migrations/" + std::string(name) + ".sql"));
    database.exec(
        "PRAGMA application_id = 1919052644; PRAGMA user_version = 2;"
        "INSERT INTO schema_migrations VALUES (1, '0001_initial', 1), (2, '0002_views', 1);"
        "INSERT INTO revisions VALUES (1, 'clean', 1, 0, NULL, printf('%064d', 0), 'name: clean', '{}', "
        "'ana', '');"
        "INSERT INTO runs (id, run_uid, runbook, revision, account, zone, \"trigger\", actor, note, scope, "
        "nominal_at, window_end, planned_at, started_at, status) "
        "VALUES (1, '01OLD', 'clean', 1, 'main', 'UTC', 'schedule', '', '', '{}', 60000, 3660000, 60001, "
        "60002, "
        "'running');"
        "INSERT INTO occurrences VALUES (1, 'clean', 1, 'UTC', NULL, 0, 0, 1, 'missed', 'daemon_down', NULL, "
        "9);"
        "INSERT INTO occurrences VALUES (2, 'clean', 1, 'UTC', NULL, 60000, 60000, 1, 'on_time', '', 1, "
        "60002);"
        "INSERT INTO events VALUES (1, 5, 'runbook', 'clean', 'revision.effective', 'ana', '{}', "
        "printf('%064d', 1));");
}

}  // namespace

TEST_CASE("version 2 becomes the newest version, and keeps what it held", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    make_version_2(database);
    OpenStore open(database);
    CHECK(one(database, "PRAGMA user_version") == "12");
    CHECK(one(database, "PRAGMA integrity_check") == "ok");
    CHECK(rows(database, "PRAGMA foreign_key_check").empty());
    CHECK(rows(database, "SELECT nominal_at, verdict, run_uid FROM occurrence_history ORDER BY nominal_at") ==
          std::vector<std::string>{"1970-01-01T00:00:00.000Z|missed|NULL",
                                   "1970-01-01T00:01:00.000Z|on_time|01OLD"});

    const auto state = open.store().load(at());
    REQUIRE(state);
    REQUIRE(state->runs.size() == 1);
    CHECK_FALSE(state->runs[0].planned.starts_at);
    CHECK_FALSE(state->runs[0].planned.caught_up);
    CHECK_FALSE(state->runs[0].planned.overrides.any());
    CHECK(state->runbooks.at(0).judged_until == from_unix_ms(60'000));
    CHECK(state->pauses.empty());
    CHECK(state->zone_digests.empty());
    CHECK(state->devices.empty());
    CHECK_FALSE(state->knows_fleet);
    CHECK(one(database, "SELECT count(*) FROM targets WHERE online IS NULL AND last_seen_at IS NULL") ==
          one(database, "SELECT count(*) FROM targets"));

    const auto slice = open.wait_for(open.store().slice("clean", from_unix_ms(-1), at()));
    REQUIRE(slice->occurrences.size() == 2);
    CHECK_FALSE(slice->occurrences[1].run->starts_at);

    open.commit({engine::OccurrencesVoided{"clean", "UTC", from_unix_ms(-1), at()},
                 engine::PauseSet{"", at(1000), "a freeze", "ana", at()}});
    CHECK(one(database, "SELECT count(*) FROM occurrence_history") == "1");
    CHECK(one(database, "SELECT max(seq) FROM event_trail") == "3");
}

}  // namespace runbookd::store_test
