// What happens to a device that an earlier run of its runbook has not decided yet.
#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::windows_server;
using runbook::OverlapPolicy;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

runbook::Runbook with(OverlapPolicy policy) {
    auto book = clean_all("sweep");
    book.overlap = policy;
    return book;
}

JobResult ended() {
    JobResult result;
    result.status = DeploymentStatus::success;
    return result;
}

}  // namespace

TEST_CASE("allow creates beside the earlier job", "[engine][overlap]") {
    EngineBench bench;
    bench.start({with(OverlapPolicy::allow)});
    bench.run("sweep");
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
}

TEST_CASE("queue waits for the earlier target, one after the other", "[engine][overlap]") {
    EngineBench bench;
    bench.start({with(OverlapPolicy::queue)});
    for (int i = 0; i < 3; ++i) bench.run("sweep");
    for (std::size_t done = 1; done <= 3; ++done) {
        bench.run_for(minutes{5});
        CHECK(bench.calls<CreateQuickJob>().size() == done);
        bench.results[DattoJobUid{"j" + std::to_string(done)}] = ended();
    }
    bench.run_for(minutes{1});
    CHECK(bench.all<RunFinished>().size() == 3);
}

TEST_CASE("what is queued to the end of its window is skipped", "[engine][overlap]") {
    EngineBench bench;
    auto book = with(OverlapPolicy::queue);
    book.timeout = hours{5};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(seconds{5});
    JobResult running;
    running.status = DeploymentStatus::running;
    bench.results[DattoJobUid{"j1"}] = running;
    bench.run("sweep");
    bench.run_for(hours{1} + seconds{5});
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::skipped);
    CHECK(bench.all<TargetDecided>()[0].reason == "overlap");
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("what was queued behind a job that Datto still holds is skipped for it", "[engine][overlap]") {
    EngineBench bench;
    auto book = with(OverlapPolicy::queue);
    book.timeout = minutes{1};
    bench.start({book});
    JobResult running;
    running.status = DeploymentStatus::running;
    bench.results[DattoJobUid{"j1"}] = running;
    bench.run("sweep");
    bench.run_for(seconds{5});
    bench.run("sweep");
    bench.run_for(minutes{5});
    const auto decided = bench.all<TargetDecided>();
    REQUIRE(decided.size() == 2);
    CHECK(decided[0].disposition == Disposition::timeout);
    CHECK(decided[1].disposition == Disposition::skipped);
    CHECK(decided[1].reason == "pending_upstream");
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    bench.results[DattoJobUid{"j1"}] = ended();
    bench.run_for(hours{1});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
}

TEST_CASE("skip_run lets no run begin while another is open", "[engine][overlap]") {
    EngineBench bench;
    auto book = clean_every_minute("sweep", minutes{1});
    book.overlap = OverlapPolicy::skip_run;
    bench.start({book});
    bench.run_for(seconds{35});
    CHECK(bench.all<RunPlanned>().size() == 1);
    bench.run("sweep");
    REQUIRE(!bench.run_answers.at(0));
    CHECK(bench.run_answers[0].error().code == ErrorCode::refused_by_rule);
    bench.run_for(minutes{2});
    CHECK(bench.all<RunPlanned>().size() == 1);
    const auto verdicts = bench.all<OccurrenceDecided>();
    REQUIRE(verdicts.size() == 3);
    CHECK(verdicts[1].verdict == Verdict::skipped);
    CHECK(verdicts[1].reason == "overlap");
    bench.results[DattoJobUid{"j1"}] = ended();
    bench.run_for(minutes{1} + seconds{30});
    CHECK(bench.all<RunPlanned>().size() == 2);
}

TEST_CASE("a restart keeps a queued target behind the one that has its job", "[engine][overlap]") {
    EngineBench bench;
    const auto book = with(OverlapPolicy::queue);
    RecoveredState state;
    state.runbooks.push_back(
        {"sweep", 1, book.yaml, book.resolved, fakes::test_start() - hours{1}, false, {}, {}, {}});
    for (const char* uid : {"01J9ZQ3N5T8V2W4X6Y7Z8A9B0A", "01J9ZQ3N5T8V2W4X6Y7Z8A9B0B"}) {
        RecoveredRun run;
        run.planned.run = RunUid{uid};
        run.planned.runbook = "sweep";
        run.planned.revision = 1;
        run.planned.trigger = Trigger::manual;
        run.planned.window_end = fakes::test_start() + hours{1};
        run.started_at = fakes::test_start() - minutes{1};
        run.targets.push_back({{DeviceUid{"d1"}, SiteUid{"s1"}, "Acme HQ", "ACME", 1}, Disposition::pending});
        state.runs.push_back(run);
    }
    RecoveredJob job;  // of the run that was planned later
    job.job = JobUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0C"};
    job.run = state.runs[1].planned.run;
    job.device = DeviceUid{"d1"};
    job.status = JobStatus::queued;
    job.datto_job = DattoJobUid{"j77"};
    job.component_uid = ComponentUid{"c1"};
    job.created_at = fakes::test_start() - minutes{1};
    job.runbook = "sweep";
    state.jobs.push_back(job);
    bench.start({book}, state);
    bench.run_for(minutes{5});
    CHECK(bench.calls<CreateQuickJob>().empty());
    bench.results[DattoJobUid{"j77"}] = ended();
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

}  // namespace runbookd::engine
