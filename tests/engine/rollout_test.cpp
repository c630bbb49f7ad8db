// How a run goes over its targets: waves, soaks, promotion, limits in flight, abort_when, tolerate.
#include <algorithm>
#include <map>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::windows_server;
using runbook::Amount;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<Device> servers(int count) {
    std::vector<Device> devices;
    for (int i = 1; i <= count; ++i) {
        const auto name = std::to_string(i);
        devices.push_back(windows_server("d" + name, "ACME-" + (i < 10 ? "0" + name : name)));
    }
    return devices;
}

runbook::Runbook in_waves(std::vector<runbook::Wave> waves) {
    auto book = clean_all("sweep");
    runbook::Rollout rollout;
    rollout.waves = std::move(waves);
    book.rollout = std::move(rollout);
    return book;
}

JobResult ended(DeploymentStatus status = DeploymentStatus::success) {
    JobResult result;
    result.status = status;
    return result;
}

void end_jobs(EngineBench& bench, int first, int last, DeploymentStatus status = DeploymentStatus::success) {
    for (int i = first; i <= last; ++i) bench.results[DattoJobUid{"j" + std::to_string(i)}] = ended(status);
}

std::size_t created(const EngineBench& bench) { return bench.calls<CreateQuickJob>().size(); }

std::map<std::int64_t, int> wave_sizes(const EngineBench& bench) {
    std::map<std::int64_t, int> sizes;
    const auto started = bench.all<RunStarted>().at(0);
    for (const auto& row : started.targets) ++sizes[row.wave];
    return sizes;
}

std::vector<Result<ApprovedRun>> approve(EngineBench& bench, const std::string& run) {
    std::vector<Result<ApprovedRun>> answers;
    bench.tell([&](Engine& core, Instant now) {
        const ApprovalOrder order{run, "", "carol"};
        core.approve(order, [&](Result<ApprovedRun> answer) { answers.push_back(std::move(answer)); }, now);
    });
    bench.run_for(seconds{1});
    return answers;
}

}  // namespace

TEST_CASE("waves are counts, cumulative shares rounded up, and what is left over", "[engine][rollout]") {
    EngineBench bench(servers(25));
    bench.start({in_waves({Amount{1, false}, Amount{10, true}, Amount{50, true}})});
    bench.run("sweep");
    bench.run_for(seconds{1});
    CHECK(wave_sizes(bench) == std::map<std::int64_t, int>{{1, 1}, {2, 2}, {3, 10}, {4, 12}});
}

TEST_CASE("a selector takes its matches that are in no wave yet", "[engine][rollout]") {
    EngineBench bench(servers(5));
    runbook::Selector canary;
    canary.hostname = runbook::TextMatch{{"ACME-03", "ACME-04"}, false};
    bench.start({in_waves({canary, Amount{1, false}, canary})});
    bench.run("sweep");
    bench.run_for(seconds{1});
    CHECK(wave_sizes(bench) == std::map<std::int64_t, int>{{1, 2}, {2, 1}, {4, 2}});
    const auto started = bench.all<RunStarted>().at(0);
    for (const auto& row : started.targets)
        CHECK((row.wave == 1) == (row.hostname == "ACME-03" || row.hostname == "ACME-04"));
}

TEST_CASE("the next wave begins when each job of the one before has ended", "[engine][rollout]") {
    EngineBench bench(servers(6));
    bench.start({in_waves({Amount{2, false}, Amount{100, true}})});
    bench.run("sweep");
    bench.run_for(minutes{3});
    CHECK(created(bench) == 2);
    end_jobs(bench, 1, 1);
    bench.run_for(minutes{3});
    CHECK(created(bench) == 2);
    end_jobs(bench, 2, 2, DeploymentStatus::failure);
    bench.run_for(minutes{3});
    CHECK(created(bench) == 6);
    REQUIRE(bench.all<WaveStarted>().size() == 2);
    CHECK(bench.all<WaveStarted>()[1].wave == 2);
    end_jobs(bench, 3, 6);
    bench.run_for(minutes{3});
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::failed);
    CHECK(bench.all<RunWaiting>().empty());
}

TEST_CASE("a soak passes between waves, and the run is waiting meanwhile", "[engine][rollout]") {
    EngineBench bench(servers(3));
    auto book = in_waves({Amount{1, false}, Amount{100, true}});
    book.rollout->soak = minutes{10};
    bench.start({book});
    bench.run("sweep");
    end_jobs(bench, 1, 1);
    bench.run_for(minutes{2});
    REQUIRE(bench.all<RunWaiting>().size() == 1);
    CHECK(bench.all<RunWaiting>()[0].reason == "soak");
    CHECK(bench.all<RunWaiting>()[0].next_wave == 2);
    bench.run_for(minutes{7});
    CHECK(created(bench) == 1);
    bench.run_for(minutes{3});
    CHECK(created(bench) == 3);
}

