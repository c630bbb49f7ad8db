// What a start makes of each state that a crash can leave behind.
#include <map>

#include "catch.hpp"
#include "engine/finder.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::test_start;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const RunUid kRun{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0R"};
const JobUid kJob{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0C"};
const DattoJobUid kDattoJob{"j77"};

RecoveredState with_runbook(const runbook::Runbook& book) {
    RecoveredState state;
    state.runbooks.push_back({book.name,
                              1,
                              book.yaml,
                              book.resolved,
                              test_start() - hours{2},
                              false,
                              test_start() - seconds{30},
                              {},
                              {}});
    return state;
}

RecoveredRun planned(UtcTime window_end) {
    RecoveredRun run;
    run.planned.run = kRun;
    run.planned.runbook = "sweep";
    run.planned.revision = 1;
    run.planned.account = "main";
    run.planned.nominal = test_start() - minutes{1};
    run.planned.zone = "UTC";
    run.planned.window_end = window_end;
    run.planned.at = test_start() - minutes{1};
    return run;
}

RecoveredRun started(UtcTime window_end, int devices) {
    auto run = planned(window_end);
    run.started_at = test_start() - seconds{50};
    for (int i = 1; i <= devices; ++i)
        run.targets.push_back({{DeviceUid{"d" + std::to_string(i)}, SiteUid{"s1"}, "Acme HQ", "ACME", 1},
                               Disposition::pending});
    return run;
}

RecoveredJob job(JobStatus status) {
    RecoveredJob open;
    open.job = kJob;
    open.run = kRun;
    open.device = DeviceUid{"d1"};
    open.status = status;
    open.component_uid = ComponentUid{"c1"};
    open.component_name = "Clean";
    open.created_at = test_start() - seconds{40};
    open.runbook = "sweep";
    if (status == JobStatus::created) return open;
    open.datto_job = kDattoJob;
    open.queued_at = test_start() - seconds{39};
    if (status == JobStatus::running) open.started_at = test_start() - seconds{30};
    return open;
}

JobResult success() {
    JobResult result;
    result.status = DeploymentStatus::success;
    result.has_stdout = true;
    return result;
}

}  // namespace

TEST_CASE("a planned run is started", "[engine][recovery]") {
    EngineBench bench;
    const auto book = clean_all("sweep");
    auto state = with_runbook(book);
    state.runs.push_back(planned(test_start() + minutes{10}));
    bench.start({book}, state);
    bench.run_for(seconds{5});
    CHECK(bench.all<RunStarted>().at(0).run == kRun);
    CHECK(bench.all<OccurrenceDecided>().size() == 1);
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("a planned run whose window closed meanwhile was missed", "[engine][recovery]") {
    EngineBench bench;
    const auto book = clean_all("sweep");
    auto state = with_runbook(book);
    state.runs.push_back(planned(test_start() - seconds{5}));
    bench.start({book}, state);
    bench.run_for(seconds{5});
    CHECK(bench.all<RunStarted>().empty());
    CHECK(bench.all<OccurrenceDecided>().at(0).verdict == Verdict::missed);
    CHECK(bench.all<OccurrenceDecided>().at(0).reason == "daemon_down");
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::failed);
    CHECK(bench.engine().open_runs() == 0);
}

TEST_CASE("a started run's open targets are created, those with a job are not", "[engine][recovery]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B"), windows_server("d3", "C")});
    const auto book = clean_all("sweep");
    auto state = with_runbook(book);
    state.runs.push_back(started(test_start() + minutes{10}, 3));
    state.runs[0].targets[2].disposition = Disposition::succeeded;
    state.jobs.push_back(job(JobStatus::queued));
    bench.results[kDattoJob] = success();
    bench.results[DattoJobUid{"j1"}] = success();
    bench.start({book}, state);
    bench.run_for(minutes{1});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(bench.calls<CreateQuickJob>()[0].first.device.str() == "d2");
    CHECK(bench.all<TargetDecided>().size() == 2);
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::completed);
}

