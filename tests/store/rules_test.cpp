// What the database itself refuses, and the books that it keeps.
#include <array>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::JobStatus;

/// Runs SQL as someone who can write the file; the message of what it met.
std::string refusal(const std::string& database, const std::string& sql) {
    SQLite::Database writer(database, SQLite::OPEN_READWRITE, 1000);
    writer.exec("PRAGMA foreign_keys = ON");
    try {
        writer.exec(sql);
    } catch (const SQLite::Exception& error) {
        return error.what();
    }
    return "accepted";
}

TEST_CASE("the database refuses states that cannot be", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto late = changed(JobStatus::timeout, "02JOB");
    open.commit({revision(), planned(), started(3), created(), created("02JOB", "d2"),
                 changed(JobStatus::queued), changed(JobStatus::running), late,
                 decided(Disposition::timeout, "d2"), decided(Disposition::unknown, "d3")});

    const std::vector<std::pair<std::string, std::string>> refused{
        {"UPDATE jobs SET status = 'queued' WHERE job_uid = '01JOB'", "does not go back"},
        {"UPDATE jobs SET status = 'completed' WHERE job_uid = '02JOB'", "does not go back"},
        {"UPDATE jobs SET status = 'lost'", "constraint failed"},
        {"UPDATE runs SET status = 'completed', finished_at = 1", "a_finished_run_has_none_pending"},
        {"UPDATE runs SET status = 'planned'", "does not go back"},
        {"UPDATE runs SET succeeded = succeeded + 1", "books_balance"},
        {"UPDATE targets SET disposition = 'succeeded' WHERE device_uid = 'd2'", "decided once"},
        {"UPDATE targets SET disposition = 'succeeded' WHERE device_uid = 'd3'", "decided once"},
        {"DELETE FROM targets WHERE device_uid = 'd2'", "stay in the books"},
        {"INSERT INTO targets (run, device_uid, site_uid, site_name, hostname, wave) VALUES (1, 'd4', '', "
         "'', '', 1)",
         "frozen"},
        {"INSERT INTO jobs (job_uid, run, device_uid, step, attempt, component_uid, component_name, "
         "variables, "
         "created_at) VALUES ('03JOB', 1, 'd1', 1, 1, '', '', '{}', 1)",
         "UNIQUE"},
        {"INSERT INTO jobs (job_uid, run, device_uid, step, attempt, component_uid, component_name, "
         "variables, "
         "created_at) VALUES ('03JOB', 1, 'd2', 1, 2, '', '', '{}', 1)",
         "is decided"},
        {"INSERT INTO jobs (job_uid, run, device_uid, step, attempt, component_uid, component_name, "
         "variables, "
         "created_at) VALUES ('03JOB', 1, 'nobody', 1, 1, '', '', '{}', 1)",
         "FOREIGN KEY"},
        {"UPDATE events SET at = 0 WHERE seq = 1", "append-only"},
        {"DELETE FROM events WHERE seq = 1", "append-only"},
        {"INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 1", "without gaps"},
        {"INSERT INTO events SELECT seq + 100, at, subject, subject_uid, kind, actor, data, hash FROM events",
         "gaps"},
    };
    for (const auto& [sql, message] : refused) {
        INFO(sql);
        CHECK(contains(refusal(database, sql), message));
    }
    CHECK(refusal(database,
                  "UPDATE targets SET disposition = 'succeeded', revised_at = 9 WHERE device_uid = 'd3'") ==
          "accepted");
    CHECK(
        contains(refusal(database,
                         "UPDATE targets SET disposition = 'failed', revised_at = 9 WHERE device_uid = 'd3'"),
                 "decided once"));
    CHECK(one(database, "SELECT pending, succeeded, timeout, unknown FROM run_history") == "1|1|1|0");
}

