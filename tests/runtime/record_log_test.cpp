#include "runtime/record_log.hpp"

#include "catch.hpp"

namespace runbookd::runtime {
namespace {

std::string shown(const engine::Record& record) {
    const auto line = log_line(record);
    constexpr const char* kLevels[]{"debug", "info", "warning", "error"};
    return std::string(kLevels[static_cast<int>(line.level)]) + " " + log::to_line(line.name, line.fields);
}

const UtcTime kAt = *parse_utc("2026-03-01T02:00:00Z");
const RunUid kRun{"01RUN"};
const JobUid kJob{"01JOB"};
const DeviceUid kDevice{"d1"};

}  // namespace

TEST_CASE("the life of one run reads like this in the log", "[runtime][log]") {
    engine::RunPlanned planned;
    planned.run = kRun;
    planned.runbook = "patch";
    planned.nominal = kAt;
    planned.actor = "alice";
    CHECK(shown(planned) ==
          "info run.planned run=01RUN runbook=patch trigger=schedule nominal=2026-03-01T02:00:00.000Z "
          "actor=alice");
    CHECK(shown(engine::RunStarted{kRun, {{}, {}}, {{}}, kAt}) ==
          "info run.started run=01RUN targets=2 excluded=1");
    engine::JobCreated created;
    created.job = kJob;
    created.run = kRun;
    created.device = kDevice;
    created.variables = {{"password", "hunter2"}};
    CHECK(shown(created) == "debug job.created job=01JOB run=01RUN device=d1");  // never a variable's value
    engine::JobChanged changed;
    changed.job = kJob;
    changed.status = engine::JobStatus::failed;
    changed.reason = "datto_failure";
    changed.datto_job = DattoJobUid{"j1"};
    changed.out = engine::OutputText{"hunter2", false};
    CHECK(shown(changed) == "debug job.failed job=01JOB datto_job=j1 reason=datto_failure");
    CHECK(
        shown(engine::TargetDecided{kRun, kDevice, engine::Disposition::failed, "datto_failure", "", kAt}) ==
        "warning target.decided run=01RUN device=d1 disposition=failed reason=datto_failure");
    CHECK(shown(engine::TargetDecided{kRun, kDevice, engine::Disposition::succeeded, "", "", kAt}) ==
          "debug target.decided run=01RUN device=d1 disposition=succeeded");
    CHECK(shown(engine::RunFinished{kRun, engine::RunStatus::failed, "", kAt}) ==
          "warning run.finished run=01RUN status=failed");
    CHECK(shown(engine::RunFinished{kRun, engine::RunStatus::completed, "", kAt}) ==
          "info run.finished run=01RUN status=completed");
    engine::JobLate late;
    late.job = kJob;
    late.late_status = "completed";
    CHECK(shown(late) == "info job.late job=01JOB late_status=completed");
    CHECK(shown(engine::JobFound{kJob, DattoJobUid{"j1"}, kAt}) == "info job.found job=01JOB datto_job=j1");
    CHECK(shown(engine::TargetRevised{kRun, kDevice, kJob, engine::Disposition::succeeded, "by_person",
                                      "I looked", "alice", kAt}) ==
          "info target.revised run=01RUN device=d1 disposition=succeeded reason=by_person "
          R"(message="I looked" actor=alice)");
}

TEST_CASE("revisions, verdicts and notes read like this in the log", "[runtime][log]") {
    CHECK(shown(engine::RevisionEffective{"patch", 3, "name: patch", "{}", "alice", "", kAt}) ==
          "info revision.effective runbook=patch revision=3");
    CHECK(shown(engine::RevisionRetired{"patch", "alice", kAt}) == "info revision.retired runbook=patch");
    engine::OccurrenceDecided missed;
    missed.runbook = "patch";
    missed.nominal = missed.until = kAt;
    missed.verdict = engine::Verdict::missed;
    missed.reason = "daemon_down";
    CHECK(shown(missed) ==
          "warning occurrence.decided runbook=patch nominal=2026-03-01T02:00:00.000Z count=1 verdict=missed "
          "reason=daemon_down");
    const engine::Record note =
        engine::Noted{"account", "main", "account.throttled", "", {{"message", "a pause"}}, kAt};
    CHECK(shown(note) == R"(warning account.throttled account=main message="a pause")");
}

TEST_CASE("what people are asked, and what they say, reads like this in the log", "[runtime][log]") {
    engine::ApprovalRequested asked;
    asked.approval = ApprovalUid{"01ASK"};
    asked.runbook = "patch";
    asked.nominal = kAt;
    asked.plan.devices = {kDevice};
    CHECK(shown(asked) ==
          "warning approval.requested approval=01ASK runbook=patch nominal=2026-03-01T02:00:00.000Z "
          "devices=1");
    engine::RunApproved said;
    said.run = kRun;
    said.actor = "carol";
    CHECK(shown(said) == "info run.approved run=01RUN actor=carol");
    CHECK(shown(engine::RunRejected{kRun, {}, "carol", "later", kAt}) ==
          "warning run.rejected run=01RUN actor=carol reason=later");
    CHECK(shown(engine::ApprovalVoided{asked.approval, "gone", kAt}) ==
          "info approval.voided approval=01ASK reason=gone");
}

}  // namespace runbookd::runtime
