// Steps go on where they were, whenever the daemon dies: killed after every step of the engine in turn.
#include <algorithm>
#include <set>
#include <tuple>

#include "catch.hpp"
#include "engine/finder.hpp"
#include "engine/steps_support.hpp"
#include "fakes/simulation.hpp"

namespace runbookd::engine {
namespace {

using namespace steps_testing;
using std::chrono::minutes;

/// One run, at 00:01. The other side's jobs end well, badly or with warnings by chance.
fakes::SimulationPlan one_run() {
    auto check = job_step("check", "Clean");
    check.goes_on_after_failure = true;
    auto repair = job_step("repair", "Clean");
    repair.goes_on_after_failure = true;
    repair.when = {{0, runbook::StepEnd::failed}};
    auto book = stepped({check, repair, return_step("back"), job_step("tell", "Clean")});
    book.schedule = fakes::schedule_of("1 * * * *");
    book.window = minutes{30};
    fakes::SimulationPlan plan;
    plan.devices = 2;
    plan.runbooks = {book};
    return plan;
}

void run_to_the_end(fakes::Simulation& simulation) {
    simulation.run_for(minutes{6});
    simulation.drop_schedules();
    simulation.run_for(minutes{50});
}

/// Each (run, device, step, attempt) was accepted at most once.
void check_at_most_once(fakes::Simulation& simulation) {
    std::set<std::tuple<RunUid, DeviceUid, std::int64_t, std::int64_t>> served;
    for (const auto& accepted : simulation.upstream().ledger()) {
        const auto uid = job_in_name(accepted.job_name);
        REQUIRE(uid);
        const auto& created = simulation.store().jobs().at(*uid).created;
        INFO("job " << *uid << " on " << accepted.device);
        CHECK(served.emplace(created.run, accepted.device, created.step, created.attempt).second);
    }
}

/// What came of each step is what its last job came to, and the word follows from that.
void check_word(const fakes::Simulation& simulation, const fakes::StoredRun& run,
                const RecoveredTarget& target) {
    INFO(target.row.device << " " << to_text(target.disposition) << " " << run.reasons.at(target.row.device));
    for (const auto& [uid, job] : simulation.store().jobs()) {
        if (job.created.run != run.planned.run || job.created.device != target.row.device) continue;
        if (job.reason == "not_sent") continue;  // another followed
        if (job.reason == "unknown_dispatch") {
            CHECK(target.disposition == Disposition::unknown);  // killed before it was sent
            continue;
        }
        const auto place = static_cast<std::size_t>(job.created.step - 1);
        REQUIRE(place < target.ended.size());
        CHECK((job.status == JobStatus::failed) == runbook::is_bad(target.ended[place]));
    }
    if (target.disposition == Disposition::unknown) return;
    REQUIRE(target.ended.size() == 4);
    CHECK((target.ended[0] == runbook::StepEnd::failed) == (target.ended[1] != runbook::StepEnd::skipped));
    const bool has_warning =
        std::count(target.ended.begin(), target.ended.end(), runbook::StepEnd::warning) > 0;
    const auto word = runbook::is_bad(target.ended[3]) ? Disposition::failed
                      : has_warning                    ? Disposition::warning
                                                       : Disposition::succeeded;
    CHECK(target.disposition == word);
}

void check_run(const fakes::Simulation& simulation) {
    REQUIRE(simulation.store().runs().size() == 1);
    const auto& run = simulation.store().runs().begin()->second;
    CHECK(is_terminal(run.status));
    REQUIRE(run.targets.size() == 2);
    for (const auto& target : run.targets) {
        REQUIRE(target.disposition != Disposition::pending);
        check_word(simulation, run, target);
    }
}

}  // namespace

TEST_CASE("a kill after any one step of the engine loses no step of a target and makes none twice",
          "[engine][steps]") {
    std::uint64_t steps = 0;
    {
        fakes::Simulation undisturbed(one_run());
        undisturbed.run_for(minutes{6});
        steps = undisturbed.steps();
        undisturbed.run_for(minutes{30});
        check_run(undisturbed);
    }
    REQUIRE(steps > 50);
    for (std::uint64_t crash_at = 1; crash_at <= steps; ++crash_at) {
        auto plan = one_run();
        plan.crash_after = [crash_at](std::uint64_t step) { return step == crash_at; };
        fakes::Simulation simulation(std::move(plan));
        run_to_the_end(simulation);
        INFO("killed after step " << crash_at);
        check_at_most_once(simulation);
        check_run(simulation);
    }
}

TEST_CASE("kills at every kth step lose no step of a target and make none twice", "[engine][steps]") {
    for (const std::uint64_t k : {7U, 23U, 61U})
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            auto plan = one_run();
            plan.seed = seed;
            plan.crash_after = [k](std::uint64_t step) { return step % k == 0; };
            plan.crashes_until = minutes{6};
            fakes::Simulation simulation(std::move(plan));
            run_to_the_end(simulation);
            INFO("every " << k << " steps, seed " << seed);
            check_at_most_once(simulation);
            REQUIRE(simulation.store().runs().size() == 1);
            const auto& run = simulation.store().runs().begin()->second;
            CHECK(is_terminal(run.status));
            for (const auto& target : run.targets) CHECK(target.disposition != Disposition::pending);
        }
}

}  // namespace runbookd::engine
