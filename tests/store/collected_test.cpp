// Rows that jobs printed for the record: kept with their job, shown of each device's last try, gone with its
// output.
#include <SQLiteCpp/Exception.h>

#include "base/sha256.hpp"
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::JobStatus;

constexpr std::int64_t kDay = 86'400'000;

engine::JobChanged printed(const std::string& job, std::vector<std::string> rows) {
    auto done = changed(JobStatus::completed, job);
    done.out = engine::OutputText{"as " + job + " said", false};
    done.collected = runbook::Collected{std::move(rows)};
    return done;
}

/// Two devices, with two rows and one.
engine::Batch two_devices() {
    auto start = started(2);
    start.targets[1].customer = "acme";
    return {revision(),
            planned(),
            start,
            created("01JOB", "d1"),
            printed("01JOB", {R"({"disk":"C"})", R"({"disk":"D"})"}),
            created("02JOB", "d2"),
            printed("02JOB", {R"({"disk":"E"})"})};
}

ports::CollectedQuery of(const std::string& run) {
    ports::CollectedQuery query;
    query.run = run;
    return query;
}

std::vector<std::string> data_of(OpenStore& open, const ports::CollectedQuery& query) {
    const auto found = open.wait_for(open.store().collected(query));
    REQUIRE(found);
    std::vector<std::string> all;
    for (const auto& row : found->rows)
        for (std::size_t i = 0; i < found->columns.size(); ++i)
            if (found->columns[i] == "data") all.push_back(std::get<std::string>(row[i]));
    return all;
}

std::string refused(const std::string& database, const std::string& sql) {
    SQLite::Database by_hand(database, SQLite::OPEN_READWRITE, 1000);
    try {
        by_hand.exec(sql);
        return "done";
    } catch (const SQLite::Exception& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("rows are kept with the end of their job, and its event says how many and their hash",
          "[store][collect]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto batch = two_devices();
    auto& second = std::get<engine::JobChanged>(batch.back());
    second.collected->not_rows = 2;
    second.collected->left_out = 3;
    open.commit(std::move(batch));
    CHECK(one(database, "SELECT group_concat(name, ', ') FROM pragma_table_info('collected_rows')") ==
          "run_uid, runbook, device_uid, hostname, customer, site_name, row_no, data, site_uid, job_uid, "
          "step, step_name");
    CHECK(rows(database, "SELECT * FROM collected_rows ORDER BY device_uid, row_no") ==
          std::vector<std::string>{R"(01RUN|clean|d1|ACME-1|NULL|Acme HQ|1|{"disk":"C"}|s1|01JOB|1|NULL)",
                                   R"(01RUN|clean|d1|ACME-1|NULL|Acme HQ|2|{"disk":"D"}|s1|01JOB|1|NULL)",
                                   R"(01RUN|clean|d2|ACME-2|acme|Acme HQ|1|{"disk":"E"}|s1|02JOB|1|NULL)"});
    CHECK(one(database,
              "SELECT data ->> 'collected', data ->> 'collected_sha256' FROM event_trail "
              "WHERE kind = 'job.completed' AND subject_uid = '01JOB'") ==
          "2|" + sha256_hex("1 {\"disk\":\"C\"}\n2 {\"disk\":\"D\"}"));
    CHECK(one(database,
              "SELECT data ->> 'collected', data ->> 'collected_not_rows', data ->> 'collected_left_out' "
              "FROM event_trail WHERE kind = 'job.completed' AND subject_uid = '02JOB'") == "1|2|3");
}

TEST_CASE("no rows leave a count of none, and what asks for none leaves nothing", "[store][collect]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision(), planned(), started(2), created("01JOB", "d1"), printed("01JOB", {}),
                 created("02JOB", "d2"), changed(JobStatus::completed, "02JOB")});
    CHECK(rows(database,
               "SELECT data ->> 'collected', data ->> 'collected_sha256' FROM event_trail "
               "WHERE kind = 'job.completed' ORDER BY seq") ==
          std::vector<std::string>{"0|NULL", "NULL|NULL"});
    CHECK(data_of(open, of("01RUN")).empty());
}

