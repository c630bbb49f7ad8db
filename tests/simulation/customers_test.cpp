// Lives of runbooks with a schedule for each customer: crashes, downtime, clocks that are set, customers that
// come, move and go; and `verify` over the whole of it.
#include <map>
#include <random>
#include <tuple>

#include "catch.hpp"
#include "fakes/stepped_zone.hpp"
#include "simulation/promises.hpp"
#include "verify/check.hpp"

namespace runbookd::simulation {
namespace {

using fakes::zone_of;
using schedule::CatchUp;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Begins before the clocks of both zones change.
const UtcTime kStart = *parse_utc("2026-03-01T00:00:30Z");
const UtcTime kChange = *parse_utc("2026-03-15T01:00:00Z");

std::shared_ptr<const cron::Zone> zone(int n) {
    static const std::vector<std::shared_ptr<const cron::Zone>> zones{
        zone_of("East", hours{1}, fakes::SteppedZone::Change{kChange, hours{2}}),
        zone_of("West", hours{-5}, fakes::SteppedZone::Change{kChange + hours{24}, hours{-4}}), utc()};
    return zones.at(static_cast<std::size_t>(n));
}

runbook::Lane lane(const std::string& customer, const std::string& cron, int in_zone, Millis window = {}) {
    schedule::Entry entry{.rule = *cron::Expression::parse(cron), .zone = zone(in_zone)};
    entry.window =
        std::chrono::duration<std::uint32_t, std::milli>(static_cast<std::uint32_t>(window.count()));
    return {customer, schedule::Timeline({std::move(entry)}), {}, {}};
}

/// `number` tells texts apart.
runbook::Runbook with_lanes(std::vector<runbook::Lane> lanes, int number) {
    auto book = every_minute("patch", hours{2});
    book.schedule.reset();
    book.lanes = runbook::Lanes{runbook::LanesBy::customer, "lanes", std::move(lanes)};
    book.resolved = "{\"lanes\":{}," + std::to_string(number) + "}";
    return book;
}

/// Three customers and the others; what each of them has changes from version to version.
runbook::Runbook version(int number) {
    std::vector<runbook::Lane> lanes{lane("", "30 */4 * * *", 2)};
    if (number % 3 != 1) lanes.push_back(lane("acme", "0 2,14 * * *", number % 2, hours{3}));
    lanes.push_back(lane("birch", number % 2 == 0 ? "0 */6 * * *" : "15 */6 * * *", 1, minutes{20}));
    if (number > 1) lanes.push_back(lane("cedar", "0 2 * * *", 0));
    lanes.back().customer_not_during = schedule::Blackouts(
        {{schedule::Recurring{*cron::Expression::parse("0 0 * * SAT"), hours{24}}, zone(2), ""}});
    return with_lanes(std::move(lanes), number);
}

engine::Customers::Rules customers() {
    engine::Customers::Rules rules;
    for (const auto& [name, site] :
         {std::pair{"acme", "s0"}, std::pair{"birch", "s1"}, std::pair{"cedar", "s2"}}) {
        rules.customers[name].name = name;
        rules.customers[name].sites = {site};
    }
    return rules;
}

/// What `verify` says of the simulated record.
verify::Report verified(const fakes::SimulatedStore& store, const std::vector<verify::Revision>& revisions,
                        UtcTime now) {
    verify::Slice slice{kStart - hours{1}, now, {}, {}, {}, {}};
    for (const auto& row : store.occurrences()) {
        verify::Occurrence one{row.revision, row.zone,   row.nominal, row.until,   row.count,
                               row.verdict,  row.reason, {},          row.customer};
        if (row.run) {
            const auto& run = store.runs().at(*row.run);
            one.run =
                verify::RunFacts{row.run->str(), run.planned.nominal, run.planned.starts_at, run.started_at};
        }
        slice.occurrences.push_back(std::move(one));
        slice.judged_until = std::max(slice.judged_until.value_or(row.until), row.until);
    }
    std::stable_sort(slice.occurrences.begin(), slice.occurrences.end(),
                     [](const auto& a, const auto& b) { return a.nominal < b.nominal; });
    verify::Report report;
    verify::check("patch", revisions, slice, {now, kStart}, report);
    return report;
}

void check_one_run_for_each_lane_and_instant(const fakes::SimulatedStore& store) {
    std::map<std::tuple<std::string, std::string, UtcTime>, int> fired;
    const std::map<std::string, std::string> site_of{
        {"acme", "s0"}, {"birch", "s1"}, {"cedar", "s2"}, {"", "s3"}};
    for (const auto& [uid, run] : store.runs()) {
        if (!run.planned.nominal) continue;
        INFO(run.planned.customer << " at " << format_utc(*run.planned.nominal));
        CHECK(++fired[{run.planned.zone, run.planned.customer, *run.planned.nominal}] == 1);
        for (const auto& target : run.targets) {
            CHECK(target.row.site_uid.str() == site_of.at(run.planned.customer));
            CHECK(target.row.customer.str() == run.planned.customer);
        }
    }
}

}  // namespace

TEST_CASE("a month of lanes with crashes, reloads and downtime is explained to the last instant",
          "[engine][simulation][customers]") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        fakes::SimulationPlan plan;
        plan.seed = seed;
        plan.devices = 8;
        plan.sites = 4;
        plan.customers = customers();
        plan.runbooks = {version(0)};
        plan.crash_after = [seed](std::uint64_t step) {
            return seed > 1 && (step * 2654435761U + seed) % 4001 == 0;
        };
        plan.crashes_until = hours{24 * 29};
        fakes::Simulation simulation(std::move(plan));
        std::vector<verify::Revision> revisions{
            {1, kStart, {}, std::make_shared<const runbook::Runbook>(version(0)), ""}};
        std::mt19937_64 random(seed);
        for (int number = 1; number <= 6; ++number) {
            simulation.run_for(hours{24 * 4} + minutes{random() % 2000});
            if (number == 2) simulation.crash(hours{5});
            if (number == 4) simulation.crash(hours{60});
            if (number == 5) simulation.stall(hours{9});
            revisions.back().until = simulation.now().utc;
            revisions.push_back({number + 1,
                                 simulation.now().utc,
                                 {},
                                 std::make_shared<const runbook::Runbook>(version(number)),
                                 ""});
            simulation.reload({version(number)});
        }
        const auto until = simulation.now().utc;
        simulation.drop_schedules();
        revisions.back().until = until;
        simulation.run_for(hours{6});
        INFO("seed " << seed << ", " << simulation.crashes() << " crashes");
        const auto report = verified(simulation.store(), revisions, simulation.now().utc);
        for (const auto& finding : report.findings)
            UNSCOPED_INFO(verify::to_text(finding.kind)
                          << " " << finding.customer << " " << format_utc(finding.nominal) << " "
                          << finding.message);
        CHECK(report.unexplained == 0);
        CHECK(report.pending == 0);
        CHECK(report.instants > 300);
        check_one_run_for_each_lane_and_instant(simulation.store());
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
    }
}

