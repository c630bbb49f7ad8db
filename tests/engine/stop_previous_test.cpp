// overlap: stop_previous: a new run stops what the earlier one has not sent, and waits for what it has.
#include <algorithm>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::failure;
using fakes::windows_server;
using runbook::OverlapPolicy;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

runbook::Runbook stopping() {
    auto book = clean_all("sweep");
    book.overlap = OverlapPolicy::stop_previous;
    book.offline = runbook::OfflinePolicy::wait;
    return book;
}

JobResult ended(DeploymentStatus status = DeploymentStatus::success) {
    JobResult result;
    result.status = status;
    return result;
}

/// One device that is online, and one that is not.
std::vector<Device> one_offline() {
    std::vector<Device> devices{windows_server("d1", "ACME-1"), windows_server("d2", "ACME-2")};
    devices[1].online = false;
    return devices;
}

/// "run device disposition reason", the runs counted from 1.
std::vector<std::string> words(const EngineBench& bench) {
    const auto plans = bench.all<RunPlanned>();
    std::vector<std::string> lines;
    for (const auto& word : bench.all<TargetDecided>()) {
        const auto run =
            std::find_if(plans.begin(), plans.end(), [&](const auto& plan) { return plan.run == word.run; });
        lines.push_back(std::to_string(run - plans.begin() + 1) + " " + word.device.str() + " " +
                        std::string(to_text(word.disposition)) +
                        (word.reason.empty() ? "" : " " + word.reason));
    }
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("what waits in the earlier run ends, and the new run waits for the device instead",
          "[engine][stop_previous]") {
    EngineBench bench(one_offline());
    bench.start({stopping()});
    bench.run("sweep");
    bench.run_for(seconds{10});
    bench.results[DattoJobUid{"j1"}] = ended();
    bench.run_for(minutes{5});
    REQUIRE(words(bench) == Lines{"1 d1 succeeded"});
    bench.run("sweep");
    bench.run_for(seconds{10});
    CHECK(words(bench) == Lines{"1 d1 succeeded", "1 d2 cancelled overlap"});
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::cancelled);
    CHECK(bench.all<RunFinished>()[0].reason == "overlap");
    bench.devices[1].online = true;
    bench.run_for(minutes{2});
    const auto creates = bench.calls<CreateQuickJob>();
    CHECK(std::count_if(creates.begin(), creates.end(),
                        [](const auto& call) { return call.first.device == DeviceUid{"d2"}; }) == 1);
}

TEST_CASE("what Datto has is waited for, keeps its own word, and is not tried again",
          "[engine][stop_previous]") {
    for (const bool has_retry : {false, true}) {
        EngineBench bench;
        auto book = stopping();
        if (has_retry) {
            book.retry = runbook::Retry{};
            book.retry->attempts = 3;
        }
        bench.start({book});
        bench.run("sweep");
        bench.run_for(seconds{10});
        bench.run("sweep");
        bench.run_for(minutes{5});
        CHECK(words(bench).empty());
        CHECK(bench.calls<CreateQuickJob>().size() == 1);
        bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::failure);
        bench.run_for(minutes{5});
        CHECK(words(bench) == Lines{"1 d1 failed datto_failure"});
        CHECK(bench.calls<CreateQuickJob>().size() == 2);
        bench.results[DattoJobUid{"j2"}] = ended();
        bench.run_for(minutes{5});
        CHECK(words(bench) == Lines{"1 d1 failed datto_failure", "2 d1 succeeded"});
    }
}

TEST_CASE("of three runs the newest goes next", "[engine][stop_previous]") {
    EngineBench bench;
    bench.start({stopping()});
    for (int i = 0; i < 3; ++i) {
        bench.run("sweep");
        bench.run_for(minutes{1});
    }
    CHECK(words(bench) == Lines{"2 d1 cancelled overlap"});
    bench.results[DattoJobUid{"j1"}] = ended();
    bench.run_for(minutes{5});
    CHECK(words(bench) == Lines{"2 d1 cancelled overlap", "1 d1 succeeded"});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
}

