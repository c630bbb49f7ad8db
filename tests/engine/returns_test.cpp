// Devices that are expected to return, seen on the pages of the device list.
#include "catch.hpp"
#include "engine/steps_support.hpp"

namespace runbookd::engine {
namespace {

using namespace steps_testing;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::size_t own_pages_read(const StepsBed& bed) { return bed.bench.calls<ReadDevice>().size(); }

}  // namespace

TEST_CASE("a device that was restarted is waited for, and the next step follows", "[engine][steps]") {
    StepsBed bed;
    bed.end(1, DeploymentStatus::success);
    bed.end(2, DeploymentStatus::success);
    bed.start_and_run(
        stepped({job_step("restart", "Clean"), return_step("back", true), job_step("check", "Check")}),
        seconds{20});
    bed.bench.devices[0].online = false;
    const auto before = own_pages_read(bed);
    bed.bench.run_for(minutes{5});
    CHECK(bed.ends() == Texts{"restart succeeded"});
    // Online alone is not what is expected.
    bed.bench.devices[0].online = true;
    bed.bench.run_for(minutes{2});
    CHECK(bed.ends() == Texts{"restart succeeded"});
    CHECK(own_pages_read(bed) == before);
    bed.bench.devices[0].last_reboot = bed.bench.now().utc - seconds{30};
    bed.bench.run_for(minutes{2});
    CHECK(bed.ends() == Texts{"restart succeeded", "back succeeded", "check succeeded"});
    CHECK(bed.words() == Texts{"d1 succeeded"});
}

TEST_CASE("a device that does not return in time has failed", "[engine][steps]") {
    StepsBed bed;
    bed.end(1, DeploymentStatus::success);
    bed.start_and_run(stepped({job_step("restart", "Clean"), return_step("back")}), seconds{5});
    bed.bench.devices[0].online = false;
    bed.bench.run_for(minutes{19});
    CHECK(bed.words().empty());
    bed.bench.run_for(minutes{3});
    CHECK(bed.words() == Texts{"d1 failed did_not_return"});
    CHECK(bed.ends().back() == "back failed");
    CHECK(bed.bench.all<TargetDecided>().at(0).message == "the device was not seen online within 20m");
}

TEST_CASE("a restart from before the job does not count", "[engine][steps]") {
    StepsBed bed;
    bed.bench.devices[0].last_reboot = fakes::test_start() - seconds{1};
    bed.end(1, DeploymentStatus::success);
    bed.start_and_run(stepped({job_step("restart", "Clean"), return_step("back", true)}), minutes{25});
    CHECK(bed.words() == Texts{"d1 failed did_not_return"});
}

TEST_CASE("a return that fails may be gone on from", "[engine][steps]") {
    StepsBed bed;
    auto back = return_step("back", true);
    back.goes_on_after_failure = true;
    auto tell = job_step("tell", "Tell");
    tell.when = {{1, runbook::StepEnd::failed}};
    bed.end(1, DeploymentStatus::success);
    bed.end(2, DeploymentStatus::success);
    bed.start_and_run(stepped({job_step("restart", "Clean"), back, tell}), minutes{30});
    CHECK(bed.jobs() == Texts{"restart 1", "tell 1"});
    CHECK(bed.words() == Texts{"d1 succeeded"});
}

TEST_CASE("a return may be seen after the window, and then no job follows", "[engine][steps]") {
    for (const bool has_more : {false, true}) {
        INFO(has_more);
        StepsBed bed;
        std::vector<runbook::Step> steps{job_step("restart", "Clean"), return_step("back", true)};
        if (has_more) steps.push_back(job_step("check", "Check"));
        auto book = stepped(std::move(steps));
        book.window = minutes{5};
        bed.end(1, DeploymentStatus::success);
        bed.start_and_run(book, minutes{10});
        CHECK(bed.words().empty());
        bed.bench.devices[0].last_reboot = bed.bench.now().utc;
        bed.bench.run_for(minutes{2});
        CHECK(bed.jobs() == Texts{"restart 1"});
        CHECK(bed.words() == (has_more ? Texts{"d1 expired window_closed"} : Texts{"d1 succeeded"}));
    }
}

TEST_CASE("a target that waits for a return is called off at once", "[engine][steps]") {
    StepsBed bed;
    bed.end(1, DeploymentStatus::success);
    bed.start_and_run(stepped({job_step("restart", "Clean"), return_step("back", true)}), minutes{1});
    bed.bench.tell([&](Engine& core, Instant at) {
        core.cancel({bed.bench.all<RunPlanned>().at(0).run, "", "alice"}, [](const auto&) {}, at);
    });
    bed.bench.run_for(seconds{1});
    CHECK(bed.words() == Texts{"d1 cancelled by_person"});
}

TEST_CASE("a return is waited for over a restart, until the same time", "[engine][steps]") {
    StepsBed bed;
    const auto book =
        stepped({job_step("restart", "Clean"), return_step("back", true), job_step("check", "Check")});
    RecoveredState state;
    state.runbooks.push_back(
        {"mend", 1, book.yaml, book.resolved, fakes::test_start() - hours{1}, false, {}, {}, {}});
    RecoveredRun run;
    run.planned.run = RunUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0A"};
    run.planned.runbook = "mend";
    run.planned.revision = 1;
    run.planned.trigger = Trigger::manual;
    run.planned.window_end = fakes::test_start() + hours{1};
    run.started_at = fakes::test_start() - minutes{16};
    RecoveredTarget target;
    target.row = {DeviceUid{"d1"}, SiteUid{"s1"}, "Acme HQ", "ACME", 1};
    target.ended = {runbook::StepEnd::succeeded};
    target.step_at = fakes::test_start() - minutes{15};
    target.last_job_at = fakes::test_start() - minutes{16};
    run.targets.push_back(target);
    state.runs.push_back(run);

    SECTION("it has returned meanwhile") {
        bed.bench.devices[0].last_reboot = fakes::test_start() - minutes{10};
        bed.end(1, DeploymentStatus::success);
        bed.bench.start({book}, state);
        bed.bench.run_for(minutes{3});
        CHECK(bed.jobs() == Texts{"check 1"});
        CHECK(bed.bench.all<JobCreated>().at(0).step == 3);
        CHECK(bed.words() == Texts{"d1 succeeded"});
    }
    SECTION("it has not") {
        bed.bench.start({book}, state);
        bed.bench.run_for(minutes{4});
        CHECK(bed.words().empty());
        bed.bench.run_for(minutes{3});
        CHECK(bed.words() == Texts{"d1 failed did_not_return"});
    }
    SECTION("the run was called off") {
        state.runs[0].is_called_off = true;
        bed.bench.start({book}, state);
        bed.bench.run_for(minutes{1});
        CHECK(bed.words() == Texts{"d1 cancelled by_person"});
    }
}

}  // namespace runbookd::engine