TEST_CASE("a create without an answer is looked for, and never sent", "[engine][recovery]") {
    for (const bool is_found : {true, false}) {
        EngineBench bench;
        const auto book = clean_all("sweep");
        auto state = with_runbook(book);
        state.runs.push_back(started(test_start() + hours{1}, 1));
        state.jobs.push_back(job(JobStatus::created));
        if (is_found) bench.activities = {{kDattoJob, job_name("sweep", kJob)}};
        bench.results[kDattoJob] = success();
        bench.start({book}, state);
        bench.run_for(minutes{30});
        CHECK(bench.calls<CreateQuickJob>().empty());
        REQUIRE(bench.all<TargetDecided>().size() == 1);
        CHECK(bench.all<TargetDecided>()[0].disposition ==
              (is_found ? Disposition::succeeded : Disposition::unknown));
    }
}

TEST_CASE("a running job keeps the time it started", "[engine][recovery]") {
    EngineBench bench;
    auto book = clean_all("sweep");
    book.timeout = minutes{5};
    auto state = with_runbook(book);
    state.runs.push_back(started(test_start() + minutes{10}, 1));
    state.jobs.push_back(job(JobStatus::running));
    JobResult running;
    running.status = DeploymentStatus::running;
    running.ran_on = test_start() - seconds{30};
    bench.results[kDattoJob] = running;
    bench.start({book}, state);
    bench.run_for(minutes{4});
    CHECK(bench.all<TargetDecided>().empty());
    bench.run_for(minutes{1});
    CHECK(bench.all<TargetDecided>().at(0).disposition == Disposition::timeout);
}

TEST_CASE("a job that was given up is followed on, and holds its device", "[engine][recovery]") {
    EngineBench bench;
    const auto book = clean_all("sweep");
    auto state = with_runbook(book);
    state.jobs.push_back(job(JobStatus::timeout));
    state.jobs[0].abandoned_at = test_start() - minutes{10};
    bench.start({book}, state);
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.all<TargetDecided>().at(0).reason == "pending_upstream");
    bench.results[kDattoJob] = success();
    bench.run_for(minutes{30});
    CHECK(bench.all<JobLate>().at(0).late_status == "completed");
    CHECK(bench.all<JobChanged>().empty());
    CHECK(bench.engine().open_jobs() == 0);
}

TEST_CASE("a run goes on as its own revision says, whatever its file says now", "[engine][recovery]") {
    EngineBench bench;
    auto old = clean_all("sweep");
    auto edited = clean_all("sweep");
    edited.yaml += " # edited";
    edited.component = "Other";
    auto state = with_runbook(edited);
    state.runbooks[0].revision = 2;
    state.older_revisions["sweep"][1] = {old.yaml, old.resolved};
    state.runs.push_back(started(test_start() + minutes{10}, 1));
    bench.tell([&](Engine& core, Instant now) {
        const auto read = [&](const std::string&, const RecordedText& text) {
            return std::make_shared<const runbook::Runbook>(text.yaml == old.yaml ? old : edited);
        };
        core.start(state, read, {edited}, {}, now);
    });
    bench.run_for(seconds{5});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(bench.calls<CreateQuickJob>()[0].first.component.str() == "c1");
}

TEST_CASE("a planned run whose revision cannot be read was missed, and says so", "[engine][recovery]") {
    EngineBench bench;
    const auto book = clean_all("sweep");
    auto state = with_runbook(book);
    state.runs.push_back(planned(test_start() + minutes{10}));
    state.runs[0].planned.revision = 7;
    bench.start({book}, state);
    CHECK(bench.notes("run.unreadable").size() == 1);
    CHECK(bench.all<OccurrenceDecided>().at(0).verdict == Verdict::missed);
    CHECK(bench.all<OccurrenceDecided>().at(0).reason == "revision_unreadable");
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::failed);
}

TEST_CASE("a started run whose revision cannot be read ends with its window", "[engine][recovery]") {
    EngineBench bench;
    const auto book = clean_all("sweep");
    auto state = with_runbook(book);
    state.runs.push_back(started(test_start() + minutes{10}, 1));
    state.runs[0].planned.revision = 7;
    bench.start({book}, state);
    bench.run_for(minutes{11});
    CHECK(bench.calls<CreateQuickJob>().empty());
    CHECK(bench.all<TargetDecided>().at(0).reason == "window_closed");
    CHECK(bench.engine().open_runs() == 0);
}

