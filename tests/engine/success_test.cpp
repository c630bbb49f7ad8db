// What the runbook's own rules make of a job that Datto calls a success.
#include "catch.hpp"
#include "engine/finder.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using std::chrono::hours;
using std::chrono::minutes;

struct Ending {
    JobStatus status;
    std::string reason;
    Disposition disposition;
    std::optional<std::int64_t> exit_code;
};

/// Of one job with these rules, this result and this stdout.
Ending ending_of(const runbook::Success& rules, DeploymentStatus status, std::optional<std::string> out,
                 std::size_t max_bytes = 1024 * 1024) {
    EngineSettings settings;
    settings.output_max_bytes = max_bytes;
    EngineBench bench({fakes::windows_server("d1", "ACME-01")}, settings);
    auto book = clean_all("sweep");
    book.success = rules;
    JobResult result;
    result.status = status;
    result.has_stdout = out.has_value();
    bench.output = std::move(out);
    bench.results[DattoJobUid{"j1"}] = result;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{5});
    const auto last = bench.all<JobChanged>().back();
    return {last.status, last.reason, bench.all<TargetDecided>().at(0).disposition, last.exit_code};
}

runbook::Success codes(std::vector<std::int64_t> of) {
    runbook::Success rules;
    rules.exit_codes = std::move(of);
    return rules;
}

}  // namespace

TEST_CASE("a marker names the exit code, and the rule judges it", "[engine][success]") {
    const auto good = ending_of(codes({0, 3010}), DeploymentStatus::success, "a\r\n::exit-code=3010::\r\n");
    CHECK(good.disposition == Disposition::succeeded);
    CHECK(good.exit_code == 3010);
    const auto bad = ending_of(codes({0, 3010}), DeploymentStatus::success, "::exit-code=5::");
    CHECK(bad.status == JobStatus::failed);
    CHECK(bad.reason == "exit_code");
    CHECK(bad.disposition == Disposition::failed);
    CHECK(bad.exit_code == 5);
    const auto none = ending_of(codes({0}), DeploymentStatus::success, "nothing said");
    CHECK(none.disposition == Disposition::succeeded);
    CHECK(!none.exit_code);
    const auto unruled = ending_of({}, DeploymentStatus::success, "::exit-code=9::");
    CHECK(unruled.disposition == Disposition::succeeded);
    CHECK(unruled.exit_code == 9);
}

TEST_CASE("stdout is judged line by line, whole, before it is cut", "[engine][success]") {
    runbook::Success rules;
    rules.must_match = runbook::Pattern("^done$");
    rules.must_not_match = runbook::Pattern("ERROR");
    CHECK(ending_of(rules, DeploymentStatus::success, "start\r\ndone\r\n").disposition ==
          Disposition::succeeded);
    const auto missed = ending_of(rules, DeploymentStatus::success, "not done\n");
    CHECK(missed.status == JobStatus::failed);
    CHECK(missed.reason == "success_rule");
    CHECK(ending_of(rules, DeploymentStatus::success, "done\nERROR 5\n").reason == "success_rule");
    CHECK(ending_of(rules, DeploymentStatus::success, std::nullopt).reason == "success_rule");
    const auto middle = std::string(4000, 'a') + "\ndone\n" + std::string(4000, 'b');
    CHECK(ending_of(rules, DeploymentStatus::success, middle, 1000).disposition == Disposition::succeeded);
}

TEST_CASE("warnings may be failures", "[engine][success]") {
    runbook::Success rules;
    CHECK(ending_of(rules, DeploymentStatus::warning, "x").disposition == Disposition::warning);
    rules.warnings_fail = true;
    const auto failed = ending_of(rules, DeploymentStatus::warning, "x");
    CHECK(failed.status == JobStatus::failed);
    CHECK(failed.reason == "warnings");
    CHECK(failed.disposition == Disposition::failed);
}

TEST_CASE("no rule makes a failure good", "[engine][success]") {
    const auto failed = ending_of(codes({0}), DeploymentStatus::failure, "::exit-code=0::");
    CHECK(failed.reason == "datto_failure");
    CHECK(failed.exit_code == 0);
}

/// A job of a run that is over shows up, and has printed what the rule of its runbook does not take.
void show_bad_exit(EngineBench& bench, const std::string& name) {
    bench.activities = {{DattoJobUid{"j7"}, name}};
    bench.output = "::exit-code=5::\n";
    JobResult result;
    result.status = DeploymentStatus::success;
    result.has_stdout = true;
    bench.results[DattoJobUid{"j7"}] = result;
}

TEST_CASE("a job that turns up after its run is over is judged by the rules of its runbook",
          "[engine][success][finder]") {
    EngineBench bench;
    std::string name;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        const auto* const create = std::get_if<CreateQuickJob>(&call);
        if (create == nullptr) return std::nullopt;
        name = create->job_name;
        return fakes::failure(FailureKind::lost);
    };
    auto book = clean_all("sweep");
    book.success = codes({0});
    bench.start({book});
    bench.run("sweep");
    bench.run_for(hours{2});
    REQUIRE(bench.all<TargetDecided>().at(0).disposition == Disposition::unknown);
    show_bad_exit(bench, name);
    bench.run_for(hours{2});
    REQUIRE(bench.all<TargetRevised>().size() == 1);
    CHECK(bench.all<JobLate>().at(0).late_status == "failed");
    CHECK(bench.all<TargetRevised>()[0].disposition == Disposition::failed);
    CHECK(bench.all<TargetRevised>()[0].reason == "exit_code");
}

TEST_CASE("so is one that was given up before a restart", "[engine][success][recovery]") {
    auto old = clean_all("sweep");
    old.success = codes({0});
    auto newer = clean_all("sweep");
    newer.yaml += "\nwithout: rules";
    for (const bool is_found : {false, true}) {
        INFO("found before: " << is_found);
        const auto before = fakes::test_start() - hours{1};
        RecoveredState state;
        state.runbooks.push_back({"sweep", 2, newer.yaml, newer.resolved, before, false, {}, {}, {}});
        state.older_revisions["sweep"][1] = {old.yaml, old.resolved};
        const JobUid uid{"01KK0000000000000000000001"};
        const RunUid run{"01KK0000000000000000000000"};
        if (is_found) {
            RecoveredJob job;
            job.job = uid;
            job.run = run;
            job.device = DeviceUid{"d1"};
            job.status = JobStatus::failed;
            job.datto_job = DattoJobUid{"j7"};
            job.created_at = before;
            job.queued_at = job.abandoned_at = before;
            job.runbook = "sweep";
            job.is_target_unknown = true;
            job.revision = 1;
            state.jobs.push_back(job);
        } else {
            LostJob lost{uid, run, "sweep", DeviceUid{"d1"}, ComponentUid{"c1"}, "Clean", before};
            lost.revision = 1;
            state.lost.push_back(lost);
        }
        EngineBench bench;
        show_bad_exit(bench, job_name("sweep", uid));
        auto both = std::vector{newer, old};
        bench.start({newer}, state, both);
        bench.run_for(hours{2});
        REQUIRE(bench.all<TargetRevised>().size() == 1);
        CHECK(bench.all<JobLate>().at(0).late_status == "failed");
        CHECK(bench.all<TargetRevised>()[0].disposition == Disposition::failed);
    }
}

}  // namespace runbookd::engine