TEST_CASE("a wave that is promoted by hand waits for a person", "[engine][rollout]") {
    EngineBench bench(servers(3));
    auto book = in_waves({Amount{1, false}, Amount{100, true}});
    book.rollout->is_promoted_by_hand = true;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(seconds{5});
    const auto run = bench.run_answers.at(0)->str();
    CHECK(approve(bench, run).at(0).error().code == ErrorCode::conflict);
    end_jobs(bench, 1, 1);
    bench.run_for(minutes{5});
    CHECK(created(bench) == 1);
    REQUIRE(bench.all<RunWaiting>().size() == 1);
    CHECK(bench.all<RunWaiting>()[0].reason == "approval");
    CHECK(approve(bench, "01ZZ").at(0).error().code == ErrorCode::not_found);
    const auto answers = approve(bench, run.substr(0, 12));
    REQUIRE(answers.at(0));
    CHECK(answers[0]->wave == 2);
    CHECK(bench.all<WaveStarted>().back().actor == "carol");
    CHECK(created(bench) == 3);
}

TEST_CASE("what nobody approved before the window closed is skipped", "[engine][rollout]") {
    EngineBench bench(servers(3));
    auto book = in_waves({Amount{1, false}, Amount{100, true}});
    book.rollout->is_promoted_by_hand = true;
    bench.start({book});
    bench.run("sweep");
    end_jobs(bench, 1, 1);
    bench.run_for(hours{1} + seconds{5});
    const auto decided = bench.all<TargetDecided>();
    REQUIRE(decided.size() == 3);
    CHECK(decided[1].disposition == Disposition::skipped);
    CHECK(decided[1].reason == "not_approved");
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::completed);
}

TEST_CASE("a wave that had not begun by the window's end has expired", "[engine][rollout]") {
    EngineBench bench(servers(2));
    bench.start({in_waves({Amount{1, false}, Amount{100, true}})});
    bench.run("sweep");
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::running);
    bench.run_for(hours{1} - seconds{1});
    end_jobs(bench, 1, 1);
    bench.run_for(minutes{5});
    const auto decided = bench.all<TargetDecided>();
    REQUIRE(decided.size() == 2);
    CHECK(decided[0].disposition == Disposition::expired);
    CHECK(decided[0].reason == "window_closed");
}

TEST_CASE("an offline device leaves its wave, and joins the current one when it is back",
          "[engine][rollout]") {
    EngineBench bench(servers(4));
    runbook::Selector canary;
    canary.hostname = runbook::TextMatch{{"ACME-01", "ACME-02"}, false};
    auto book = in_waves({canary, Amount{100, true}});
    book.offline = runbook::OfflinePolicy::wait;
    bench.devices[0].online = false;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{2});
    CHECK(created(bench) == 1);
    end_jobs(bench, 1, 1);
    bench.run_for(minutes{2});
    CHECK(created(bench) == 3);
    bench.devices[0].online = true;
    bench.run_for(minutes{2});
    CHECK(created(bench) == 4);
    REQUIRE(bench.all<TargetMoved>().size() == 1);
    CHECK(bench.all<TargetMoved>()[0].device == DeviceUid{"d1"});
    CHECK(bench.all<TargetMoved>()[0].wave == 2);
}

TEST_CASE("a device that is back between two waves joins the next", "[engine][rollout]") {
    EngineBench bench(servers(3));
    runbook::Selector canary;
    canary.hostname = runbook::TextMatch{{"ACME-01", "ACME-02"}, false};
    auto book = in_waves({canary, Amount{100, true}});
    book.offline = runbook::OfflinePolicy::wait;
    book.rollout->soak = minutes{20};
    bench.devices[0].online = false;
    bench.start({book});
    bench.run("sweep");
    end_jobs(bench, 1, 1);
    bench.run_for(minutes{5});
    bench.devices[0].online = true;
    bench.run_for(minutes{5});
    CHECK(created(bench) == 1);
    bench.run_for(minutes{15});
    CHECK(created(bench) == 3);
}

TEST_CASE("no more jobs of a run are in flight than it may have", "[engine][rollout]") {
    EngineBench bench(servers(7));
    auto book = clean_all("sweep");
    book.max_in_flight = 3;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{2});
    CHECK(created(bench) == 3);
    end_jobs(bench, 2, 2);
    bench.run_for(minutes{2});
    CHECK(created(bench) == 4);
    end_jobs(bench, 1, 7);
    bench.run_for(minutes{5});
    CHECK(created(bench) == 7);
    CHECK(bench.all<RunFinished>().size() == 1);
}

