// Lives in which the store is put back to an earlier state, with kills: what was created since is found, and
// nothing is created twice.
#include <map>
#include <set>

#include "catch.hpp"
#include "engine/finder.hpp"
#include "simulation/promises.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

fakes::SimulationPlan plan_of(std::uint64_t seed, std::size_t devices) {
    fakes::SimulationPlan plan;
    plan.seed = seed;
    plan.devices = devices;
    plan.runbooks = {every_minute("sweep", minutes{3})};
    plan.crashes_until = hours{2};
    return plan;
}

/// A person looks in now and then until it is accepted: a word that a kill has lost is said again.
void accept(fakes::Simulation& simulation) {
    for (int i = 0; i < 20 && !simulation.engine().restored().empty(); ++i) {
        simulation.accept_restore();
        simulation.run_for(minutes{1});
    }
    CHECK(simulation.engine().restored().empty());
    CHECK_FALSE(simulation.store().is_put_back);
}

/// Of what was due before the store was put back, nothing is created afterwards.
void check_nothing_again(fakes::Simulation& simulation, UtcTime put_back_at) {
    std::set<std::pair<UtcTime, DeviceUid>> served;
    for (const auto& accepted : simulation.upstream().ledger()) {
        const auto& job = simulation.store().jobs().at(*engine::job_in_name(accepted.job_name));
        const auto& run = simulation.store().runs().at(job.created.run).planned;
        INFO(accepted.job_name << " at " << format_utc(accepted.at));
        if (run.nominal) CHECK(served.emplace(*run.nominal, accepted.device).second);
        if (accepted.at > put_back_at) CHECK((run.nominal && *run.nominal > put_back_at));
    }
}

}  // namespace

TEST_CASE("a store that is put back learns of every job that was created since, through faults and kills",
          "[engine][simulation][restore]") {
    std::size_t found = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        auto plan = plan_of(seed, 6);
        plan.faults.lost_before = 20;
        plan.faults.lost_after = 40;
        plan.faults.server_error = 20;
        plan.crash_after = [seed](std::uint64_t step) { return (step * 2654435761U + seed) % 211 == 0; };
        fakes::Simulation simulation(std::move(plan));
        const auto first = *parse_utc("2026-03-01T00:01:00Z");
        simulation.run_for(seconds{150} + seconds{7} * seed);
        simulation.back_up();
        simulation.run_for(minutes{8});
        const auto put_back_at = simulation.now().utc;
        simulation.put_back(seconds{30});
        INFO("seed " << seed);
        simulation.run_for(minutes{4});
        for (const auto& note : simulation.store().notes()) found += note.kind == "job.found_after_restore";
        accept(simulation);
        const auto accepted_at = simulation.now().utc;
        simulation.run_for(minutes{3});
        simulation.drop_schedules();
        simulation.run_for(hours{1});
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
        check_nothing_again(simulation, put_back_at);
        check_every_minute_has_a_verdict(simulation, first, accepted_at);
    }
    CHECK(found > 100);
}

TEST_CASE("a kill after any step of the search loses nothing and takes nothing in twice",
          "[engine][simulation][restore]") {
    for (std::uint64_t at = 1; at <= 120; ++at) {
        std::uint64_t base = 0;
        auto plan = plan_of(3, 2);
        plan.crash_after = [&](std::uint64_t step) { return base != 0 && step == base + at; };
        fakes::Simulation simulation(std::move(plan));
        simulation.run_for(seconds{155});
        simulation.back_up();
        simulation.run_for(minutes{4});
        const auto put_back_at = simulation.now().utc;
        base = simulation.steps();
        simulation.put_back(seconds{10});
        simulation.run_for(minutes{1});
        INFO("killed after step " << at);
        accept(simulation);
        simulation.drop_schedules();
        simulation.run_for(hours{1});
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
        check_nothing_again(simulation, put_back_at);
    }
}

}  // namespace runbookd::simulation
