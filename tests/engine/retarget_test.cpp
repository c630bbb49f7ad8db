// What is left of a run, again: at once, or with the schedule's next occurrence; and who changed a runbook.
#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::blackout;
using fakes::clean_all;
using fakes::EngineBench;
using fakes::schedule_of;
using fakes::test_start;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const RunUid kBefore{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0R"};

runbook::Runbook hourly() {
    auto book = clean_all("sweep");
    book.schedule = schedule_of("0 * * * *");
    book.window = minutes{10};
    return book;
}

void retarget(EngineBench& bench, std::vector<std::string> devices,
              RunOrder::When when = RunOrder::When::now) {
    RunOrder order{"sweep", {}, "again", "alice", kBefore, when};
    order.scope.devices = std::move(devices);
    bench.tell([&](Engine& core, Instant at) {
        core.start_run(
            std::move(order), [&](Result<RunUid> result) { bench.run_answers.push_back(std::move(result)); },
            at);
    });
}

RecoveredState recovered(const runbook::Runbook& book, const RunPlanned& plan) {
    RecoveredState state;
    state.runbooks.push_back(
        {book.name, 1, book.yaml, book.resolved, test_start() - hours{2}, false, test_start(), {}, {}});
    RecoveredRun run;
    run.planned = plan;
    state.runs.push_back(run);
    return state;
}

/// The devices that creates went to after that instant.
std::vector<std::string> created_after(const EngineBench& bench, UtcTime after) {
    std::vector<std::string> devices;
    for (const auto& [call, at] : bench.calls<CreateQuickJob>())
        if (at.utc >= after) devices.push_back(call.device.str());
    return devices;
}

}  // namespace

TEST_CASE("a retarget runs at once on the devices that are left", "[engine][retarget]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B"), windows_server("d3", "C")});
    bench.start({clean_all("sweep")});
    retarget(bench, {"d1", "d3"});
    bench.run_for(seconds{5});
    REQUIRE(bench.run_answers.at(0));
    const auto plan = bench.all<RunPlanned>().at(0);
    CHECK(plan.trigger == Trigger::retarget);
    CHECK(plan.cause == kBefore.str());
    CHECK(plan.revision == 1);
    CHECK_FALSE(plan.starts_at);
    CHECK(created_after(bench, test_start()) == std::vector<std::string>{"d1", "d3"});
}

TEST_CASE("with the next window it waits for the schedule's next occurrence", "[engine][retarget]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B")});
    bench.start({hourly()});
    retarget(bench, {"d1"}, RunOrder::When::next_window);
    bench.run_for(minutes{30});
    REQUIRE(bench.run_answers.at(0));
    const auto plan = bench.all<RunPlanned>().at(0);
    const auto next = *parse_utc("2026-03-01T01:00:00Z");
    CHECK(plan.starts_at == next);
    CHECK(plan.window_end == next + minutes{10});
    CHECK_FALSE(plan.nominal);
    CHECK(bench.calls<CreateQuickJob>().empty());
    bench.run_for(minutes{31});
    // The occurrence itself has its own run and verdict; each device gets one job of the two.
    CHECK(bench.all<OccurrenceDecided>().size() == 1);
    CHECK(created_after(bench, next).size() == 2);
    CHECK(bench.all<RunPlanned>().size() == 2);
}

TEST_CASE("a retarget that waits survives a restart", "[engine][retarget]") {
    RunPlanned plan;
    {
        EngineBench bench;
        bench.start({hourly()});
        retarget(bench, {"d1"}, RunOrder::When::next_window);
        bench.run_for(seconds{5});
        plan = bench.all<RunPlanned>().at(0);
    }
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B")});
    bench.start({hourly()}, recovered(hourly(), plan));
    bench.run_for(minutes{30});
    CHECK(bench.calls<CreateQuickJob>().empty());
    bench.run_for(minutes{31});
    const auto started = bench.all<RunStarted>();
    REQUIRE(started.size() == 2);
    const auto& again = started[0].run == plan.run ? started[0] : started[1];
    CHECK(again.run == plan.run);
    CHECK(again.targets.size() == 1);
}