engine::TargetRevised revised(Disposition disposition, const std::string& actor = "") {
    engine::TargetRevised revision;
    revision.run = RunUid("01RUN");
    revision.device = DeviceUid("d1");
    revision.job = JobUid("01JOB");
    revision.disposition = disposition;
    revision.actor = actor;
    revision.at = at(90'000);
    return revision;
}

TEST_CASE("an unknown target is revised, and its finished run follows", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto gone = changed(JobStatus::failed);
    gone.reason = "unknown_dispatch";
    auto end = finished();
    end.status = engine::RunStatus::failed;
    open.commit({revision(), planned(), started(1), created(), gone, decided(Disposition::unknown), end});
    CHECK(one(database, "SELECT status, unknown FROM run_history") == "failed|1");
    engine::JobLate late;
    late.job = JobUid("01JOB");
    late.late_status = "completed";
    late.out = engine::OutputText{"swept", false};
    late.at = at(90'000);
    open.commit({engine::JobFound{JobUid("01JOB"), DattoJobUid("datto-9"), at(80'000)}, late,
                 revised(Disposition::succeeded)});
    CHECK(one(database, "SELECT disposition, reason, decided_at FROM target_ledger") ==
          "succeeded||2026-12-01T02:00:00.040Z");
    CHECK(one(database, "SELECT status, succeeded, unknown FROM run_history") == "completed|1|0");
    CHECK(one(database,
              "SELECT datto_job_uid, queued_at, status, reason, late_status, stdout FROM job_history") ==
          "datto-9|2026-12-01T02:01:20.000Z|failed|unknown_dispatch|completed|swept");
    CHECK(rows(database, "SELECT kind, at, subject_uid, actor FROM event_trail WHERE seq > 7") ==
          std::vector<std::string>{"job.found|2026-12-01T02:01:20.000Z|01JOB|NULL",
                                   "job.late|2026-12-01T02:01:30.000Z|01JOB|NULL",
                                   "target.revised|2026-12-01T02:01:30.000Z|01RUN/d1|NULL",
                                   "run.revised|2026-12-01T02:01:30.000Z|01RUN|NULL"});
    const auto data = one(database, "SELECT data FROM event_trail WHERE kind = 'target.revised'");
    CHECK(contains(data, R"("job_uid":"01JOB")"));
    CHECK(contains(data, R"("stdout_sha256":")"));
    CHECK(contains(one(database, "SELECT data FROM event_trail WHERE kind = 'run.revised'"),
                   R"("status":"completed")"));
}

TEST_CASE("a revision that is not good leaves a failed run failed, one by a person names them", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto end = finished();
    end.status = engine::RunStatus::failed;
    open.commit({revision(), planned(), started(1), created(), decided(Disposition::unknown), end});
    auto by_person = revised(Disposition::failed, "ana");
    by_person.reason = "by_person";
    by_person.message = "I looked";
    open.commit({by_person});
    CHECK(one(database, "SELECT disposition, reason FROM target_ledger") == "failed|by_person");
    CHECK(one(database, "SELECT status, failed, unknown FROM run_history") == "failed|1|0");
    CHECK(one(database, "SELECT actor FROM event_trail WHERE kind = 'target.revised'") == "ana");
    CHECK(contains(one(database, "SELECT data FROM event_trail WHERE kind = 'target.revised'"), "I looked"));
}

TEST_CASE("a revision changes the books of an open run and of an aborted one, and not their status",
          "[store]") {
    for (const bool is_aborted : {false, true}) {
        TempFolder folder;
        const auto database = folder.file("audit.db");
        OpenStore open(database);
        open.commit({revision(), planned(), started(2), created(), decided(Disposition::unknown)});
        if (is_aborted) {
            auto end = finished();
            end.status = engine::RunStatus::aborted;
            open.commit({decided(Disposition::halted, "d2"), end});
        }
        open.commit({revised(Disposition::succeeded)});
        CHECK(one(database, "SELECT status, succeeded, unknown FROM run_history") ==
              (is_aborted ? "aborted|1|0" : "running|1|0"));
        CHECK(one(database, "SELECT count(*) FROM event_trail WHERE kind = 'run.revised'") ==
              (is_aborted ? "1" : "0"));
    }
}

TEST_CASE("what was never unknown, or was revised, is not revised", "[store]") {
    for (const auto disposition : {Disposition::failed, Disposition::unknown}) {
        TempFolder folder;
        const auto database = folder.file("audit.db");
        std::string fatal;
        OpenStore open(database, {{}, [&](const std::string& why) { fatal = why; }});
        open.commit({revision(), planned(), started(1), created(), decided(disposition)});
        if (disposition == Disposition::unknown) open.commit({revised(Disposition::failed)});
        boost::asio::co_spawn(open.loop(), open.store().commit({revised(Disposition::succeeded)}),
                              [](std::exception_ptr) {});
        open.run_until([&] { return !fatal.empty(); });
        CHECK(contains(fatal, "target.revised"));
        CHECK(one(database, "SELECT disposition FROM target_ledger") == "failed");
    }
}

TEST_CASE("the books balance in every state that a second connection sees", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    SQLite::Database reader(database, SQLite::OPEN_READONLY, 1000);
    const auto check = [&](const std::string& expected) {
        SQLite::Statement books(
            reader,
            "SELECT r.targets || ' ' || r.pending, r.targets = (SELECT count(*) FROM targets), "
            "r.targets = r.pending + r.succeeded + r.warning + r.failed + r.timeout + r.expired + r.skipped "
            "+ r.halted "
            "+ r.cancelled + r.unknown, r.pending = (SELECT count(*) FROM targets WHERE disposition = "
            "'pending'), "
            "r.skipped = (SELECT count(*) FROM targets WHERE disposition = 'skipped') FROM runs r");
        REQUIRE(books.executeStep());
        CHECK(books.getColumn(0).getString() == expected);
        for (int i = 1; i < books.getColumnCount(); ++i) CHECK(books.getColumn(i).getInt() == 1);
    };
    open.commit({revision(), planned()});
    check("0 0");
    open.commit({started(9)});
    check("9 9");
    constexpr std::array kAll{Disposition::succeeded, Disposition::warning,   Disposition::failed,
                              Disposition::timeout,   Disposition::expired,   Disposition::skipped,
                              Disposition::halted,    Disposition::cancelled, Disposition::unknown};
    for (std::size_t i = 0; i < kAll.size(); ++i) {
        open.commit({decided(kAll[i], "d" + std::to_string(i + 1))});
        check("9 " + std::to_string(8 - i));
    }
    auto end = finished();
    end.status = engine::RunStatus::failed;
    open.commit({end});
    check("9 0");
    CHECK(one(database,
              "SELECT status, succeeded, warning, failed, timeout, expired, skipped, halted, cancelled, "
              "unknown "
              "FROM run_history") == "failed|1|1|1|1|1|1|1|1|1");
}

TEST_CASE("a record that contradicts the store ends the process, not the record before it", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    std::string fatal;
    OpenStore open(database, {{}, [&](const std::string& why) { fatal = why; }});
    open.commit({revision(), planned(), started(1)});

    int durable = 0;
    const auto count = [&](std::exception_ptr) { ++durable; };
    boost::asio::co_spawn(open.loop(), open.store().commit({created()}), count);
    boost::asio::co_spawn(open.loop(), open.store().commit({created("02JOB", "nobody")}), count);
    boost::asio::co_spawn(open.loop(), open.store().commit({decided(Disposition::failed)}), count);
    open.run_until([&] { return !fatal.empty() && durable > 0; });
    CHECK(contains(fatal, "please report"));
    CHECK(durable == 1);
    CHECK(open.store().trouble() == fatal);
    CHECK(one(database, "SELECT group_concat(job_uid) FROM job_history") == "01JOB");
    CHECK(one(database, "SELECT disposition FROM target_ledger") == "pending");
}

TEST_CASE(
    "what is about a run that was never planned, or a job that was never created, contradicts the store",
    "[store]") {
    auto job = created();
    job.run = RunUid("02RUN");
    auto target = decided(Disposition::failed);
    target.run = RunUid("02RUN");
    auto printed = changed(engine::JobStatus::completed);
    printed.out = engine::OutputText{"done", false};
    const engine::Batch each{job, target, printed, changed(engine::JobStatus::queued)};
    const auto which = GENERATE(0U, 1U, 2U, 3U);
    TempFolder folder;
    const auto database = folder.file("audit.db");
    std::string fatal;
    OpenStore open(database, {{}, [&](const std::string& why) { fatal = why; }});
    open.commit({revision(), planned(), started(1)});
    boost::asio::co_spawn(open.loop(), open.store().commit({each[which]}), [](const std::exception_ptr&) {});
    open.run_until([&] { return !fatal.empty(); });
    CHECK(contains(fatal, which < 2 ? "run 02RUN was never planned" : "job 01JOB was never created"));
}

}  // namespace
}  // namespace runbookd::store_test
