// What retention removes, what stays of it, and that nobody else removes anything.
#include <SQLiteCpp/Exception.h>

#include <chrono>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::JobStatus;

constexpr std::int64_t kDay = 86'400'000;

/// A whole run of `devices` on that day; every device prints the same, and something of its own.
engine::Batch day(std::int64_t number, int devices, std::optional<std::int64_t> nominal = std::nullopt) {
    const auto run = "0" + std::to_string(number) + "RUN";
    const auto shift = [&](auto record) {
        record.at += Millis{number * kDay};
        return engine::Record(std::move(record));
    };
    auto plan = planned(run);
    if (nominal) {
        plan.trigger = engine::Trigger::schedule;
        plan.nominal = at(number * kDay);
    }
    plan.window_end += Millis{number * kDay};
    engine::Batch batch{shift(plan)};
    auto start = started(devices, run);
    start.exclusions = {{DeviceUid("d99"), "ACME-OLD", "Acme HQ", "deleted", "the device is deleted"}};
    batch.push_back(shift(start));
    for (int i = 1; i <= devices; ++i) {
        const auto device = "d" + std::to_string(i);
        const auto job = "0" + std::to_string(number) + "J" + std::to_string(i);
        batch.push_back(shift(created(job, device, run)));
        auto done = changed(JobStatus::completed, job);
        done.out = engine::OutputText{"the same everywhere", false};
        done.err = engine::OutputText{"of " + job, false};
        batch.push_back(shift(done));
        batch.push_back(shift(decided(Disposition::succeeded, device, run)));
    }
    batch.push_back(shift(finished(run)));
    if (nominal) {
        engine::OccurrenceDecided verdict;
        verdict.runbook = "clean";
        verdict.zone = plan.zone;
        verdict.nominal = verdict.until = *plan.nominal;
        verdict.verdict = engine::Verdict::on_time;
        verdict.run = RunUid(run);
        verdict.at = at(20);
        batch.push_back(shift(verdict));
    }
    return batch;
}

ports::PruneCounts prune(OpenStore& open, const ports::Horizons& horizons) {
    auto counts = open.wait_for(open.store().prune(horizons, at(100 * kDay), "ana"));
    REQUIRE(counts);
    return *counts;
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

TEST_CASE("outputs go first, and the text when nobody refers to it", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision()});
    open.commit(day(1, 2));
    open.commit(day(2, 2));
    ports::Horizons horizons;
    horizons.outputs = at(2 * kDay);
    const auto would = open.wait_for(open.store().would_prune(horizons));
    REQUIRE(would);
    CHECK(would->outputs == 2);
    const auto counts = prune(open, horizons);
    CHECK(counts.outputs == 2);
    CHECK(counts.texts == 2);
    CHECK(counts.runs == 0);
    CHECK(
        rows(database, "SELECT job_uid, outputs_pruned, stdout, stderr FROM job_history ORDER BY job_uid") ==
        std::vector<std::string>{"01J1|1|NULL|NULL", "01J2|1|NULL|NULL", "02J1|0|the same everywhere|of 02J1",
                                 "02J2|0|the same everywhere|of 02J2"});
    CHECK(one(database, "SELECT count(*) FROM outputs") == "3");
    CHECK(rows(database, "SELECT kind, actor FROM event_trail ORDER BY seq DESC LIMIT 2") ==
          std::vector<std::string>{"record.pruned|ana", "record.pruning|ana"});
    CHECK_FALSE(prune(open, horizons).any());
    CHECK(one(database, "SELECT count(*) FROM event_trail WHERE kind = 'record.pruned'") == "1");
}

TEST_CASE("whole runs go, and what newer things need stays", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision()});
    for (int number = 1; number <= 4; ++number) open.commit(day(number, 3, number));
    ports::Horizons horizons;
    horizons.history = at(3 * kDay);
    const auto counts = prune(open, horizons);
    CHECK(counts.runs == 2);
    CHECK(counts.targets == 6);
    CHECK(counts.jobs == 6);
    CHECK(counts.occurrences == 2);
    CHECK(counts.texts == 6);
    CHECK(rows(database, "SELECT run_uid, targets, succeeded FROM run_history ORDER BY run_uid") ==
          std::vector<std::string>{"03RUN|3|3", "04RUN|3|3"});
    CHECK(one(database, "SELECT count(*) FROM target_exclusions") == "2");
    CHECK(one(database, "SELECT count(*) FROM device_coverage") == "4");
    CHECK(rows(database, "PRAGMA foreign_key_check").empty());
    CHECK(open.wait_for(open.store().pruned_until()).value() == horizons.history);

    // Even when all is old: the last verdict says until when the lane is judged, and its run is what the
    // guard compares with.
    horizons.history = at(50 * kDay);
    CHECK(prune(open, horizons).runs == 1);
    CHECK(one(database, "SELECT run_uid FROM run_history") == "04RUN");
    CHECK(one(database, "SELECT run_uid FROM occurrence_history") == "04RUN");
    CHECK(one(database, "SELECT count(*) FROM device_coverage WHERE last_success_at IS NOT NULL") == "3");
    const auto state = open.store().load(at(100 * kDay));
    REQUIRE(state);
    CHECK(state->runbooks.at(0).judged_until == at(4 * kDay));
}

TEST_CASE("an unfinished run is never touched", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision(), planned(), started(1), created()});
    ports::Horizons horizons;
    horizons.outputs = horizons.history = horizons.events = at(90 * kDay);
    CHECK(prune(open, horizons).runs == 0);
    CHECK(one(database, "SELECT status FROM job_history") == "created");
}