TEST_CASE("a retarget whose window passed while the daemon was down ends without a start",
          "[engine][retarget]") {
    RunPlanned plan;
    plan.run = kBefore;
    plan.runbook = "sweep";
    plan.revision = 1;
    plan.account = "main";
    plan.trigger = Trigger::retarget;
    plan.starts_at = test_start() - hours{1};
    plan.window_end = test_start() - minutes{50};
    plan.at = test_start() - hours{2};
    EngineBench bench;
    bench.start({hourly()}, recovered(hourly(), plan));
    bench.run_for(seconds{5});
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].reason == "window_closed");
    CHECK(bench.all<OccurrenceDecided>().empty());
}

TEST_CASE("a retarget that waits holds no other run up", "[engine][retarget]") {
    auto book = hourly();
    book.overlap = runbook::OverlapPolicy::skip_run;
    EngineBench bench({windows_server("d1", "A")});
    bench.start({book});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.run_answers.at(0));
    bench.results[DattoJobUid{"j1"}].status = DeploymentStatus::success;
    bench.run_for(minutes{10});
    retarget(bench, {"d1"}, RunOrder::When::next_window);
    bench.run_for(seconds{5});
    REQUIRE(bench.run_answers.at(1));
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.run_answers.at(2));
}

TEST_CASE("a retarget is refused as any run is, at the time it would begin", "[engine][retarget]") {
    const auto refusal = [](runbook::Runbook book, RunOrder::When when, bool pauses = false) {
        EngineBench bench;
        bench.start({std::move(book)});
        if (pauses) bench.pause("sweep", minutes{30});
        bench.run_for(seconds{1});
        retarget(bench, {"d1"}, when);
        bench.run_for(seconds{1});
        const auto& answer = bench.run_answers.at(0);
        return answer ? std::string("none") : answer.error().message;
    };
    const auto when_now = RunOrder::When::now;
    const auto when_next = RunOrder::When::next_window;
    CHECK(refusal(hourly(), when_next) == "none");
    CHECK(refusal(clean_all("sweep"), when_next).find("has no next window") != std::string::npos);
    CHECK(refusal(hourly(), when_now, true).find("is paused") != std::string::npos);
    CHECK(refusal(hourly(), when_next, true) == "none");
    auto held = hourly();
    held.not_during = blackout("0 1 * * *", hours{1});
    CHECK(refusal(held, when_now) == "none");
    CHECK(refusal(held, when_next).find("not_during (freeze)") != std::string::npos);
    auto disabled = hourly();
    disabled.enabled = false;
    CHECK(refusal(disabled, when_now).find("is disabled") != std::string::npos);
}

TEST_CASE("what Datto may still run is known, open or given up", "[engine][retarget]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B")});
    auto book = clean_all("sweep");
    book.timeout = minutes{1};
    bench.start({book, clean_all("other")});
    bench.run("sweep", {{"d1"}, {}, {}, {}});
    bench.run("other", {{"d2"}, {}, {}, {}});
    bench.run_for(seconds{5});
    CHECK(bench.engine().may_still_run("sweep") == std::set<DeviceUid>{DeviceUid{"d1"}});
    JobResult running;
    running.status = DeploymentStatus::running;
    bench.results[DattoJobUid{"j1"}] = running;
    bench.run_for(minutes{10});
    REQUIRE_FALSE(bench.all<TargetDecided>().empty());
    CHECK(bench.engine().may_still_run("sweep") == std::set<DeviceUid>{DeviceUid{"d1"}});
    running.status = DeploymentStatus::success;
    bench.results[DattoJobUid{"j1"}] = running;
    bench.run_for(hours{2});
    CHECK(bench.engine().may_still_run("sweep").empty());
}

TEST_CASE("a reload is durable when it answers, and its revisions say whose it is and why",
          "[engine][retarget]") {
    EngineBench bench;
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{1});
    auto changed = clean_all("sweep");
    changed.yaml += "\n# changed";
    int answers = 0;
    bench.hold_commits();
    bench.tell([&](Engine& core, Instant at) {
        core.reload({{changed}, {}, {"ana", "ticket 4711"}}, [&](Result<void>) { ++answers; }, at);
    });
    bench.run_for(seconds{1});
    CHECK(answers == 0);
    bench.release_commits();
    bench.run_for(seconds{1});
    CHECK(answers == 1);
    const auto revision = bench.all<RevisionEffective>().back();
    CHECK(revision.actor == "ana");
    CHECK(revision.note == "ticket 4711");
    CHECK(bench.notes("reload.done").back().data.at("note") == "ticket 4711");
}

}  // namespace runbookd::engine