TEST_CASE("of several tries only the last one's rows count, also when it ended late", "[store][collect]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto second = created("02JOB");
    second.attempt = 2;
    open.commit({revision(), planned(), started(1), created(), printed("01JOB", {R"({"try":1})"}), second});
    CHECK(data_of(open, of("01RUN")).empty());
    auto queued = changed(JobStatus::queued, "02JOB");
    queued.datto_job = DattoJobUid("j2");
    engine::JobLate late;
    late.job = JobUid("02JOB");
    late.late_status = "completed";
    late.out = engine::OutputText{"well", false};
    late.collected = runbook::Collected{{R"({"try":2})"}};
    late.at = at(90);
    open.commit({queued, changed(JobStatus::timeout, "02JOB"), late});
    CHECK(data_of(open, of("01RUN")) == std::vector<std::string>{R"({"try":2})"});
    CHECK(one(database, "SELECT data ->> 'collected' FROM event_trail WHERE kind = 'job.late'") == "1");
}

TEST_CASE("bytes that are no text are shown as such", "[store][collect]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision(), planned(), started(1), created(), printed("01JOB", {"{\"a\":\"M\xfcller\"}"})});
    CHECK(one(database, "SELECT data ->> 'a' FROM collected_rows") == "M\xef\xbf\xbdller");
    CHECK(one(database, "SELECT data ->> 'collected_sha256' FROM event_trail WHERE kind = 'job.completed'") ==
          sha256_hex("1 {\"a\":\"M\xef\xbf\xbdller\"}"));
}

TEST_CASE("the rows of a run are found by its uid's beginning, narrowed, and read page by page",
          "[store][collect]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit(two_devices());
    const std::string c = R"({"disk":"C"})";
    const std::string d = R"({"disk":"D"})";
    const std::string e = R"({"disk":"E"})";
    CHECK(data_of(open, of("01r")) == std::vector<std::string>{c, d, e});
    auto query = of("01RUN");
    query.device = "acme-2";
    CHECK(data_of(open, query) == std::vector<std::string>{e});
    query.device = "D1";
    CHECK(data_of(open, query) == std::vector<std::string>{c, d});
    query = of("01RUN");
    query.customer = "acme";
    CHECK(data_of(open, query) == std::vector<std::string>{e});
    query = of("01RUN");
    query.site = "ACME hq";
    CHECK(data_of(open, query).size() == 3);
    query.site = "elsewhere";
    CHECK(data_of(open, query).empty());

    query = of("01RUN");
    query.limit = 1;
    CHECK(data_of(open, query) == std::vector<std::string>{c});
    query.after = ports::CollectedQuery::Place{"d1", 1, 1};
    CHECK(data_of(open, query) == std::vector<std::string>{d});
    query.after = ports::CollectedQuery::Place{"d1", 1, 2};
    CHECK(data_of(open, query) == std::vector<std::string>{e});
    query.after = ports::CollectedQuery::Place{"d2", 1, 1};
    CHECK(data_of(open, query).empty());

    CHECK(open.wait_for(open.store().collected(of("02"))).error().code == ErrorCode::not_found);
    CHECK(open.wait_for(open.store().collected(of(""))).error().code == ErrorCode::not_found);
    open.commit({planned("01RUM")});
    CHECK(open.wait_for(open.store().collected(of("01RU"))).error().code == ErrorCode::conflict);
}

TEST_CASE("rows go with the outputs of their job, or with its run, and by nobody else", "[store][collect]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto batch = two_devices();
    auto& second = std::get<engine::JobCreated>(batch[5]);
    second.at = at(2 * kDay);
    batch.emplace_back(decided(engine::Disposition::succeeded, "d1"));
    batch.emplace_back(decided(engine::Disposition::succeeded, "d2"));
    batch.emplace_back(finished());
    // The newest run of a runbook stays.
    batch.emplace_back(planned("02RUN"));
    batch.emplace_back(started(1, "02RUN"));
    open.commit(std::move(batch));
    CHECK(contains(refused(database, "DELETE FROM collected"), "collected rows stay with their job"));
    CHECK(contains(refused(database, "UPDATE collected SET data = '{}'"),
                   "collected rows are kept as they came"));

    ports::Horizons horizons;
    horizons.outputs = at(kDay);
    REQUIRE(open.wait_for(open.store().prune(horizons, at(100 * kDay), "ana")));
    CHECK(data_of(open, of("01RUN")) == std::vector<std::string>{R"({"disk":"E"})"});
    horizons = {};
    horizons.history = at(50 * kDay);
    REQUIRE(open.wait_for(open.store().prune(horizons, at(100 * kDay), "ana")));
    CHECK(one(database, "SELECT count(*) FROM collected") == "0");
    CHECK(rows(database, "PRAGMA foreign_key_check").empty());
}

}  // namespace runbookd::store_test
