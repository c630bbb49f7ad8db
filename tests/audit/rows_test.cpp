// Rows that say something else than the trail.
#include "audit/rows.hpp"

#include <tuple>

#include "audit/record.hpp"
#include "catch.hpp"

namespace runbookd::audit_test {
namespace {

using audit::check_rows;

TEST_CASE("the rows of an honest record say what the trail says", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    write_record(database);
    store::Connection connection(database, store::Access::read_only);
    const auto report = check_rows(connection);
    for (const auto& finding : report.findings) UNSCOPED_INFO(finding.subject << ": " << finding.what);
    CHECK(report.found == 0);
    CHECK(report.runs == 2);
    CHECK(report.targets == 5);
    CHECK(report.jobs == 4);
    CHECK(report.outputs == 3);
}

TEST_CASE("what was found after a restore is recorded as any other run, and begins when its uid says",
          "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    {
        auto plan = store_test::planned();
        plan.actor = "";
        plan.window_end = plan.at = at(600'000);
        plan.scope.devices = {"d1"};
        plan.scope.found = true;
        auto start = store_test::started(1);
        start.at = at(600'000);
        engine::JobCreated job;
        job.job = JobUid{"01JOB"};
        job.run = plan.run;
        job.device = DeviceUid{"d1"};
        job.at = at(6'000);
        auto queued = store_test::changed(engine::JobStatus::queued);
        queued.datto_job = DattoJobUid{"j7"};
        queued.queued_at = at(6'000);
        queued.at = at(600'000);
        store_test::OpenStore open(database);
        open.commit({store_test::revision(), plan, start, job, queued});
        const auto state = open.store().load(at(700'000));
        REQUIRE(state);
        REQUIRE(state->runs.size() == 1);
        CHECK(state->runs[0].planned.scope.found);
        REQUIRE(state->jobs.size() == 1);
        CHECK(state->jobs[0].created_at == at(6'000));
        CHECK(state->newest == at(600'000));
    }
    store::Connection connection(database, store::Access::read_only);
    const auto report = check_rows(connection);
    for (const auto& finding : report.findings) UNSCOPED_INFO(finding.subject << ": " << finding.what);
    CHECK(report.found == 0);
    CHECK(report.jobs == 1);
    CHECK(one(database, "SELECT count(*) FROM exceptions WHERE kind = 'after_window'") == "0");
}

TEST_CASE("a row that was changed is named with its column and the event that says otherwise", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    write_record(database);
    store::Connection connection(database, store::Access::read_write);
    using Case = std::tuple<std::string, std::string, std::string>;
    const auto check = GENERATE(
        Case{"UPDATE runs SET actor = 'eve' WHERE run_uid = '01RUN1'", "run 01RUN1",
             "its column actor holds 'eve', and event 2 says 'ana'"},
        Case{"UPDATE runs SET status = 'completed' WHERE run_uid = '01RUN1'", "run 01RUN1",
             "its column status holds 'completed'"},
        Case{"UPDATE runs SET succeeded = 2, failed = 0 WHERE run_uid = '01RUN1'", "run 01RUN1",
             "its column succeeded holds '2'"},
        Case{"UPDATE runs SET nominal_at = nominal_at + 1 WHERE run_uid = '01RUN1'", "run 01RUN1",
             "its column nominal_at holds '2026-12-01T02:00:00.001Z'"},
        Case{
            "UPDATE targets SET disposition = 'succeeded' WHERE device_uid = 'd2' AND disposition = 'failed'",
            "target 01RUN1/d2", "its column disposition holds 'succeeded', and event 11 says 'failed'"},
        Case{"UPDATE targets SET reason = 'paused' WHERE device_uid = 'd3'", "target 01RUN1/d3",
             "its column reason holds 'paused', and event 12 says 'offline'"},
        Case{"UPDATE targets SET revised_at = 5 WHERE device_uid = 'd3'", "target 01RUN1/d3",
             "its column revised_at holds '1970-01-01T00:00:00.005Z', and no event says so"},
        Case{"UPDATE jobs SET status = 'completed' WHERE job_uid = '01JOB2'", "job 01JOB2",
             "its column status holds 'completed'"},
        Case{"UPDATE jobs SET variables = '{}' WHERE job_uid = '01JOB2'", "job 01JOB2",
             "its column variables_sha256"},
        Case{"UPDATE jobs SET stdout = (SELECT stdout FROM jobs WHERE job_uid = '01JOB1') "
             "WHERE job_uid = '01JOB2'",
             "job 01JOB2", "its column stdout_sha256"},
        Case{"UPDATE jobs SET stdout = NULL WHERE job_uid = '01JOB1'", "job 01JOB1",
             "its column stdout_sha256 holds nothing"},
        Case{"UPDATE jobs SET late_status = 'completed' WHERE job_uid = '01JOB4'", "job 01JOB4",
             "its column late_status holds 'completed', and no event says so"},
        Case{"UPDATE jobs SET datto_job_uid = 'datto-2' WHERE job_uid = '01JOB1'", "job 01JOB1",
             "its column datto_job_uid holds 'datto-2'"},
        Case{"UPDATE outputs SET text = 'Deleted 13 files' WHERE text LIKE 'Deleted%'", "output 1",
             "what is kept does not have the hash"},
        Case{"UPDATE outputs SET text = 'all is fine' WHERE exact IS NOT NULL", "output 2",
             "its column text does not show the bytes"},
        Case{"DELETE FROM jobs WHERE job_uid = '01JOB4'", "job 01JOB4", "it has no row, and event"},
        Case{"DELETE FROM targets WHERE device_uid = 'd3'", "target 01RUN1/d3", "it has no row"});
    INFO(std::get<0>(check));
    try_tampering(connection, std::get<0>(check), [&] {
        const auto report = check_rows(connection);
        REQUIRE(report.found >= 1);
        CHECK(report.findings.front().subject == std::get<1>(check));
        INFO(report.findings.front().what);
        CHECK(contains(report.findings.front().what, std::get<2>(check)));
    });
}

TEST_CASE("what people approved is held to the trail too", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    {
        store_test::OpenStore open(database.string());
        engine::ApprovalRequested asked;
        asked.approval = ApprovalUid{"01ASK"};
        asked.runbook = "clean";
        asked.account = "main";
        asked.nominal = store_test::at(86'400'000);
        asked.plan = {ComponentUid{"c1"}, "Clear Temp Files", {DeviceUid{"d1"}}, std::string(64, 'a')};
        asked.at = store_test::at(5);
        engine::RunApproved said;
        said.approval = asked.approval;
        said.actor = "carol";
        said.note = "looks right";
        said.plan_sha256 = asked.plan.sha256;
        said.devices = 1;
        said.at = store_test::at(6);
        auto plan = store_test::planned();
        plan.approval = asked.approval;
        open.commit({store_test::revision(), asked, said, plan});
    }
    store::Connection connection(database, store::Access::read_write);
    const auto honest = check_rows(connection);
    for (const auto& finding : honest.findings) UNSCOPED_INFO(finding.subject << ": " << finding.what);
    CHECK(honest.found == 0);
    CHECK(honest.approvals == 1);
    connection.database().exec("UPDATE approvals SET actor = 'eve'");
    const auto forged = check_rows(connection);
    REQUIRE(forged.found == 1);
    CHECK(forged.findings[0].subject == "approval 01ASK");
    CHECK(contains(forged.findings[0].what, "its column actor holds 'eve'"));
}

}  // namespace
}  // namespace runbookd::audit_test