TEST_CASE("devices with something in common share a limit", "[engine][rollout]") {
    auto devices = servers(6);
    for (std::size_t i = 0; i < 3; ++i)
        devices[i].udf = runbook::Udfs({{6, i < 2 ? "cluster-a" : "cluster-b"}});
    EngineBench bench(devices);
    auto book = in_waves({});
    book.rollout->max_in_flight_per = {{runbook::InFlightLimit::By::udf, 6, 1},
                                       {runbook::InFlightLimit::By::site, 0, 4}};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{2});
    CHECK(created(bench) == 4);
    const auto creates = bench.calls<CreateQuickJob>();
    CHECK(std::count_if(creates.begin(), creates.end(), [](const auto& one) {
              return one.first.device == DeviceUid{"d1"} || one.first.device == DeviceUid{"d2"};
          }) == 1);
    end_jobs(bench, 1, 6);
    bench.run_for(minutes{5});
    CHECK(created(bench) == 6);
    CHECK(bench.all<RunFinished>().size() == 1);
}

TEST_CASE("a device has one job at a time over all runbooks", "[engine][rollout]") {
    EngineBench bench;
    auto first = clean_all("first");
    auto second = clean_all("second");
    second.one_job_per_device = true;
    bench.start({first, second});
    bench.run("first");
    bench.run_for(seconds{5});
    bench.run("second");
    bench.run_for(minutes{2});
    CHECK(created(bench) == 1);
    end_jobs(bench, 1, 1);
    bench.run_for(minutes{2});
    CHECK(created(bench) == 2);
}

TEST_CASE("a device that stays busy to the end of the window is skipped", "[engine][rollout]") {
    EngineBench bench;
    auto first = clean_all("first");
    first.timeout = hours{5};
    auto second = clean_all("second");
    second.one_job_per_device = true;
    bench.start({first, second});
    bench.run("first");
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::running);
    bench.run_for(seconds{5});
    bench.run("second");
    bench.run_for(hours{1} + minutes{1});
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::skipped);
    CHECK(bench.all<TargetDecided>()[0].reason == "device_busy");
}

TEST_CASE("abort_when halts what has no job, and follows the rest", "[engine][rollout]") {
    EngineBench bench(servers(10));
    auto book = in_waves({Amount{4, false}, Amount{100, true}});
    runbook::AbortWhen when;
    when.failed = 2;
    book.rollout->abort_when = when;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{1});
    end_jobs(bench, 1, 2, DeploymentStatus::failure);
    bench.run_for(minutes{3});
    CHECK(created(bench) == 4);
    const auto decided = bench.all<TargetDecided>();
    CHECK(std::count_if(decided.begin(), decided.end(), [](const auto& one) {
              return one.disposition == Disposition::halted && one.reason == "abort_when";
          }) == 6);
    REQUIRE(bench.notes("run.halted").size() == 1);
    CHECK(bench.all<RunFinished>().empty());
    end_jobs(bench, 3, 4);
    bench.run_for(minutes{3});
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::aborted);
    CHECK(bench.all<RunFinished>()[0].reason == "abort_when");
}

TEST_CASE("a share of failures counts only once enough are decided", "[engine][rollout]") {
    EngineBench bench(servers(12));
    auto book = in_waves({});
    book.max_in_flight = 4;
    runbook::AbortWhen when;
    when.failed_share = 25;
    when.min_finished = 8;
    book.rollout->abort_when = when;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{1});
    end_jobs(bench, 1, 2, DeploymentStatus::failure);
    end_jobs(bench, 3, 4);
    bench.run_for(minutes{2});
    CHECK(created(bench) == 8);
    CHECK(bench.notes("run.halted").empty());
    end_jobs(bench, 5, 8);
    bench.run_for(minutes{2});
    REQUIRE(bench.notes("run.halted").size() == 1);
    CHECK(bench.all<RunFinished>().size() + bench.engine().open_runs() == 1);
}

TEST_CASE("with scope site only that site is left alone", "[engine][rollout]") {
    auto devices = servers(6);
    EngineBench bench(devices);
    bench.sites.push_back({SiteUid{"s3"}, "Branch", false});
    for (std::size_t i = 3; i < 6; ++i) {
        bench.devices[i].site_uid = SiteUid{"s3"};
        bench.devices[i].site_name = "Branch";
    }
    auto book = in_waves({});
    book.rollout->max_in_flight_per = {{runbook::InFlightLimit::By::site, 0, 1}};
    runbook::AbortWhen when;
    when.failed = 1;
    when.scope = runbook::AbortScope::site;
    book.rollout->abort_when = when;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{1});
    REQUIRE(created(bench) == 2);
    end_jobs(bench, 1, 1, DeploymentStatus::failure);
    end_jobs(bench, 2, 10);
    bench.run_for(minutes{10});
    CHECK(created(bench) == 4);
    const auto decided = bench.all<TargetDecided>();
    CHECK(std::count_if(decided.begin(), decided.end(),
                        [](const auto& one) { return one.disposition == Disposition::halted; }) == 2);
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::aborted);
}

