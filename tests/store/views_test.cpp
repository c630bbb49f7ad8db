// Every kind of record, and what people read of it.
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::JobStatus;

TEST_CASE("a whole run can be read back from the views", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);

    auto start = started(2);
    start.exclusions = {{DeviceUid("d9"), "ACME-OLD", "Acme HQ", "deleted", "the device is deleted"}};
    auto queued = changed(JobStatus::queued);
    queued.datto_job = DattoJobUid("datto-1");
    queued.queued_at = at(25);
    auto done = changed(JobStatus::completed);
    done.datto_status = "Warning";
    done.reason = "warnings";
    done.warnings = 2;
    done.ran_at = at(26);
    done.started_at = at(26);
    done.completed_at = at(1526);
    done.out = engine::OutputText{"done\n", true};
    done.err = engine::OutputText{"", false};
    auto skipped = decided(Disposition::skipped, "d2");
    skipped.reason = "offline";
    open.commit({revision(), planned(), start, created(), queued, done, decided(Disposition::warning),
                 skipped, finished()});

    CHECK(one(database, "SELECT * FROM run_history") ==
          "01RUN||clean|1|main|NULL|Europe/Berlin|manual||ana|a note|NULL|2026-12-01T03:00:00.000Z|"
          "2026-12-01T02:00:00.010Z|2026-12-01T02:00:00.050Z|completed||2|0|0|1|0|0|0|1|0|0|0");
    CHECK(one(database, "SELECT * FROM job_history") ==
          "01JOB|01RUN|clean|1|main|NULL|s1|Acme HQ|d1|ACME-1|c1|Clear Temp "
          "Files|1|1|1|{\"days\":\"30\"}|completed|"
          "warnings|NULL|2|NULL|2026-12-01T02:00:00.020Z|2026-12-01T02:00:00.025Z|2026-12-01T02:00:00.026Z|"
          "2026-12-01T02:00:00.026Z|2026-12-01T02:00:01.526Z|1500|done\n||"
          "d117fa006ba9208500b2930ce69cbde436c647afa917cb7396a9bc9111a46dd2|"
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855|1|0|0|datto-1|Warning|NULL|NULL|"
          "manual|"
          "ana");
    CHECK(
        rows(database, "SELECT * FROM target_ledger ORDER BY device_uid") ==
        std::vector<std::string>{
            "01RUN|clean|NULL|s1|Acme HQ|d1|ACME-1|1|warning||1|01JOB|NULL|2026-12-01T02:00:00.040Z",
            "01RUN|clean|NULL|s1|Acme HQ|d2|ACME-2|1|skipped|offline|0|NULL|NULL|2026-12-01T02:00:00.040Z"});
    CHECK(one(database, "SELECT * FROM target_exclusions") ==
          "01RUN|clean|d9|ACME-OLD|Acme HQ|deleted|the device is deleted");
    CHECK(
        rows(database, "SELECT kind || ' ' || subject || ' ' || subject_uid FROM event_trail ORDER BY seq") ==
        std::vector<std::string>{"revision.effective runbook clean", "run.planned run 01RUN",
                                 "run.started run 01RUN", "job.created job 01JOB", "job.queued job 01JOB",
                                 "job.completed job 01JOB", "target.decided target 01RUN/d1",
                                 "target.decided target 01RUN/d2", "run.finished run 01RUN"});
    CHECK(one(database,
              "SELECT data ->> 'targets' || ' ' || (data ->> 'warning') FROM event_trail "
              "WHERE kind = 'run.finished'") == "2 1");
    CHECK(one(database,
              "SELECT (data ->> 'stdout_sha256') = stdout_sha256 FROM event_trail, job_history "
              "WHERE kind = 'target.decided' AND data ->> 'job_uid' = job_history.job_uid") == "1");
}

TEST_CASE("the views have exactly the columns that people rely on", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    const auto columns = [&](const std::string& view) {
        return one(database, "SELECT group_concat(name, ', ') FROM pragma_table_info('" + view + "')");
    };
    CHECK(columns("run_history") ==
          "run_uid, group_uid, runbook, revision, account, customer, zone, trigger, cause_uid, actor, note, "
          "nominal_at, "
          "window_end, started_at, finished_at, status, reason, targets, pending, succeeded, warning, "
          "failed, timeout, "
          "expired, skipped, halted, cancelled, unknown");
    CHECK(
        columns("job_history") ==
        "job_uid, run_uid, runbook, revision, account, customer, site_uid, site_name, device_uid, hostname, "
        "component_uid, component_name, step, attempt, wave, variables, status, reason, exit_code, warnings, "
        "nominal_at, created_at, queued_at, started_at, ran_at, completed_at, duration_ms, stdout, stderr, "
        "stdout_sha256, stderr_sha256, stdout_truncated, stderr_truncated, outputs_pruned, datto_job_uid, "
        "datto_status, late_status, late_at, trigger, actor");
    CHECK(columns("target_ledger") ==
          "run_uid, runbook, customer, site_uid, site_name, device_uid, hostname, wave, disposition, reason, "
          "attempts, "
          "job_uid, nominal_at, decided_at");
    CHECK(columns("target_exclusions") == "run_uid, runbook, device_uid, hostname, site_name, rule, reason");
    CHECK(columns("occurrence_history") ==
          "runbook, revision, zone, customer, nominal_at, nominal_until, count, verdict, reason, run_uid");
    CHECK(columns("event_trail") == "seq, at, subject, subject_uid, kind, actor, data, hash");
    CHECK(columns("runbook_revisions") ==
          "runbook, revision, effective_from, effective_until, sha256, yaml, actor, note");
}

