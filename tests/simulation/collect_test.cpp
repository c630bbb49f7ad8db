// Rows that jobs print, through crashes: the end of a job is never there without them.
#include "catch.hpp"
#include "engine/finder.hpp"
#include "simulation/promises.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::minutes;

fakes::SimulationPlan collecting() {
    fakes::SimulationPlan plan;
    plan.devices = 2;
    plan.runbooks = {every_minute("sweep", minutes{1})};
    plan.runbooks[0].collects_rows = true;
    return plan;
}

/// Every accepted job has ended, with the one row that it printed.
void check_rows(fakes::Simulation& simulation) {
    const auto& jobs = simulation.store().jobs();
    for (const auto& line : simulation.rmm().ledger()) {
        const auto& job = jobs.at(*engine::job_in_name(line.job_name));
        CHECK(job.out);
        CHECK(job.rows == std::vector<std::string>{R"({"job":")" + line.job_name + "\"}"});
    }
}

}  // namespace

TEST_CASE("a crash after any one step loses no row", "[engine][simulation][collect]") {
    std::uint64_t steps = 0;
    {
        fakes::Simulation undisturbed(collecting());
        undisturbed.run_for(minutes{2});
        steps = undisturbed.steps();
    }
    REQUIRE(steps > 20);
    std::size_t accepted = 0;
    for (std::uint64_t crash_at = 1; crash_at <= steps; ++crash_at) {
        auto plan = collecting();
        plan.crash_after = [crash_at](std::uint64_t step) { return step == crash_at; };
        fakes::Simulation simulation(std::move(plan));
        run_to_the_end(simulation, minutes{2});
        INFO("crash after step " << crash_at);
        // A kill between intent and create can leave none: its targets are unknown, and the next run leaves
        // them alone.
        accepted += simulation.rmm().ledger().size();
        check_rows(simulation);
    }
    CHECK(accepted > steps);
}

}  // namespace runbookd::simulation
