// A device whose job has ended badly gets another one, as its runbook says.
#include <map>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

runbook::Runbook tried(std::int64_t attempts) {
    auto book = clean_all("sweep");
    runbook::Retry retry;
    retry.attempts = attempts;
    book.retry = retry;
    return book;
}

JobResult ended(DeploymentStatus status) {
    JobResult result;
    result.status = status;
    return result;
}

}  // namespace

TEST_CASE("a failed job is tried again, each time after a longer pause", "[engine][retry]") {
    EngineBench bench;
    bench.start({tried(3)});
    for (const auto* job : {"j1", "j2", "j3"})
        bench.results[DattoJobUid{job}] = ended(DeploymentStatus::failure);
    bench.run("sweep");
    bench.run_for(minutes{20});
    const auto creates = bench.calls<CreateQuickJob>();
    REQUIRE(creates.size() == 3);
    CHECK(creates[1].second.utc - creates[0].second.utc >= minutes{1});
    CHECK(creates[2].second.utc - creates[1].second.utc >= minutes{2});
    const auto jobs = bench.all<JobCreated>();
    REQUIRE(jobs.size() == 3);
    CHECK(jobs[2].attempt == 3);
    CHECK(bench.all<TargetRetried>().size() == 2);
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::failed);
    CHECK(bench.all<TargetDecided>()[0].reason == "datto_failure");
}

TEST_CASE("a second job that succeeds is the target's word", "[engine][retry]") {
    EngineBench bench;
    bench.start({tried(3)});
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::failure);
    bench.results[DattoJobUid{"j2"}] = ended(DeploymentStatus::success);
    bench.run("sweep");
    bench.run_for(minutes{20});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    CHECK(bench.all<TargetDecided>().at(0).disposition == Disposition::succeeded);
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::completed);
}

TEST_CASE("no try begins after the window", "[engine][retry]") {
    EngineBench bench;
    auto book = tried(3);
    book.window = minutes{10};
    book.retry->delay = minutes{9};
    bench.start({book});
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::failure);
    bench.results[DattoJobUid{"j2"}] = ended(DeploymentStatus::failure);
    bench.run("sweep");
    bench.run_for(hours{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    CHECK(bench.all<TargetDecided>().at(0).reason == "datto_failure");
}

TEST_CASE("only what is named is tried again", "[engine][retry]") {
    EngineBench bench;
    auto book = tried(3);
    book.retry->on_failed = false;
    book.retry->on_warning = true;
    bench.start({book});
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::warning);
    bench.results[DattoJobUid{"j2"}] = ended(DeploymentStatus::failure);
    bench.run("sweep");
    bench.run_for(minutes{30});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    CHECK(bench.all<TargetDecided>().at(0).disposition == Disposition::failed);
}

TEST_CASE("after a timeout the next job waits until Datto has ended the first", "[engine][retry]") {
    EngineBench bench;
    auto book = tried(2);
    book.timeout = minutes{2};
    bench.start({book});
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::running);
    bench.run("sweep");
    bench.run_for(minutes{20});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(bench.all<TargetDecided>().empty());
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::success);
    bench.results[DattoJobUid{"j2"}] = ended(DeploymentStatus::success);
    bench.run_for(minutes{35});
    CHECK(bench.all<JobLate>().size() == 1);
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::succeeded);
}

TEST_CASE("a timeout that Datto does not end in the window stays one", "[engine][retry]") {
    EngineBench bench;
    auto book = tried(2);
    book.timeout = minutes{2};
    bench.start({book});
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::running);
    bench.run("sweep");
    bench.run_for(hours{1} + minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::timeout);
}

TEST_CASE("the pause before a try goes on over a restart", "[engine][retry]") {
    EngineBench bench;
    const auto book = tried(2);
    RecoveredState state;
    state.runbooks.push_back(
        {"sweep", 1, book.yaml, book.resolved, fakes::test_start() - hours{1}, false, {}, {}, {}});
    RecoveredRun run;
    run.planned.run = RunUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0A"};
    run.planned.runbook = "sweep";
    run.planned.revision = 1;
    run.planned.trigger = Trigger::manual;
    run.planned.window_end = fakes::test_start() + hours{1};
    run.started_at = fakes::test_start() - minutes{1};
    RecoveredTarget target;
    target.row = {DeviceUid{"d1"}, SiteUid{"s1"}, "Acme HQ", "ACME", 1};
    target.attempts = target.tries = 1;
    target.retry = Retrying{fakes::test_start() + minutes{10}, Disposition::failed, "datto_failure"};
    run.targets.push_back(target);
    state.runs.push_back(run);
    bench.start({book}, state);
    bench.run_for(minutes{9});
    CHECK(bench.calls<CreateQuickJob>().empty());
    bench.run_for(minutes{2});
    REQUIRE(bench.all<JobCreated>().size() == 1);
    CHECK(bench.all<JobCreated>()[0].attempt == 2);
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::failure);
    bench.run_for(minutes{5});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(bench.all<RunFinished>().size() == 1);
}

}  // namespace runbookd::engine