TEST_CASE("a quick job's run goes on without a runbook", "[engine][recovery]") {
    EngineBench bench;
    RecoveredState state;
    state.runs.push_back(started(test_start() + minutes{10}, 1));
    state.runs[0].planned.runbook = "quickjob";
    state.runs[0].planned.revision.reset();
    state.runs[0].planned.nominal.reset();
    state.runs[0].planned.trigger = Trigger::quickjob;
    state.runs[0].planned.scope.component = "c1";
    bench.start({}, state);
    bench.run_for(seconds{5});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("a daemon that runs for days keeps nothing of what is over", "[engine][recovery]") {
    EngineBench bench;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<ReadResult>(call)) return success();
        return std::nullopt;
    };
    bench.start({clean_every_minute("sweep", minutes{1})});
    bench.run_for(hours{24});
    CHECK(bench.all<RunFinished>().size() >= 1438);
    CHECK(bench.engine().open_runs() <= 1);
    CHECK(bench.engine().open_jobs() <= 1);
}

TEST_CASE("what was given up before a restart is searched for on, and revises its target",
          "[engine][recovery]") {
    for (const bool is_unknown : {true, false}) {
        EngineBench bench;
        const auto book = clean_all("sweep");
        auto state = with_runbook(book);
        state.lost.push_back({kJob, kRun, "sweep", DeviceUid{"d1"}, ComponentUid{"c1"}, "Clean",
                              test_start() - hours{5}, is_unknown});
        bench.activities = {{kDattoJob, job_name("sweep", kJob)}};
        bench.results[kDattoJob] = success();
        bench.start({book}, state);
        bench.run_for(minutes{1});
        REQUIRE(bench.calls<SearchActivities>().size() == 1);
        CHECK(bench.calls<SearchActivities>()[0].first.from == test_start() - hours{5} - minutes{5});
        CHECK(bench.all<JobFound>().size() == 1);
        CHECK(bench.all<JobLate>().size() == 1);
        CHECK(bench.all<TargetRevised>().size() == (is_unknown ? 1 : 0));
    }
}

TEST_CASE("what was given up more than a day before a restart is searched for once more at most",
          "[engine][recovery]") {
    EngineBench bench;
    const auto book = clean_all("sweep");
    auto state = with_runbook(book);
    state.lost.push_back(
        {kJob, kRun, "sweep", DeviceUid{"d1"}, ComponentUid{"c1"}, "Clean", test_start() - hours{30}, true});
    bench.start({book}, state);
    bench.run_for(hours{5});
    CHECK(bench.calls<SearchActivities>().size() <= 1);
}

TEST_CASE("a lost job that had turned up before a restart is followed on, and revises its target",
          "[engine][recovery]") {
    EngineBench bench;
    const auto book = clean_all("sweep");
    auto state = with_runbook(book);
    auto found = job(JobStatus::queued);
    found.status = JobStatus::failed;
    found.abandoned_at = found.queued_at;
    found.is_target_unknown = true;
    state.jobs.push_back(found);
    bench.results[kDattoJob] = success();
    bench.start({book}, state);
    bench.run_for(minutes{5});
    CHECK(bench.all<JobFound>().empty());
    CHECK(bench.all<JobLate>().size() == 1);
    REQUIRE(bench.all<TargetRevised>().size() == 1);
    CHECK(bench.all<TargetRevised>()[0].disposition == Disposition::succeeded);
    CHECK(bench.engine().open_jobs() == 0);
}

TEST_CASE("a target that waits to be redispatched gets its job after a restart", "[engine][recovery]") {
    EngineBench bench;
    auto book = clean_all("sweep");
    book.on_unknown = runbook::OnUnknown::redispatch;
    auto state = with_runbook(book);
    state.runs.push_back(started(test_start() + hours{1}, 1));
    state.runs[0].targets[0].attempts = 1;
    state.lost.push_back({kJob, kRun, "sweep", DeviceUid{"d1"}, ComponentUid{"c1"}, "Clean",
                          test_start() - minutes{20}, false});
    bench.start({book}, state);
    bench.run_for(seconds{10});
    REQUIRE(bench.all<JobCreated>().size() == 1);
    CHECK(bench.all<JobCreated>()[0].attempt == 2);
}

}  // namespace runbookd::engine