TEST_CASE("removed events leave the hash that the chain goes on from", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision(), engine::Noted{"account", "main", "fleet.first_list", "", {}, at()}});
    for (int number = 1; number <= 3; ++number) open.commit(day(number, 40));
    const auto last =
        one(database, "SELECT max(seq) FROM events WHERE at < " + std::to_string(to_unix_ms(at(2 * kDay))));
    const auto hash = one(database, "SELECT hash FROM events WHERE seq = " + last);
    ports::Horizons horizons;
    horizons.events = at(2 * kDay);
    CHECK(std::to_string(prune(open, horizons).events) == last);
    CHECK(one(database, "SELECT to_seq, last_hash FROM pruned_ranges ORDER BY from_seq DESC LIMIT 1") ==
          last + "|" + hash);
    CHECK(one(database, "SELECT min(from_seq), sum(count) FROM pruned_ranges") == "1|" + last);
    CHECK(one(database, "SELECT min(seq) = " + last + " + 1 FROM event_trail") == "1");
    const auto state = open.store().load(at(100 * kDay));
    REQUIRE(state);
    CHECK(state->knows_fleet);

    // All of it is old: the newest stays, so the chain has an end.
    horizons.events = at(99 * kDay);
    prune(open, horizons);
    open.commit({engine::Noted{"daemon", "", "after", "", {}, at(101 * kDay)}});
    CHECK(one(database, "SELECT max(seq) - min(seq) + 1 = count(*) FROM event_trail") == "1");
    CHECK(one(database, "SELECT (SELECT max(to_seq) FROM pruned_ranges) + 1 = min(seq) FROM event_trail") ==
          "1");
}

TEST_CASE("nothing is removed by hand", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    open.commit({revision()});
    open.commit(day(1, 1, 1));
    for (const auto* table : {"events", "occurrences", "targets", "jobs", "exclusions", "runs", "outputs"}) {
        CAPTURE(table);
        CHECK(refused(database, std::string("DELETE FROM ") + table) != "done");
    }
    CHECK(contains(refused(database, "UPDATE jobs SET stdout = NULL"), "outputs stay"));
    CHECK(contains(refused(database, "UPDATE outputs SET text = ''"), "kept as they came"));
    CHECK(contains(refused(database, "INSERT INTO pruned_ranges VALUES (1, 1, printf('%064d', 0), 1, 0)"),
                   "pruned range"));
    const std::string foreign_keys = "PRAGMA foreign_keys = ON;";
    CHECK(contains(refused(database, foreign_keys + "INSERT INTO pruning (id, events_before) VALUES (1, 1)"),
                   "FOREIGN KEY"));
    // The row allows what lies before its horizon, and a lie about the chain not even then.
    const std::string begin =
        foreign_keys + "BEGIN; INSERT INTO pruning (id, events_before, history_before) VALUES ";
    CHECK(contains(refused(database, begin + "(1, 9e15, 0); DELETE FROM runs"), "runs stay"));
    CHECK(contains(refused(database, begin + "(1, 9000000000000000, 0); DELETE FROM events"), "append-only"));
    CHECK(contains(
        refused(database, begin + "(1, 9000000000000000, 0);"
                                  "INSERT INTO pruned_ranges VALUES (1, 1, printf('%064d', 7), 1, 0)"),
        "pruned range"));
    CHECK(one(database, "SELECT count(*) FROM runs") == "1");
}

TEST_CASE("a large round lets commits through, holds the writer briefly, and gives the space back",
          "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision()});
    for (int number = 1; number <= 3; ++number) open.commit(day(number, 1500));
    open.commit(day(9, 1));
    const auto pages = [&] { return std::stoll(one(database, "PRAGMA page_count")); };
    const auto before = pages();
    ports::Horizons horizons;
    horizons.outputs = horizons.history = horizons.events = at(5 * kDay);
    std::optional<Result<ports::PruneCounts>> done;
    boost::asio::co_spawn(
        open.loop(), open.store().prune(horizons, at(100 * kDay), ""),
        [&](std::exception_ptr, Result<ports::PruneCounts> counts) { done = std::move(counts); });
    int commits = 0;
    while (!done) {
        open.commit({engine::Noted{"daemon", "", "meanwhile", "", {}, at(100 * kDay)}});
        ++commits;
    }
    REQUIRE(*done);
    CHECK(commits > 3);
    CHECK((*done)->runs == 3);
    CHECK((*done)->jobs == 4500);
    CHECK(pages() * 2 < before);
    CHECK(one(database, "PRAGMA freelist_count") == "0");
    CHECK(one(database, "PRAGMA integrity_check") == "ok");
    WARN("the writer was held for at most " << (*done)->longest_ms << " ms, " << commits
                                            << " commits meanwhile");
}

TEST_CASE("two rounds at a time are refused", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    open.commit({revision()});
    open.commit(day(1, 300));
    ports::Horizons horizons;
    horizons.history = at(5 * kDay);
    std::optional<Result<ports::PruneCounts>> first, second;
    for (auto* answer : {&first, &second})
        boost::asio::co_spawn(
            open.loop(), open.store().prune(horizons, at(100 * kDay), ""),
            [answer](std::exception_ptr, Result<ports::PruneCounts> counts) { *answer = std::move(counts); });
    open.run_until([&] { return first && second; });
    CHECK(first->has_value());
    CHECK(second->error().code == ErrorCode::conflict);
}

}  // namespace
}  // namespace runbookd::store_test
