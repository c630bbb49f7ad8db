// Several jobs on each device, one after the other: what comes next, and what a target comes to.
#include "catch.hpp"
#include "engine/steps_support.hpp"

namespace runbookd::engine {
namespace {

using namespace steps_testing;
using runbook::StepEnd;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

runbook::Runbook check_and_repair() {
    auto check = job_step("check", "Check");
    check.goes_on_after_failure = true;
    auto repair = job_step("repair", "Repair");
    repair.when = {{0, StepEnd::failed}};
    return stepped({check, repair});
}

}  // namespace

TEST_CASE("each step is a job of its own, made when the one before has succeeded", "[engine][steps]") {
    StepsBed bed;
    bed.start_and_run(stepped({job_step("check", "Check"), job_step("repair", "Repair")}), minutes{2});
    CHECK(bed.jobs() == Texts{"check 1"});
    bed.end(1, DeploymentStatus::success);
    bed.bench.run_for(minutes{2});
    CHECK(bed.jobs() == Texts{"check 1", "repair 1"});
    CHECK(bed.words().empty());
    bed.end(2, DeploymentStatus::success);
    bed.bench.run_for(minutes{2});
    const auto jobs = bed.bench.all<JobCreated>();
    CHECK(jobs[0].component_uid == ComponentUid{"c-Check"});
    CHECK(jobs[0].step == 1);
    CHECK(jobs[0].steps_after == 1);
    CHECK(jobs[1].component_uid == ComponentUid{"c-Repair"});
    CHECK(jobs[1].step == 2);
    CHECK(jobs[1].steps_after == 0);
    CHECK(bed.bench.calls<CreateQuickJob>()[1].first.job_name.starts_with("mend rb"));
    CHECK(bed.ends() == Texts{"check succeeded", "repair succeeded"});
    CHECK(bed.words() == Texts{"d1 succeeded"});
    CHECK(bed.bench.all<RunFinished>().at(0).status == RunStatus::completed);
}

TEST_CASE("a step that fails is the last one", "[engine][steps]") {
    StepsBed bed;
    bed.end(1, DeploymentStatus::failure);
    bed.start_and_run(stepped({job_step("check", "Check"), job_step("repair", "Repair")}), minutes{5});
    CHECK(bed.jobs() == Texts{"check 1"});
    CHECK(bed.ends() == Texts{"check failed"});
    CHECK(bed.words() == Texts{"d1 failed datto_failure"});
}

TEST_CASE("where a failure does not stop it, what waits for the failure is run", "[engine][steps]") {
    StepsBed bed;
    bed.end(1, DeploymentStatus::failure);
    bed.end(2, DeploymentStatus::success);
    bed.start_and_run(check_and_repair(), minutes{5});
    CHECK(bed.jobs() == Texts{"check 1", "repair 1"});
    CHECK(bed.words() == Texts{"d1 succeeded"});
    CHECK(bed.bench.all<TargetDecided>().at(0).message.find("step 'check' ended as failed") == 0);
}

TEST_CASE("what waits for something else is passed over", "[engine][steps]") {
    StepsBed bed;
    bed.end(1, DeploymentStatus::success);
    bed.start_and_run(check_and_repair(), minutes{5});
    CHECK(bed.jobs() == Texts{"check 1"});
    CHECK(bed.ends() == Texts{"check succeeded", "repair skipped"});
    CHECK(bed.words() == Texts{"d1 succeeded"});
}

TEST_CASE("a warning of any step is the target's", "[engine][steps]") {
    StepsBed bed;
    bed.end(1, DeploymentStatus::warning);
    bed.end(2, DeploymentStatus::success);
    bed.start_and_run(stepped({job_step("check", "Check"), job_step("repair", "Repair")}), minutes{5});
    CHECK(bed.words() == Texts{"d1 warning warnings"});
}

TEST_CASE("every end of a step, with every policy and every condition, leads where the words say",
          "[engine][steps]") {
    const std::vector<std::pair<DeploymentStatus, StepEnd>> ends{
        {DeploymentStatus::success, StepEnd::succeeded},
        {DeploymentStatus::warning, StepEnd::warning},
        {DeploymentStatus::failure, StepEnd::failed},
        {DeploymentStatus::expired, StepEnd::expired}};
    for (const auto& [status, end] : ends)
        for (const bool goes_on : {false, true})
            for (const auto wanted :
                 {StepEnd::succeeded, StepEnd::warning, StepEnd::failed, StepEnd::expired}) {
                INFO(runbook::to_text(end)
                     << (goes_on ? ", continue" : ", stop") << ", when " << runbook::to_text(wanted));
                StepsBed bed;
                auto check = job_step("check", "Check");
                check.goes_on_after_failure = goes_on;
                auto repair = job_step("repair", "Repair");
                repair.when = {{0, wanted}};
                bed.end(1, status);
                bed.end(2, DeploymentStatus::success);
                bed.start_and_run(stepped({check, repair}), minutes{5});
                const bool stops = runbook::is_bad(end) && !goes_on;
                CHECK(bed.jobs().size() == (!stops && end == wanted ? 2 : 1));
                const auto word = bed.bench.all<TargetDecided>().at(0).disposition;
                if (stops)
                    CHECK(to_text(word) == runbook::to_text(end));
                else
                    CHECK(word == (end == StepEnd::warning ? Disposition::warning : Disposition::succeeded));
            }
}

TEST_CASE("a step has its own rules of success, its own time and its own tries", "[engine][steps]") {
    StepsBed bed;
    auto check = job_step("check", "Check");
    check.success = runbook::Success{false, {}, runbook::Pattern{"^OK"}, {}};
    check.goes_on_after_failure = true;
    auto repair = job_step("repair", "Repair");
    repair.timeout = minutes{3};
    auto book = stepped({check, repair});
    runbook::Retry retry;
    retry.attempts = 2;
    book.retry = retry;
    bed.end(1, DeploymentStatus::success);
    bed.end(2, DeploymentStatus::success);
    for (const auto* job : {"j1", "j2"}) bed.bench.results[DattoJobUid{job}].has_stdout = true;
    bed.end(3, DeploymentStatus::running);
    bed.start_and_run(book, minutes{10});
    CHECK(bed.jobs() == Texts{"check 1", "check 2", "repair 1"});
    const auto changes = bed.bench.all<JobChanged>();
    CHECK(std::count_if(changes.begin(), changes.end(),
                        [](const auto& change) { return change.reason == "success_rule"; }) == 2);
    // Its second try waits for the end of the first.
    bed.end(3, DeploymentStatus::failure);
    bed.end(4, DeploymentStatus::success);
    bed.bench.run_for(minutes{20});
    CHECK(bed.jobs() == Texts{"check 1", "check 2", "repair 1", "repair 2"});
    CHECK(bed.words() == Texts{"d1 succeeded"});
}

TEST_CASE("after a step that timed out, the next one waits until Datto has ended it", "[engine][steps]") {
    StepsBed bed;
    auto check = job_step("check", "Check");
    check.goes_on_after_failure = true;
    check.timeout = minutes{1};
    bed.end(1, DeploymentStatus::running);
    bed.start_and_run(stepped({check, job_step("repair", "Repair")}), minutes{8});
    CHECK(bed.jobs() == Texts{"check 1"});
    bed.end(1, DeploymentStatus::success);
    bed.end(2, DeploymentStatus::success);
    bed.bench.run_for(minutes{20});
    CHECK(bed.ends() == Texts{"check timeout", "repair succeeded"});
    CHECK(bed.words() == Texts{"d1 succeeded"});
}

TEST_CASE("a window that closes between two steps leaves the target expired", "[engine][steps]") {
    StepsBed bed;
    auto book = stepped({job_step("check", "Check"), job_step("repair", "Repair")});
    book.window = minutes{10};
    bed.start_and_run(book, seconds{30});
    bed.end(1, DeploymentStatus::running);
    bed.bench.run_for(minutes{10});
    CHECK(bed.words().empty());
    bed.end(1, DeploymentStatus::success);
    bed.bench.run_for(minutes{5});
    CHECK(bed.jobs() == Texts{"check 1"});
    CHECK(bed.words() == Texts{"d1 expired window_closed"});
    CHECK(bed.bench.all<RunFinished>().at(0).status == RunStatus::failed);
}

TEST_CASE("what has begun is not called skipped: a device that went offline between two steps",
          "[engine][steps]") {
    StepsBed bed;
    bed.start_and_run(stepped({job_step("check", "Check"), job_step("repair", "Repair")}), minutes{1});
    bed.bench.devices[0].online = false;
    bed.end(1, DeploymentStatus::success);
    bed.bench.run_for(minutes{5});
    CHECK(bed.words() == Texts{"d1 expired offline"});
}

TEST_CASE("a wave is over when its targets have done all their steps", "[engine][steps]") {
    StepsBed bed(2);
    auto book = stepped({job_step("check", "Check"), job_step("repair", "Repair")});
    book.offline = runbook::OfflinePolicy::wait;
    book.rollout = runbook::Rollout{};
    book.rollout->waves = {runbook::Amount{1, false}, runbook::Amount{100, true}};
    bed.start_and_run(book, minutes{1});
    const auto first = bed.bench.all<JobCreated>().at(0).device;
    // It goes away between its steps: its wave waits for it all the same.
    for (auto& device : bed.bench.devices) device.online = device.uid != first;
    bed.end(1, DeploymentStatus::success);
    bed.bench.run_for(minutes{5});
    CHECK(bed.jobs() == Texts{"check 1"});
    for (auto& device : bed.bench.devices) device.online = true;
    bed.bench.run_for(minutes{15});
    CHECK(bed.jobs() == Texts{"check 1", "repair 1"});
    CHECK(bed.bench.all<WaveStarted>().back().wave == 1);
    bed.end(2, DeploymentStatus::success);
    bed.bench.run_for(minutes{2});
    CHECK(bed.jobs() == Texts{"check 1", "repair 1", "check 1"});
    CHECK(bed.bench.all<WaveStarted>().back().wave == 2);
    CHECK(bed.bench.all<TargetMoved>().empty());
}

TEST_CASE("a device between two steps is taken for other runbooks", "[engine][steps]") {
    StepsBed bed;
    auto other = fakes::clean_all("sweep");
    other.one_job_per_device = true;
    auto mend =
        stepped({job_step("check", "Check"), return_step("back", true), job_step("repair", "Repair")});
    mend.one_job_per_device = true;
    bed.bench.start({mend, other});
    bed.bench.run("mend");
    bed.bench.run_for(seconds{10});
    bed.bench.run("sweep");
    bed.end(1, DeploymentStatus::success);
    bed.bench.run_for(minutes{5});
    CHECK(bed.jobs() == Texts{"check 1"});
    bed.bench.devices[0].last_reboot = bed.bench.now().utc;
    bed.end(2, DeploymentStatus::success);
    bed.bench.run_for(minutes{3});
    // Only when all its steps are done, the other one has its turn.
    REQUIRE(bed.bench.all<JobCreated>().size() == 3);
    CHECK(bed.jobs() == Texts{"check 1", "repair 1", " 1"});
}

TEST_CASE("a run that is called off goes on with no step", "[engine][steps]") {
    StepsBed bed;
    bed.start_and_run(stepped({job_step("check", "Check"), job_step("repair", "Repair")}), minutes{1});
    bed.bench.tell([&](Engine& core, Instant at) {
        core.cancel({bed.bench.all<RunPlanned>().at(0).run, "", "alice"}, [](const auto&) {}, at);
    });
    bed.end(1, DeploymentStatus::success);
    bed.bench.run_for(minutes{5});
    CHECK(bed.jobs() == Texts{"check 1"});
    CHECK(bed.words() == Texts{"d1 cancelled by_person"});
    CHECK(bed.bench.all<RunFinished>().at(0).status == RunStatus::cancelled);
}

TEST_CASE("a run whose later component does not exist does nothing", "[engine][steps]") {
    StepsBed bed;
    bed.start_and_run(stepped({job_step("check", "Check"), job_step("repair", "Repiar")}), minutes{1});
    CHECK(bed.jobs().empty());
    CHECK(bed.words() == Texts{"d1 failed rejected"});
    REQUIRE(bed.bench.notes("run.component_not_found").size() == 1);
    CHECK(bed.bench.notes("run.component_not_found")[0].data.at("message").find("step 'repair': ") == 0);
}

TEST_CASE("a pause of a component holds the steps that run it", "[engine][steps]") {
    StepsBed bed;
    bed.start_and_run(stepped({job_step("check", "Check"), job_step("repair", "Repair")}), minutes{1});
    bed.bench.tell([&](Engine& core, Instant at) {
        core.pause(
            {{PauseKind::component, "c-Repair"}, at.utc + minutes{10}, "bad version", "alice"},
            [](const auto&) {}, at);
    });
    bed.end(1, DeploymentStatus::success);
    bed.bench.run_for(minutes{5});
    CHECK(bed.jobs() == Texts{"check 1"});
    bed.bench.run_for(minutes{6});
    CHECK(bed.jobs() == Texts{"check 1", "repair 1"});
}

}  // namespace runbookd::engine
