// A person's own SQL: reads, and nothing else.
#include "audit/sql_console.hpp"

#include "audit/record.hpp"
#include "catch.hpp"

namespace runbookd::audit_test {
namespace {

using audit::ask_sql;
using audit::SqlLimits;

struct Scene {
    TempFolder folder;
    std::string database = folder.file("audit.db");
    Scene() { write_record(database); }
};

TEST_CASE("an answer has its columns, its values and its end", "[audit]") {
    const Scene scene;
    const auto answer = ask_sql(scene.database,
                                "SELECT device_uid, NULL AS nil, 1.5 AS half, wave, x'0aff' AS "
                                "bytes FROM target_ledger ORDER BY run_uid, device_uid;  -- all\n",
                                {std::chrono::seconds{5}, 4});
    INFO((answer ? std::string() : answer.error().message));
    REQUIRE(answer);
    CHECK(answer->columns == std::vector<std::string>{"device_uid", "nil", "half", "wave", "bytes"});
    REQUIRE(answer->rows.size() == 4);
    CHECK(answer->is_cut);
    CHECK(answer->rows[0] == std::vector<audit::Cell>{std::string("d1"), std::monostate{}, 1.5,
                                                      std::int64_t{1}, std::string("0aff")});
    CHECK_FALSE(ask_sql(scene.database, "SELECT 1", {})->is_cut);
    CHECK(ask_sql(scene.database,
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) "
                  "SELECT sum(i) FROM n",
                  {}));
    CHECK(ask_sql(scene.database, "PRAGMA table_info(runs)", {}));
    CHECK(ask_sql(scene.database, "EXPLAIN QUERY PLAN SELECT * FROM job_history", {}));
}

TEST_CASE("nothing but reading is possible", "[audit]") {
    const Scene scene;
    const std::vector<std::string> statements{
        "DELETE FROM events",
        "UPDATE runs SET actor = 'eve'",
        "INSERT INTO outputs (sha256, bytes, text) VALUES (zeroblob(32), 0, '')",
        "CREATE TABLE t (a)",
        "CREATE TEMP TABLE t (a)",
        "DROP TABLE events",
        "ATTACH 'other.db' AS other",
        "ATTACH '" + scene.folder.file("new.db").string() + "' AS other",
        "VACUUM INTO '" + scene.folder.file("copy.db").string() + "'",
        "VACUUM",
        "PRAGMA user_version = 3",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = 1",
        "PRAGMA query_only = 0",
        "BEGIN IMMEDIATE",
        "COMMIT",
        "REINDEX",
        "ANALYZE",
        "SELECT load_extension('evil.so')",
        "SELECT 1; DELETE FROM events",
        "",
        "SELEC 1",
        "SELECT 1; SELECT 2"};
    for (const auto& sql : statements) {
        INFO(sql);
        const auto answer = ask_sql(scene.database, sql, {});
        REQUIRE_FALSE(answer);
        CHECK(answer.error().code == ErrorCode::invalid_input);
        CHECK_FALSE(answer.error().message.empty());
        CHECK(one(scene.database, "SELECT count(*) > 20 FROM events") == "1");
    }
    CHECK_FALSE(std::filesystem::exists(scene.folder.file("new.db")));
    CHECK_FALSE(std::filesystem::exists(scene.folder.file("copy.db")));
}

TEST_CASE("a question that takes too long is given up", "[audit]") {
    const Scene scene;
    const auto answer =
        ask_sql(scene.database,
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                {Millis{50}, 10});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::unavailable);
    CHECK(contains(answer.error().message, "longer than 50ms"));
}

TEST_CASE("a record that is not there, or is none, is said", "[audit]") {
    const TempFolder folder;
    CHECK(ask_sql(folder.file("none.db"), "SELECT 1", {}).error().code == ErrorCode::not_found);
    const auto text = folder.write("text.db", std::string(4096, 'x'));
    CHECK(ask_sql(text, "SELECT 1", {}).error().code == ErrorCode::invalid_input);
    SQLite::Database(folder.file("other.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE t (a)");
    CHECK(
        contains(ask_sql(folder.file("other.db"), "SELECT 1", {}).error().message, "no record of runbookd"));
}

}  // namespace
}  // namespace runbookd::audit_test
