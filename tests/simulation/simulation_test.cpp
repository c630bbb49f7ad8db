#include "fakes/simulation.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "catch.hpp"
#include "engine/finder.hpp"
#include "engine/outcome.hpp"

namespace runbookd {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Not owned by anybody: utc_zone() lives as long as the program.
std::shared_ptr<const cron::Zone> utc() {
    return {&cron::utc_zone(), [](const cron::Zone*) {}};
}

runbook::Runbook every_minute(const std::string& name, Millis window) {
    runbook::Runbook runbook;
    runbook.name = name;
    runbook.account = "main";
    runbook.schedule =
        schedule::Timeline({schedule::Entry{.rule = *cron::Expression::parse("* * * * *"), .zone = utc()}});
    runbook.window = window;
    runbook.targets.include.push_back({.all = true});
    runbook.component = "Clean";
    runbook.yaml = "name: " + name;
    return runbook;
}

fakes::SimulationPlan small_plan() {
    fakes::SimulationPlan plan;
    plan.devices = 5;
    plan.runbooks = {every_minute("sweep", minutes{1})};
    return plan;
}

/// Runs the schedules for a while, then lets everything that is open come to its end.
void run_to_the_end(fakes::Simulation& simulation, Millis with_schedules) {
    simulation.run_for(with_schedules);
    simulation.drop_schedules();
    simulation.run_for(hours{1});
}

/// Promise 1: for each run and device at most one accepted create.
void check_at_most_once(fakes::Simulation& simulation) {
    std::set<std::pair<RunUid, DeviceUid>> served;
    for (const auto& accepted : simulation.rmm().ledger()) {
        const auto uid = engine::job_in_name(accepted.job_name);
        REQUIRE(uid);
        const auto job = simulation.store().jobs().find(*uid);
        REQUIRE(job != simulation.store().jobs().end());
        INFO("job " << *uid << " on " << accepted.device);
        CHECK(served.emplace(job->second.created.run, accepted.device).second);
        CHECK(job->second.created.device == accepted.device);
    }
}

/// What is recorded is what happened.
void check_true_end(fakes::Simulation& simulation, const std::string& name, const fakes::StoredJob& job) {
    const auto outcome = engine::outcome_of(*simulation.rmm().end_of(name));
    const auto& late = job.late_status;
    CHECK((late.empty() ? to_text(job.status) : std::string_view(late)) == to_text(outcome->status));
    const auto& run = simulation.store().runs().at(job.created.run);
    for (const auto& target : run.targets)
        if (target.row.device == job.created.device && late.empty())
            CHECK(target.disposition == outcome->disposition);
}

/// Promise 2: every target has a disposition, every accepted job its end and its output.
void check_nothing_lost(fakes::Simulation& simulation) {
    const auto& store = simulation.store();
    for (const auto& [uid, run] : store.runs()) {
        INFO("run " << uid << " " << to_text(run.status));
        CHECK(engine::is_terminal(run.status));
        for (const auto& target : run.targets) CHECK(target.disposition != engine::Disposition::pending);
    }
    std::set<JobUid> accepted;
    for (const auto& line : simulation.rmm().ledger()) {
        const auto& job = store.jobs().at(*engine::job_in_name(line.job_name));
        accepted.insert(*engine::job_in_name(line.job_name));
        INFO("job " << line.job_name << " " << to_text(job.status) << " " << job.reason);
        CHECK((engine::is_terminal(job.status) || !job.late_status.empty()));
        check_true_end(simulation, line.job_name, job);
        CHECK(job.reason != "unknown_dispatch");
        CHECK(job.out == simulation.rmm().output_of(line.job_name));
    }
    for (const auto& [uid, job] : store.jobs()) {
        INFO("job " << uid << " " << to_text(job.status) << " " << job.reason);
        CHECK((engine::is_terminal(job.status) || !job.late_status.empty()));
        CHECK((accepted.contains(uid) || job.reason == "unknown_dispatch" || job.reason == "window_closed" ||
               job.reason == "offline"));
    }
}

/// Every minute between the first and the last that was judged has exactly one verdict.
void check_every_minute_has_a_verdict(fakes::Simulation& simulation, UtcTime first, UtcTime last) {
    std::map<UtcTime, int> verdicts;
    for (const auto& occurrence : simulation.store().occurrences())
        for (auto at = occurrence.nominal; at <= occurrence.until; at += minutes{1}) ++verdicts[at];
    for (auto at = first; at <= last; at += minutes{1}) {
        INFO("minute " << format_utc(at));
        CHECK(verdicts[at] == 1);
    }
}

void check_inside_the_rules(fakes::Simulation& simulation) {
    for (const auto& [name, at] : simulation.sent()) {
        const auto& job = simulation.store().jobs().at(*engine::job_in_name(name));
        CHECK(at < simulation.store().runs().at(job.created.run).planned.window_end);
    }
    CHECK(simulation.rmm().most_reads_in_a_window() <= 480);
    CHECK(simulation.rmm().most_creates_in_a_window() <= 80);
    // Of each process at most 8 creates end unknown: those that were in flight when it was killed.
    std::vector<UtcTime> starts;
    for (const auto& note : simulation.store().notes())
        if (note.kind == "daemon.started") starts.push_back(note.at);
    std::map<std::size_t, int> unknown;
    for (const auto& [uid, job] : simulation.store().jobs()) {
        if (job.reason != "unknown_dispatch") continue;
        const auto next = std::upper_bound(starts.begin(), starts.end(), job.created.at);
        CHECK(++unknown[static_cast<std::size_t>(next - starts.begin())] <= 8);
    }
    // A device is known to be online by a reading at most a minute old (and a call takes a moment).
    for (const auto& accepted : simulation.rmm().ledger()) {
        const auto& job = simulation.store().jobs().at(*engine::job_in_name(accepted.job_name));
        if (simulation.store().runs().at(job.created.run).planned.runbook != "hold")
            CHECK(accepted.offline_for <= seconds{61});
    }
}

void check_promises(fakes::Simulation& simulation, UtcTime first, UtcTime last) {
    check_at_most_once(simulation);
    check_nothing_lost(simulation);
    check_every_minute_has_a_verdict(simulation, first, last);
    check_inside_the_rules(simulation);
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