TEST_CASE("a clock that is set breaks no promise to any lane", "[engine][simulation][customers]") {
    for (const auto& story : std::vector<std::vector<Millis>>{
             {hours{24}, -hours{24}}, {-hours{7}, hours{7}}, {hours{24}, -hours{5}, -hours{19}}, {hours{9}}})
        for (const bool with_kills : {false, true}) {
            fakes::SimulationPlan plan;
            plan.devices = 4;
            plan.sites = 4;
            plan.customers = customers();
            plan.runbooks = {version(0)};
            plan.crash_after = [=](std::uint64_t step) { return with_kills && step % 97 == 0; };
            plan.crashes_until = hours{40};
            fakes::Simulation simulation(std::move(plan));
            simulation.run_for(hours{7});
            auto newest = simulation.now().utc;
            for (const auto by : story) {
                simulation.step_clock(by);
                simulation.run_for(hours{3});
                newest = std::max(newest, simulation.now().utc);
            }
            simulation.run_for(std::max(newest - simulation.now().utc, Millis{0}) + hours{7});
            const auto until = simulation.now().utc;
            simulation.drop_schedules();
            simulation.run_for(hours{6});
            const std::vector<verify::Revision> revisions{
                {1, kStart, until, std::make_shared<const runbook::Runbook>(version(0)), ""}};
            const auto report = verified(simulation.store(), revisions, simulation.now().utc);
            for (const auto& finding : report.findings)
                UNSCOPED_INFO(verify::to_text(finding.kind)
                              << " " << finding.customer << " " << format_utc(finding.nominal) << " "
                              << finding.message);
            CHECK(report.unexplained == 0);
            CHECK(report.instants > 5);
            check_one_run_for_each_lane_and_instant(simulation.store());
            check_at_most_once(simulation);
        }
}

}  // namespace runbookd::simulation
