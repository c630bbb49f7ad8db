// Lives full of time's troubles: clocks that are set, machines that sleep, months of downtime, pauses and
// blackouts, with and without kills.
#include <random>

#include "catch.hpp"
#include "simulation/promises.hpp"

namespace runbookd::simulation {
namespace {

using runbook::OverlapPolicy;
using schedule::CatchUp;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const UtcTime kStart = *parse_utc("2026-03-01T00:00:30Z");

schedule::Entry entry(const std::string& cron, CatchUp catch_up, Millis jitter = Millis{0}) {
    return {.rule = *cron::Expression::parse(cron), .zone = utc(), .jitter = jitter, .catch_up = catch_up};
}

/// Every second minute, put off by up to half a minute, held in the first 3 minutes of every ten.
runbook::Runbook busy(const std::string& name, OverlapPolicy overlap, CatchUp catch_up) {
    auto book = every_minute(name, minutes{4});
    std::vector<schedule::Entry> entries;
    entries.push_back(entry("*/2 * * * *", catch_up, seconds{30}));
    book.schedule = schedule::Timeline(std::move(entries));
    book.overlap = overlap;
    book.not_during = schedule::Blackouts(
        {{schedule::Recurring{*cron::Expression::parse("*/10 * * * *"), minutes{3}}, utc(), "busy"}});
    return book;
}

void check_time(fakes::Simulation& simulation, const std::vector<runbook::Runbook>& books, UtcTime until) {
    check_at_most_once(simulation);
    for (const auto& book : books) {
        INFO(book.name);
        check_nothing_went_out_while_held(simulation, book);
        check_each_instant_has_one_verdict(simulation, book, kStart, until);
    }
}

void set_pause(fakes::Simulation& simulation, const std::string& runbook, Millis span) {
    simulation.tell([&](engine::Engine& core, Instant now) {
        core.pause({runbook, now.utc + span, "testing", "alice"}, [](const Result<void>&) {}, now);
    });
}

}  // namespace

TEST_CASE("blackouts, pauses, jitter, queues and kills break no promise", "[engine][simulation]") {
    std::size_t held = 0, served = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        fakes::SimulationPlan plan;
        plan.seed = seed;
        plan.devices = 4;
        plan.runbooks = {busy("skip", OverlapPolicy::skip, CatchUp::latest),
                         busy("queue", OverlapPolicy::queue, CatchUp::all),
                         busy("allow", OverlapPolicy::allow, CatchUp::none),
                         busy("skip-run", OverlapPolicy::skip_run, CatchUp::latest)};
        plan.crash_after = [seed](std::uint64_t step) {
            return seed > 1 && (step * 2654435761U + seed) % 401 == 0;
        };
        plan.crashes_until = minutes{25};
        const auto books = plan.runbooks;
        fakes::Simulation simulation(std::move(plan));
        std::mt19937_64 random(seed);
        for (int i = 0; i < 15; ++i) {
            simulation.run_for(minutes{2});
            if (i % 4 == 1) set_pause(simulation, books[random() % 4].name, minutes{1 + random() % 5});
            if (i == 6) set_pause(simulation, "", minutes{2});
            if (i == 11) simulation.crash(minutes{3});
        }
        const auto until = simulation.now().utc;
        simulation.drop_schedules();
        simulation.run_for(hours{4});
        INFO("seed " << seed << ", " << simulation.crashes() << " crashes");
        check_time(simulation, books, until);
        check_nothing_lost(simulation);
        served += simulation.rmm().ledger().size();
        for (const auto& row : simulation.store().occurrences())
            held += row.reason == "paused" || row.reason == "blackout" ? 1 : 0;
    }
    CHECK(served > 100);
    CHECK(held > 10);
}

TEST_CASE("a clock that is set and set again breaks no promise", "[engine][simulation]") {
    const std::vector<std::vector<Millis>> stories{{hours{1}},
                                                   {-hours{1}},
                                                   {hours{24}},
                                                   {-hours{24}},
                                                   {hours{1}, -hours{1}},
                                                   {hours{24}, -hours{24}},
                                                   {-hours{1}, hours{1}},
                                                   {hours{24}, -hours{1}, -hours{23}},
                                                   {minutes{2}, -minutes{1}, hours{3}, -hours{2}}};
    for (std::size_t story = 0; story < stories.size(); ++story)
        for (const bool with_kills : {false, true}) {
            fakes::SimulationPlan plan;
            plan.seed = story + 1;
            plan.devices = 2;
            plan.runbooks = {every_minute("sweep", minutes{1})};
            plan.crash_after = [&](std::uint64_t step) { return with_kills && step % 67 == 0; };
            plan.crashes_until = minutes{40};
            const auto book = plan.runbooks[0];
            fakes::Simulation simulation(std::move(plan));
            simulation.run_for(minutes{6});
            auto newest = simulation.now().utc;
            for (const auto by : stories[story]) {
                simulation.step_clock(by, seconds{story % 2 == 0 ? 20 : 400});
                simulation.run_for(minutes{8});
                newest = std::max(newest, simulation.now().utc);
            }
            // Long enough for what was future twice to come by.
            simulation.run_for(std::max(newest - simulation.now().utc, Millis{0}) + minutes{2});
            const auto until = simulation.now().utc;
            simulation.drop_schedules();
            simulation.run_for(hours{1});
            INFO("story " << story << (with_kills ? " with kills" : "") << ", until " << format_utc(until));
            check_at_most_once(simulation);
            check_each_instant_has_one_verdict(simulation, book, kStart, until);
            for (const auto& [name, at] : simulation.sent()) CHECK_FALSE(name.empty());
        }
}

TEST_CASE("a suspend of eight hours and a stop of ten minutes make no burst", "[engine][simulation]") {
    for (const Millis span : {Millis{hours{8}}, Millis{minutes{10}}}) {
        fakes::SimulationPlan plan;
        plan.devices = 3;
        plan.runbooks = {every_minute("sweep", minutes{2})};
        const auto book = plan.runbooks[0];
        fakes::Simulation simulation(std::move(plan));
        simulation.run_for(minutes{3});
        const auto before = simulation.store().runs().size();
        simulation.stall(span);
        simulation.run_for(seconds{20});
        CHECK(simulation.store().runs().size() <= before + 1);
        simulation.run_for(minutes{3});
        const auto until = simulation.now().utc;
        simulation.drop_schedules();
        simulation.run_for(hours{1});
        check_each_instant_has_one_verdict(simulation, book, kStart, until);
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
    }
}

TEST_CASE("a month of downtime is one row, and judged in no time", "[engine][simulation]") {
    fakes::SimulationPlan plan;
    plan.devices = 2;
    auto book = every_minute("sweep", minutes{1});
    std::vector<schedule::Entry> entries;
    entries.push_back(entry("* * * * *", CatchUp::none));
    book.schedule = schedule::Timeline(std::move(entries));
    plan.runbooks = {book};
    fakes::Simulation simulation(std::move(plan));
    simulation.run_for(minutes{3});
    simulation.crash(hours{24 * 30});
    simulation.run_for(minutes{3});
    const auto until = simulation.now().utc;
    simulation.drop_schedules();
    simulation.run_for(hours{1});
    check_each_instant_has_one_verdict(simulation, book, kStart, until);
    std::int64_t longest = 0;
    for (const auto& row : simulation.store().occurrences()) longest = std::max(longest, row.count);
    CHECK(longest >= 43'199);
    CHECK(longest <= 43'201);
}

}  // namespace runbookd::simulation
