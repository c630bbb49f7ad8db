#include "fakes/simulation.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "catch.hpp"
#include "simulation/promises.hpp"

namespace runbookd {
namespace {

using simulation::check_at_most_once;
using simulation::check_every_minute_has_a_verdict;
using simulation::check_inside_the_rules;
using simulation::check_nothing_lost;
using simulation::check_promises;
using simulation::every_minute;
using simulation::run_to_the_end;
using simulation::utc;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

fakes::SimulationPlan small_plan() {
    fakes::SimulationPlan plan;
    plan.devices = 5;
    plan.runbooks = {every_minute("sweep", minutes{1})};
    return plan;
}

const UtcTime kFirst = *parse_utc("2026-03-01T00:01:00Z");

}  // namespace

TEST_CASE("an undisturbed run serves every device once and keeps every output", "[engine][simulation]") {
    fakes::Simulation simulation(small_plan());
    run_to_the_end(simulation, minutes{5});
    CHECK(simulation.rmm().ledger().size() >= 5);
    check_promises(simulation, kFirst, *parse_utc("2026-03-01T00:05:00Z"));
    for (const auto& occurrence : simulation.store().occurrences())
        CHECK(occurrence.verdict == engine::Verdict::on_time);
}

TEST_CASE("a crash after any one step breaks no promise", "[engine][simulation]") {
    std::uint64_t steps = 0;
    {
        fakes::Simulation undisturbed(small_plan());
        undisturbed.run_for(minutes{3});
        steps = undisturbed.steps();
    }
    REQUIRE(steps > 100);
    for (std::uint64_t crash_at = 1; crash_at <= steps; ++crash_at) {
        auto plan = small_plan();
        plan.crash_after = [crash_at](std::uint64_t step) { return step == crash_at; };
        fakes::Simulation simulation(std::move(plan));
        run_to_the_end(simulation, minutes{3});
        INFO("crash after step " << crash_at);
        CHECK(simulation.crashes() == 1);
        check_promises(simulation, kFirst, *parse_utc("2026-03-01T00:03:00Z"));
    }
}

TEST_CASE("crashes at every kth step break no promise", "[engine][simulation]") {
    for (const std::uint64_t k : {2U, 3U, 5U, 7U, 11U, 23U, 101U}) {
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            auto plan = small_plan();
            plan.seed = seed;
            plan.crash_after = [k](std::uint64_t step) { return step % k == 0; };
            plan.crashes_until = minutes{6};
            fakes::Simulation simulation(std::move(plan));
            run_to_the_end(simulation, minutes{10});
            INFO("every " << k << " steps, seed " << seed << ", " << simulation.crashes() << " crashes");
            check_promises(simulation, kFirst, *parse_utc("2026-03-01T00:10:00Z"));
        }
    }
}

TEST_CASE("faults and crashes together break no promise", "[engine][simulation]") {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        auto plan = small_plan();
        plan.seed = seed;
        plan.devices = 12;
        plan.faults = {20, 20, 20, 20, 3};
        plan.crash_after = [seed](std::uint64_t step) { return (step * 2654435761U + seed) % 97 == 0; };
        fakes::Simulation simulation(std::move(plan));
        run_to_the_end(simulation, minutes{12});
        INFO("seed " << seed << ", " << simulation.crashes() << " crashes");
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
        check_every_minute_has_a_verdict(simulation, kFirst, *parse_utc("2026-03-01T00:12:00Z"));
        CHECK(simulation.rmm().most_creates_in_a_window() <= 80);
        CHECK(simulation.rmm().most_reads_in_a_window() <= 480);
    }
}

