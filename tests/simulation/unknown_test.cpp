// Lives in which answers get lost, and the activity log shows their jobs only hours after they were given up.
#include <map>
#include <tuple>

#include "catch.hpp"
#include "engine/finder.hpp"
#include "simulation/promises.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

runbook::Runbook every_ten_minutes(const std::string& name) {
    auto book = every_minute(name, minutes{50});
    book.schedule = schedule::Timeline(
        {schedule::Entry{.rule = *cron::Expression::parse("*/10 * * * *"), .zone = utc()}});
    book.overlap = runbook::OverlapPolicy::allow;
    return book;
}

void check_windows_and_budget(fakes::Simulation& simulation) {
    for (const auto& [name, at] : simulation.sent()) {
        const auto& job = simulation.store().jobs().at(*engine::job_in_name(name));
        CHECK(at < simulation.store().runs().at(job.created.run).planned.window_end);
    }
    CHECK(simulation.rmm().most_reads_in_a_window() <= 480);
    CHECK(simulation.rmm().most_creates_in_a_window() <= 80);
}

/// How many jobs Datto accepted for each target.
std::map<std::pair<RunUid, DeviceUid>, int> accepted_by_target(fakes::Simulation& simulation) {
    std::map<std::pair<RunUid, DeviceUid>, int> accepted;
    for (const auto& line : simulation.rmm().ledger()) {
        const auto& job = simulation.store().jobs().at(*engine::job_in_name(line.job_name));
        ++accepted[{job.created.run, line.device}];
    }
    return accepted;
}

}  // namespace

TEST_CASE("jobs that show up hours after they were given up revise their targets once, through kills",
          "[engine][simulation]") {
    std::size_t revised = 0, found = 0, unknown = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        fakes::SimulationPlan plan;
        plan.seed = seed;
        plan.devices = 8;
        plan.runbooks = {every_ten_minutes("sweep")};
        plan.faults.lost_before = 40;
        plan.faults.lost_after = 60;
        plan.faults.late_log = 500;
        plan.crash_after = [seed](std::uint64_t step) { return (step * 2654435761U + seed) % 211 == 0; };
        plan.crashes_until = hours{20};
        fakes::Simulation simulation(std::move(plan));
        simulation.run_for(hours{1});
        simulation.drop_schedules();
        simulation.run_for(hours{30});
        INFO("seed " << seed << ", " << simulation.crashes() << " crashes");
        CHECK(simulation.crashes() > 5);
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
        check_windows_and_budget(simulation);
        for (const auto& [uid, run] : simulation.store().runs()) revised += run.revised.size();
        for (const auto& [uid, job] : simulation.store().jobs()) {
            found += job.reason == "unknown_dispatch" && job.datto_job ? 1 : 0;
            unknown += job.reason == "unknown_dispatch" && !job.datto_job ? 1 : 0;
        }
        for (const auto& [target, count] : accepted_by_target(simulation)) CHECK(count == 1);
    }
    CHECK(found > 5);
    CHECK(revised == found);
    CHECK(unknown > 0);  // those never arrived
}

TEST_CASE("with redispatch a target that is unknown gets another job while its window is open",
          "[engine][simulation]") {
    std::size_t twice = 0, again = 0, held = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        fakes::SimulationPlan plan;
        plan.seed = seed;
        plan.devices = 8;
        plan.runbooks = {every_ten_minutes("sweep"), every_ten_minutes(kRedispatches)};
        plan.runbooks[1].on_unknown = runbook::OnUnknown::redispatch;
        plan.faults.lost_before = 40;
        plan.faults.lost_after = 60;
        plan.faults.late_log = 500;
        plan.crash_after = [seed](std::uint64_t step) { return (step * 2654435761U + seed) % 211 == 0; };
        plan.crashes_until = hours{20};
        fakes::Simulation simulation(std::move(plan));
        simulation.run_for(hours{1});
        simulation.drop_schedules();
        simulation.run_for(hours{30});
        INFO("seed " << seed << ", " << simulation.crashes() << " crashes");
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
        check_windows_and_budget(simulation);
        for (const auto& [target, count] : accepted_by_target(simulation)) {
            const auto& run = simulation.store().runs().at(target.first);
            if (run.planned.runbook == kRedispatches)
                twice += count > 1 ? 1 : 0;
            else
                CHECK(count == 1);
        }
        for (const auto& [uid, job] : simulation.store().jobs()) {
            const auto& run = simulation.store().runs().at(job.created.run);
            again += job.created.attempt > 1 ? 1 : 0;
            if (run.planned.runbook != kRedispatches) {
                held += job.reason == "unknown_dispatch" ? 1 : 0;
                CHECK(job.created.attempt == 1);
            }
        }
    }
    CHECK(again > 10);
    CHECK(twice > 3);  // the lost one had been accepted after all
    CHECK(held > 10);
}

}  // namespace runbookd::simulation