TEST_CASE("a create that was never sent is stopped, whenever it turns out", "[engine][stop_previous]") {
    EngineBench bench;
    bool is_down = true;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (is_down && std::holds_alternative<CreateQuickJob>(call)) return failure(FailureKind::not_sent);
        return std::nullopt;
    };
    bench.start({stopping()});
    bench.run("sweep");
    bench.run_for(seconds{10});
    bench.run("sweep");
    bench.run_for(minutes{5});
    is_down = false;
    bench.run_for(minutes{10});
    CHECK(words(bench) == Lines{"1 d1 cancelled overlap"});
    std::size_t of_first = 0;
    for (const auto& job : bench.all<JobChanged>())
        of_first += job.job == bench.all<JobCreated>().at(0).job && job.status == JobStatus::queued ? 1 : 0;
    CHECK(of_first == 0);
}

TEST_CASE("a failed run stays failed, whatever else was stopped", "[engine][stop_previous]") {
    EngineBench bench(one_offline());
    bench.start({stopping()});
    bench.run("sweep");
    bench.run_for(seconds{10});
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::failure);
    bench.run_for(minutes{5});
    bench.run("sweep");
    bench.run_for(seconds{10});
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::failed);
}

TEST_CASE("a new target that gets no job itself stops nothing", "[engine][stop_previous]") {
    EngineBench bench(one_offline());
    const auto waits = stopping();
    bench.start({waits});
    bench.run("sweep");
    bench.run_for(seconds{10});
    auto skips = stopping();
    skips.offline = runbook::OfflinePolicy::skip;
    skips.yaml += "\noffline: skip";
    bench.reload({skips});
    bench.run("sweep");
    bench.run_for(seconds{10});
    CHECK(words(bench) == Lines{"2 d2 skipped offline"});
}

TEST_CASE("after a restart the run that was frozen last is the newest", "[engine][stop_previous]") {
    EngineBench bench;
    const auto book = stopping();
    RecoveredState state;
    state.runbooks.push_back(
        {"sweep", 1, book.yaml, book.resolved, fakes::test_start() - hours{1}, false, {}, {}, {}});
    const std::vector<std::string> uids{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0A", "01J9ZQ3N5T8V2W4X6Y7Z8A9B0B"};
    for (std::size_t i = 0; i < uids.size(); ++i) {
        RecoveredRun run;
        run.planned.run = RunUid{uids[i]};
        run.planned.runbook = "sweep";
        run.planned.revision = 1;
        run.planned.trigger = Trigger::manual;
        run.planned.window_end = fakes::test_start() + hours{1};
        // The first was put off by jitter, and so frozen after the other.
        run.started_at = fakes::test_start() - minutes{i == 0 ? 1 : 2};
        run.targets.push_back({{DeviceUid{"d1"}, SiteUid{"s1"}, "Acme HQ", "ACME", 1}, Disposition::pending});
        state.runs.push_back(run);
    }
    RecoveredJob job;
    job.job = JobUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0C"};
    job.run = RunUid{uids[1]};
    job.device = DeviceUid{"d1"};
    job.status = JobStatus::queued;
    job.datto_job = DattoJobUid{"j77"};
    job.component_uid = ComponentUid{"c1"};
    job.created_at = fakes::test_start() - minutes{1};
    job.runbook = "sweep";
    state.jobs.push_back(job);
    bench.start({book}, state);
    bench.run_for(minutes{5});
    CHECK(bench.all<TargetDecided>().empty());  // the later one waits for what was sent
    bench.results[DattoJobUid{"j77"}] = ended();
    bench.run_for(minutes{5});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::succeeded);
}

TEST_CASE("a run that a person calls off after a restart still ends by that person",
          "[engine][stop_previous]") {
    EngineBench bench;
    const auto book = stopping();
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
    run.is_called_off = true;
    run.targets.push_back({{DeviceUid{"d1"}, SiteUid{"s1"}, "Acme HQ", "ACME", 1}, Disposition::pending});
    run.targets.push_back({{DeviceUid{"d9"}, SiteUid{"s1"}, "Acme HQ", "ACME9", 1}, Disposition::cancelled});
    state.runs.push_back(run);
    RecoveredJob job;
    job.job = JobUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0C"};
    job.run = run.planned.run;
    job.device = DeviceUid{"d1"};
    job.status = JobStatus::queued;
    job.datto_job = DattoJobUid{"j77"};
    job.component_uid = ComponentUid{"c1"};
    job.created_at = fakes::test_start() - minutes{1};
    job.runbook = "sweep";
    state.jobs.push_back(job);
    bench.results[DattoJobUid{"j77"}] = ended(DeploymentStatus::failure);
    bench.start({book}, state);
    bench.run_for(minutes{5});
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::cancelled);
    CHECK(bench.all<RunFinished>()[0].reason == "by_person");
}

}  // namespace runbookd::engine