TEST_CASE("people, offline devices, outages and reloads between crashes break no promise",
          "[engine][simulation]") {
    std::size_t accepted = 0, unsure = 0, skipped = 0, late = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        auto plan = small_plan();
        plan.seed = seed;
        plan.devices = 14;
        plan.faults = {5, 5, 5, 5, 1};
        plan.runbooks = {every_minute("sweep", minutes{3})};
        auto hold = every_minute("hold", minutes{4});
        hold.schedule.reset();
        hold.offline = runbook::OfflinePolicy::dispatch;
        plan.runbooks.push_back(hold);
        plan.crash_after = [seed](std::uint64_t step) { return (step * 2654435761U + seed) % 211 == 0; };
        plan.crashes_until = minutes{14};
        const auto runbooks = plan.runbooks;
        fakes::Simulation simulation(std::move(plan));
        std::mt19937_64 random(seed);
        std::vector<RunUid> runs;
        std::vector<JobUid> jobs;
        for (int i = 0; i < 30; ++i) {
            simulation.run_for(seconds{30});
            simulation.rmm().set_online(random() % 14, random() % 3 != 0, simulation.now().utc);
            if (i == 9) simulation.rmm().go_down(simulation.now().utc + minutes{2});
            if (i % 7 == 3) {
                auto edited = runbooks;
                edited[0].yaml += "\n# edit " + std::to_string(i);
                simulation.reload(edited);
            }
            if (i % 5 == 1)
                simulation.tell([&](engine::Engine& core, Instant now) {
                    core.start_run(
                        {"hold", {}, "", "alice"},
                        [&](Result<RunUid> run) {
                            if (run) runs.push_back(*run);
                        },
                        now);
                });
            if (i % 2 == 0)
                simulation.tell([&](engine::Engine& core, Instant now) {
                    core.quick_job(
                        {"d" + std::to_string(random() % 14), "Clean", {}, "alice"},
                        [&](Result<engine::QuickJobStarted> job) {
                            if (job) jobs.push_back(job->job);
                        },
                        now);
                });
            if (i % 6 == 1) simulation.crash();  // before what was just asked for is durable
        }
        simulation.drop_schedules();
        for (std::size_t i = 0; i < 14; ++i) simulation.rmm().set_online(i, true, simulation.now().utc);
        simulation.run_for(hours{4});
        INFO("seed " << seed << ", " << simulation.crashes() << " crashes");
        CHECK(simulation.crashes() > 5);
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
        check_every_minute_has_a_verdict(simulation, kFirst, *parse_utc("2026-03-01T00:15:00Z"));
        check_inside_the_rules(simulation);
        // Nothing that was acknowledged is lost.
        for (const auto& run : runs) CHECK(simulation.store().runs().contains(run));
        for (const auto& job : jobs) CHECK(simulation.store().jobs().contains(job));
        CHECK(runs.size() >= 2);
        CHECK(jobs.size() >= 3);
        accepted += simulation.rmm().ledger().size();
        for (const auto& [uid, job] : simulation.store().jobs()) {
            unsure += job.reason == "unknown_dispatch" ? 1 : 0;
            late += job.late_status.empty() ? 0 : 1;
        }
        for (const auto& [uid, run] : simulation.store().runs())
            for (const auto& target : run.targets)
                skipped += target.disposition == engine::Disposition::skipped ? 1 : 0;
    }
    // The story was told: all of this happened.
    CHECK(accepted > 500);
    CHECK(unsure > 0);
    CHECK(late > 0);
    CHECK(skipped > 50);
}

TEST_CASE("a fleet larger than its budget, on a disk that stands still at times, breaks no promise",
          "[engine][simulation]") {
    std::size_t most_creates = 0, expired = 0, offline = 0, crashes = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        auto plan = small_plan();
        plan.seed = seed;
        plan.devices = 200;
        plan.runbooks = {every_minute("sweep", minutes{3})};
        plan.runbooks[0].schedule = schedule::Timeline(
            {schedule::Entry{.rule = *cron::Expression::parse("*/5 * * * *"), .zone = utc()}});
        plan.slow_commits = 12;
        // Often, or so seldom that what was read at a start grows old.
        plan.crash_after = [seed](std::uint64_t step) {
            return (step * 2654435761U + seed) % (seed % 2 == 0 ? 607 : 4001) == 0;
        };
        plan.crashes_until = minutes{12};
        fakes::Simulation simulation(std::move(plan));
        std::mt19937_64 random(seed);
        for (int i = 0; i < 72; ++i) {
            simulation.run_for(seconds{10});
            for (int k = 0; k < 6; ++k)
                simulation.rmm().set_online(random() % 200, random() % 4 != 0, simulation.now().utc);
        }
        simulation.drop_schedules();
        for (std::size_t i = 0; i < 200; ++i) simulation.rmm().set_online(i, true, simulation.now().utc);
        simulation.run_for(hours{3});
        INFO("seed " << seed << ", " << simulation.crashes() << " crashes");
        crashes += simulation.crashes();
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
        check_inside_the_rules(simulation);
        most_creates = std::max(most_creates, simulation.rmm().most_creates_in_a_window());
        for (const auto& [uid, run] : simulation.store().runs())
            for (const auto& target : run.targets) {
                expired += target.disposition == engine::Disposition::expired ? 1 : 0;
                offline += target.disposition == engine::Disposition::skipped ? 1 : 0;
            }
    }
    CHECK(crashes > 20);
    CHECK(most_creates > 70);  // the budget was what held it back
    CHECK(expired > 0);
    CHECK(offline > 0);
}

}  // namespace runbookd