TEST_CASE("so many may fail as are tolerated", "[engine][rollout]") {
    const auto failures = GENERATE(2, 3);
    EngineBench bench(servers(10));
    auto book = clean_all("sweep");
    book.tolerate = {25, true};
    bench.start({book});
    bench.run("sweep");
    end_jobs(bench, 1, failures, DeploymentStatus::failure);
    end_jobs(bench, failures + 1, 10);
    bench.run_for(minutes{5});
    CHECK(bench.all<RunStarted>().at(0).tolerated == 2);
    CHECK(bench.all<RunFinished>().at(0).status ==
          (failures == 2 ? RunStatus::completed : RunStatus::failed));
}

namespace {

/// A run of three devices in two waves, the first of them done.
RecoveredState between_waves(const runbook::Runbook& book, const std::string& waits_for,
                             std::optional<UtcTime> until) {
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
    for (int i = 1; i <= 3; ++i) {
        TargetRow row{DeviceUid{"d" + std::to_string(i)}, SiteUid{"s1"}, "Acme HQ", "ACME", i == 1 ? 1 : 2};
        run.targets.push_back({row, i == 1 ? Disposition::failed : Disposition::pending});
    }
    run.wave = 1;
    run.waits_for = waits_for;
    run.waits_until = until;
    state.runs.push_back(run);
    return state;
}

}  // namespace

TEST_CASE("a soak goes on over a restart", "[engine][rollout]") {
    EngineBench bench(servers(3));
    auto book = in_waves({Amount{1, false}, Amount{100, true}});
    book.rollout->soak = minutes{30};
    bench.start({book}, between_waves(book, "soak", fakes::test_start() + minutes{10}));
    bench.run_for(minutes{9});
    CHECK(created(bench) == 0);
    bench.run_for(minutes{2});
    CHECK(created(bench) == 2);
}

TEST_CASE("who waits for approval does so after a restart", "[engine][rollout]") {
    EngineBench bench(servers(3));
    auto book = in_waves({Amount{1, false}, Amount{100, true}});
    book.rollout->is_promoted_by_hand = true;
    bench.start({book}, between_waves(book, "approval", std::nullopt));
    bench.run_for(minutes{9});
    CHECK(created(bench) == 0);
    REQUIRE(approve(bench, "01J9").at(0));
    bench.run_for(seconds{5});
    CHECK(created(bench) == 2);
}

TEST_CASE("a wave whose end nobody had seen before a restart is over", "[engine][rollout]") {
    EngineBench bench(servers(3));
    const auto book = in_waves({Amount{1, false}, Amount{100, true}});
    bench.start({book}, between_waves(book, "", std::nullopt));
    bench.run_for(seconds{5});
    CHECK(created(bench) == 2);
}

TEST_CASE("abort_when is judged anew after a restart", "[engine][rollout]") {
    EngineBench bench(servers(3));
    auto book = in_waves({Amount{1, false}, Amount{100, true}});
    runbook::AbortWhen when;
    when.failed = 1;
    book.rollout->abort_when = when;
    bench.start({book}, between_waves(book, "", std::nullopt));
    bench.run_for(minutes{1});
    CHECK(created(bench) == 0);
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::aborted);
}

TEST_CASE("jobs from before a restart count as in flight", "[engine][rollout]") {
    EngineBench bench(servers(3));
    auto book = clean_all("sweep");
    book.max_in_flight = 1;
    auto state = between_waves(book, "", std::nullopt);
    for (auto& target : state.runs[0].targets) target.row.wave = 1;
    RecoveredJob job;
    job.job = JobUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0C"};
    job.run = state.runs[0].planned.run;
    job.device = DeviceUid{"d2"};
    job.status = JobStatus::queued;
    job.datto_job = DattoJobUid{"j77"};
    job.component_uid = ComponentUid{"c1"};
    job.created_at = fakes::test_start() - minutes{1};
    job.runbook = "sweep";
    state.jobs.push_back(job);
    bench.start({book}, state);
    bench.run_for(minutes{5});
    CHECK(created(bench) == 0);
    bench.results[DattoJobUid{"j77"}] = ended();
    bench.run_for(minutes{2});
    CHECK(created(bench) == 1);
}

}  // namespace runbookd::engine