TEST_CASE("a new revision ends the one before it, and a retired runbook ends its last", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto second = revision("clean", 2);
    second.at = at(5000);
    open.commit({revision(), second, engine::RevisionRetired{"clean", "ben", at(9000)}});
    CHECK(rows(database,
               "SELECT revision, effective_from, effective_until FROM runbook_revisions ORDER BY revision") ==
          std::vector<std::string>{"1|2026-12-01T01:59:59.001Z|2026-12-01T02:00:05.000Z",
                                   "2|2026-12-01T02:00:05.000Z|2026-12-01T02:00:09.000Z"});
    CHECK(one(database,
              "SELECT actor || ' ' || (data ->> 'revision') FROM event_trail "
              "WHERE kind = 'revision.retired'") == "ben 2");
}

TEST_CASE("neighbouring verdicts without a run share a row, others do not", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    const auto missed = [](std::int64_t from, std::int64_t to, std::int64_t count, std::string reason) {
        engine::OccurrenceDecided verdict;
        verdict.runbook = "clean";
        verdict.zone = "UTC";
        verdict.nominal = at(from);
        verdict.until = at(to);
        verdict.count = count;
        verdict.verdict = engine::Verdict::missed;
        verdict.reason = std::move(reason);
        verdict.at = at(to);
        return verdict;
    };
    auto ran = missed(300'000, 300'000, 1, "");
    ran.verdict = engine::Verdict::on_time;
    ran.run = RunUid("01RUN");
    open.commit({revision(), planned()});
    open.commit({missed(0, 60'000, 2, "daemon_down")});
    open.commit({missed(120'000, 120'000, 1, "daemon_down"), missed(180'000, 180'000, 1, "paused"), ran,
                 missed(360'000, 360'000, 1, "paused")});
    CHECK(
        rows(
            database,
            "SELECT substr(nominal_at, 15, 5), substr(nominal_until, 15, 5), count, verdict, reason, run_uid "
            "FROM occurrence_history ORDER BY nominal_at") ==
        std::vector<std::string>{"00:00|02:00|3|missed|daemon_down|NULL", "03:00|03:00|1|missed|paused|NULL",
                                 "05:00|05:00|1|on_time||01RUN", "06:00|06:00|1|missed|paused|NULL"});
    CHECK(one(database, "SELECT count(*) FROM event_trail WHERE kind = 'occurrence.decided'") == "5");
}

TEST_CASE("what a job did after it was given up is kept beside its status", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    engine::JobLate late;
    late.job = JobUid("01JOB");
    late.late_status = "completed";
    late.datto_status = "Success";
    late.ran_at = at(100);
    late.out = engine::OutputText{"late, but done", false};
    late.at = at(200'000);
    open.commit({revision(), planned(), started(1), created(), changed(JobStatus::queued),
                 changed(JobStatus::timeout), decided(Disposition::timeout), late});
    CHECK(
        one(database, "SELECT status, datto_status, late_status, late_at, ran_at, stdout FROM job_history") ==
        "timeout|Success|completed|2026-12-01T02:03:20.000Z|2026-12-01T02:00:00.100Z|late, but done");
    CHECK(one(database, "SELECT count(*) FROM event_trail WHERE kind = 'job.late'") == "1");
}

TEST_CASE("equal outputs are stored once, and bytes that are no text are shown safely and kept exactly",
          "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    const std::string odd("caf\xE9 \xF0\x9F\x90\xA7 a\0b", 13);
    auto first = changed(JobStatus::completed);
    first.out = engine::OutputText{odd, false};
    first.err = engine::OutputText{"same", false};
    auto second = changed(JobStatus::completed, "02JOB");
    second.out = engine::OutputText{odd, false};
    second.err = engine::OutputText{"same", false};
    open.commit({revision(), planned(), started(2), created(), created("02JOB", "d2"), first, second});
    CHECK(one(database, "SELECT count(*) FROM outputs") == "2");
    CHECK(one(database, "SELECT DISTINCT stdout FROM job_history") ==
          "caf\xEF\xBF\xBD \xF0\x9F\x90\xA7 a\xE2\x90\x80"
          "b");
    CHECK(one(database, "SELECT exact FROM outputs WHERE exact IS NOT NULL") == odd);
    CHECK(one(database, "SELECT DISTINCT typeof(stdout) FROM job_history") == "text");
}

TEST_CASE("notes go to the trail only", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit(
        {engine::Noted{"account", "main", "api.throttled", "", {{"pause", "60s"}, {"bad", "\xFF"}}, at()}});
    CHECK(one(database, "SELECT seq, at, subject, subject_uid, kind, actor, data FROM event_trail") ==
          "1|2026-12-01T02:00:00.000Z|account|main|api.throttled|NULL|{\"bad\":\"\xEF\xBF\xBD\",\"pause\":"
          "\"60s\"}");
}

}  // namespace
}  // namespace runbookd::store_test
