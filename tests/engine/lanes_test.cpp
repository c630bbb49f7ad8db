// A runbook with a schedule of its own for each customer or zone: every lane is due, late, missed and caught
// up by itself, and takes its own devices.
#include <algorithm>
#include <map>
#include <set>

#include "catch.hpp"
#include "engine/planner.hpp"
#include "fakes/engine_bench.hpp"
#include "fakes/stepped_zone.hpp"

namespace runbookd::engine {
namespace {

using fakes::blackout;
using fakes::clean_all;
using fakes::EngineBench;
using fakes::test_start;
using fakes::windows_server;
using fakes::zone_of;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

using ZonePointer = std::shared_ptr<const cron::Zone>;
using Lines = std::vector<std::string>;

UtcTime utc(const char* text) { return *parse_utc(text); }

ZonePointer berlin() {
    return zone_of("Europe/Berlin", hours{1},
                   fakes::SteppedZone::Change{utc("2026-03-29T01:00:00Z"), hours{2}});
}
ZonePointer new_york() {
    return zone_of("America/New_York", hours{-5},
                   fakes::SteppedZone::Change{utc("2026-03-08T07:00:00Z"), hours{-4}});
}

runbook::Lane lane(const std::string& customer, const std::string& cron, ZonePointer zone,
                   Millis window = {}) {
    schedule::Entry entry{.rule = *cron::Expression::parse(cron), .zone = std::move(zone)};
    entry.window =
        std::chrono::duration<std::uint32_t, std::milli>(static_cast<std::uint32_t>(window.count()));
    return {customer, schedule::Timeline({std::move(entry)}), {}, {}};
}

/// The texts make it the revision that it is.
runbook::Runbook with_lanes(std::vector<runbook::Lane> lanes, const std::string& text = "") {
    auto book = clean_all("patch");
    book.window = hours{1};
    book.lanes = runbook::Lanes{runbook::LanesBy::customer, "0 2 * * *", std::move(lanes)};
    book.resolved = "{\"lanes\":{}}" + text;
    return book;
}

Customers::Rules customers(const std::vector<std::pair<std::string, std::string>>& sites) {
    Customers::Rules rules;
    for (const auto& [name, site] : sites) {
        rules.customers[name].name = name;
        rules.customers[name].sites.push_back(site);
    }
    return rules;
}

Device on_site(const std::string& uid, const std::string& site) {
    auto device = windows_server(uid, "PC-" + uid);
    device.site_uid = SiteUid{site};
    device.site_name = "Site " + site;
    return device;
}

/// a has acme's device, b birch's, n nobody's.
struct Account : EngineBench {
    Account() : EngineBench({on_site("a", "s1"), on_site("b", "s3"), on_site("n", "s4")}) {
        sites = {{SiteUid{"s1"}, "Site s1", false},
                 {SiteUid{"s3"}, "Site s3", false},
                 {SiteUid{"s4"}, "Site s4", false}};
        set(customers({{"acme", "s1"}, {"birch", "s3"}}));
        JobResult done;
        done.status = DeploymentStatus::success;
        for (int n = 1; n < 200; ++n) results[DattoJobUid{"j" + std::to_string(n)}] = done;
    }
    void set(Customers::Rules rules) {
        tell([&](Engine& core, Instant now) { core.set_customers(std::move(rules), now); });
    }
    /// "nominal customer zone: device device", one for each run that began.
    [[nodiscard]] Lines runs() const {
        Lines lines;
        for (const auto& plan : all<RunPlanned>())
            for (const auto& started : all<RunStarted>()) {
                if (started.run != plan.run || !plan.nominal) continue;
                auto line =
                    format_utc(*plan.nominal).substr(5, 11) + " " + plan.customer + " " + plan.zone + ":";
                for (const auto& target : started.targets) line += " " + target.device.str();
                lines.push_back(line);
            }
        return lines;
    }
    /// "customer verdict reason count", of verdicts without a run.
    [[nodiscard]] Lines verdicts() const {
        Lines lines;
        for (const auto& one : all<OccurrenceDecided>())
            if (!one.run)
                lines.push_back(one.customer + " " + std::string(to_text(one.verdict)) + " " + one.reason +
                                " " + std::to_string(one.count));
        return lines;
    }
};

RecoveredState stored(const runbook::Runbook& book, UtcTime since) {
    RecoveredState state;
    state.runbooks.push_back({book.name, 1, book.yaml, book.resolved, since, false, {}, {}, {}});
    return state;
}

runbook::Runbook in_each_zone() {
    return with_lanes({lane("", "0 2 * * *", zone_of("UTC", hours{0})), lane("acme", "0 2 * * *", new_york()),
                       lane("birch", "0 2 * * *", berlin())});
}

}  // namespace

TEST_CASE("each customer is served at its own local time, also over a change of the clock",
          "[engine][lanes]") {
    Account bench;
    bench.start({in_each_zone()});
    bench.run_for(hours{24});
    CHECK(bench.runs() == Lines{"03-01T01:00 birch Europe/Berlin: b", "03-01T02:00  UTC: n",
                                "03-01T07:00 acme America/New_York: a"});
    bench.run_for(hours{24} * 28);
    const auto runs = bench.runs();
    // In New York 02:00 does not exist on the 8th: it is at 03:00, and from then on at 06:00 UTC.
    for (const auto* line : {"03-08T07:00 acme America/New_York: a", "03-09T06:00 acme America/New_York: a",
                             "03-28T01:00 birch Europe/Berlin: b", "03-29T01:00 birch Europe/Berlin: b"})
        CHECK(std::count(runs.begin(), runs.end(), line) == 1);
    CHECK(runs.size() == 29 * 3 + 1);  // the 30th is due in Berlin already
    for (const auto& plan : bench.all<RunPlanned>()) CHECK(plan.window_end == *plan.nominal + hours{1});
}

TEST_CASE("the runs of one local time are one group, and the same after a restart", "[engine][lanes]") {
    Account bench, again;
    auto plain = clean_all("plain");
    plain.schedule = fakes::schedule_of("5 * * * *");
    for (auto* one : {&bench, &again}) {
        one->start({in_each_zone(), plain});
        one->run_for(hours{31});
    }
    std::map<std::string, std::set<std::string>> groups;
    for (const auto& plan : bench.all<RunPlanned>()) {
        if (plan.runbook == "plain") {
            CHECK(plan.group.empty());
            continue;
        }
        CHECK(is_ulid(plan.group));
        groups[plan.group].insert(plan.customer);
    }
    REQUIRE(groups.size() == 2);
    for (const auto& [group, of] : groups) CHECK(of == std::set<std::string>{"", "acme", "birch"});
    std::set<std::string> others;
    for (const auto& plan : again.all<RunPlanned>())
        if (!plan.group.empty()) others.insert(plan.group);
    CHECK(others == std::set<std::string>{groups.begin()->first, groups.rbegin()->first});
    bench.run("patch");
    CHECK(bench.all<RunPlanned>().back().group.empty());
    CHECK(bench.all<RunPlanned>().back().customer.empty());
}

TEST_CASE("a run by hand takes the devices of all lanes", "[engine][lanes]") {
    Account bench;
    bench.start({with_lanes({lane("acme", "0 2 * * *", berlin())})});
    bench.run_for(seconds{5});
    bench.run("patch");
    bench.run_for(seconds{5});
    REQUIRE(bench.all<RunStarted>().size() == 1);
    CHECK(bench.all<RunStarted>()[0].targets.size() == 3);
    bench.run_for(hours{2});
    CHECK(bench.runs().back() == "03-01T01:00 acme Europe/Berlin: a");
}

TEST_CASE("lanes by zone take the devices of the customers of their zone", "[engine][lanes]") {
    Account bench;
    auto rules = customers({{"acme", "s1"}, {"birch", "s3"}});
    rules.customers["acme"].timezone = "America/New_York";
    rules.account_zone = "Europe/Berlin";
    rules.is_zone_written = true;
    bench.set(rules);
    auto book = with_lanes({lane("", "0 2 * * *", new_york()), lane("", "0 2 * * *", berlin())});
    book.lanes->by = runbook::LanesBy::site_zone;
    bench.start({book});
    bench.run_for(hours{24});
    CHECK(bench.runs() == Lines{"03-01T01:00  Europe/Berlin: b n", "03-01T07:00  America/New_York: a"});
    CHECK(bench.engine().site_problems().empty());
    rules.is_zone_written = false;
    bench.set(rules);
    bench.run_for(hours{1});
    REQUIRE(bench.engine().site_problems().size() == 1);
    CHECK(bench.engine().site_problems()[0] ==
          "runbook patch: `timezone: site` leaves out sites without a time zone: 'Site s3', 'Site s4'; give "
          "their customer or the account one");
    CHECK(bench.notes("runbook.sites_without_zone").size() == 1);
}

TEST_CASE("every lane has its own window, downtime and catching up", "[engine][lanes]") {
    Account bench;
    auto book = with_lanes({lane("acme", "30 23 * * *", zone_of("UTC", hours{0}), hours{3}),  // open still
                            lane("birch", "0 22 * * *", zone_of("UTC", hours{0}), minutes{90})});  // closed
    bench.start({book}, stored(book, test_start() - hours{49}));
    bench.run_for(minutes{1});
    CHECK(bench.verdicts() == Lines{"acme missed daemon_down 2", "birch missed daemon_down 2"});
    CHECK(bench.runs() == Lines{"02-28T23:30 acme UTC: a"});
    REQUIRE(bench.all<RunPlanned>().size() == 1);
    CHECK(bench.all<RunPlanned>()[0].caught_up);
    CHECK(bench.all<RunPlanned>()[0].window_end == utc("2026-03-01T02:30:00Z"));
}

TEST_CASE("a plan of one customer's occurrence has its lane's window", "[engine][lanes]") {
    Account bench;
    bench.start({with_lanes({lane("acme", "0 2 * * *", berlin(), hours{3})})});
    bench.run_for(seconds{5});
    PreviewOrder order;
    order.runbook = "patch";
    order.at = utc("2026-03-02T01:00:00Z");  // 2 o'clock in Berlin
    order.lane = LaneName{"Europe/Berlin", "acme"};
    std::optional<Result<Preview>> got;
    bench.tell([&](Engine& engine, Instant now) {
        engine.preview(order, [&](Result<Preview> preview) { got = std::move(preview); }, now);
    });
    bench.run_for(seconds{2});
    REQUIRE((got && *got));
    CHECK((*got)->customer == "acme");
    CHECK((*got)->zone == "Europe/Berlin");
    CHECK((*got)->window_end == *order.at + hours{3});
    REQUIRE((*got)->targets.size() == 1);
    CHECK((*got)->targets[0].row.device.str() == "a");
}

TEST_CASE("what the record knows of a lane is not judged again", "[engine][lanes]") {
    Account bench;
    auto book = with_lanes({lane("acme", "0 * * * *", zone_of("UTC", hours{0})),
                            lane("birch", "0 * * * *", zone_of("UTC", hours{0}))});
    auto state = stored(book, test_start() - hours{10});
    state.runbooks[0].lanes = {{"UTC", "acme", utc("2026-03-01T00:00:00Z"), {}, {}, {}},
                               {"UTC", "birch", utc("2026-02-28T20:00:00Z"), {}, {}, {}}};
    bench.start({book}, state);
    bench.run_for(minutes{1});
    CHECK(bench.verdicts() == Lines{"birch missed daemon_down 3"});
    CHECK(bench.runs() == Lines{"03-01T00:00 birch UTC: b"});
}

TEST_CASE("a stall is judged lane by lane", "[engine][lanes]") {
    Account bench;
    bench.start({with_lanes({lane("acme", "*/10 * * * *", zone_of("UTC", hours{0}), minutes{5}),
                             lane("birch", "*/10 * * * *", zone_of("UTC", hours{0}), hours{1})})});
    bench.run_for(seconds{10});
    bench.stall(minutes{36});
    bench.run_for(seconds{20});
    CHECK(bench.verdicts() == Lines{"acme missed daemon_stalled 3", "birch skipped catch_up 2"});
    CHECK(bench.runs() == Lines{"03-01T00:30 birch UTC: b"});
}

TEST_CASE("a reload adds, changes and takes away lanes, and leaves the others their times",
          "[engine][lanes]") {
    Account bench;
    const auto two = [](const char* birch_at, const std::string& text) {
        return with_lanes({lane("acme", "0 3 * * *", zone_of("UTC", hours{0})),
                           lane("birch", birch_at, zone_of("UTC", hours{0}))},
                          text);
    };
    bench.start({two("0 4 * * *", "")});
    bench.run_for(hours{1});
    const auto revision = [&] { return bench.engine().planner().find("patch")->revision; };
    bench.reload({two("0 4 * * *", "")});
    CHECK(revision() == 1);
    bench.reload({two("0 5 * * *", " later")});
    CHECK(revision() == 2);
    CHECK(bench.engine().planner().find("patch")->coming() == utc("2026-03-01T03:00:00Z"));
    bench.run_for(hours{4});
    CHECK(bench.runs() == Lines{"03-01T03:00 acme UTC: a", "03-01T05:00 birch UTC: b"});
    bench.reload({with_lanes({lane("birch", "0 5 * * *", zone_of("UTC", hours{0}))}, " without acme")});
    bench.run_for(hours{24});
    CHECK(bench.runs().size() == 3);
    bench.reload({two("0 5 * * *", " again")});
    bench.run_for(hours{24});
    CHECK(bench.runs().size() == 5);
    bench.reload({fakes::clean_every_minute("patch", minutes{1})});
    bench.run_for(minutes{2});
    CHECK(bench.all<RunPlanned>().back().customer.empty());
    CHECK(bench.all<RunPlanned>().back().group.empty());
    bench.reload({});
    bench.run_for(hours{48});
    const auto after = bench.all<RunPlanned>().size();
    bench.run_for(hours{48});
    CHECK(bench.all<RunPlanned>().size() == after);
}

TEST_CASE("no instant of a lane fires twice when the clock goes back over a change of lanes",
          "[engine][lanes]") {
    Account bench;
    const auto every_minute = [](const char* customer) {
        return lane(customer, "* * * * *", zone_of("UTC", hours{0}), minutes{1});
    };
    bench.start({with_lanes({every_minute(""), every_minute("acme"), every_minute("birch")})});
    bench.run_for(minutes{5});
    bench.step_clock(-minutes{3});
    bench.run_for(minutes{1});
    bench.reload({with_lanes({every_minute(""), every_minute("birch")}, " without acme")});
    bench.run_for(minutes{1});
    auto plain = fakes::clean_every_minute("patch", minutes{1});
    bench.reload({plain});
    bench.run_for(minutes{1});
    bench.reload({with_lanes({every_minute(""), every_minute("acme"), every_minute("birch")}, " again")});
    bench.run_for(minutes{9});
    std::map<std::tuple<std::string, std::string, UtcTime>, int> fired;
    for (const auto& run : bench.all<RunPlanned>()) {
        INFO(run.customer << " at " << format_utc(*run.nominal));
        CHECK(++fired[{run.zone, run.customer, *run.nominal}] == 1);
    }
    CHECK(fired.size() > 20);
}

TEST_CASE("what a clock ahead made missed is taken back, lane by lane", "[engine][lanes]") {
    Account bench;
    bench.start({with_lanes({lane("acme", "0 * * * *", zone_of("UTC", hours{0}), minutes{5}),
                             lane("birch", "30 * * * *", zone_of("UTC", hours{0}), minutes{5})})});
    bench.kernel_says({true, true});
    bench.run_for(seconds{10});
    bench.step_clock(hours{3} + minutes{15});
    bench.run_for(minutes{6});
    CHECK(bench.verdicts() == Lines{"acme missed clock_stepped 3", "birch missed clock_stepped 3"});
    bench.step_clock(-hours{3} - minutes{15});
    bench.run_for(minutes{6});
    const auto voided = bench.all<OccurrencesVoided>();
    REQUIRE(voided.size() == 2);
    CHECK(voided[0].customer == "acme");
    CHECK(voided[1].customer == "birch");
    bench.run_for(hours{1});
    CHECK(bench.runs() == Lines{"03-01T00:30 birch UTC: b", "03-01T01:00 acme UTC: a"});
}

TEST_CASE("blackouts of the lane's zone and customer skip its occurrences alone", "[engine][lanes]") {
    Account bench;
    auto acme = lane("acme", "0 1 * * *", zone_of("UTC", hours{0}));
    acme.customer_not_during = blackout("0 1 * * *", hours{1});
    auto birch = lane("birch", "0 1 * * *", zone_of("UTC", hours{0}));
    birch.not_during = blackout("0 1 * * *", minutes{30});
    bench.start({with_lanes({acme, birch})});
    bench.run_for(minutes{75});
    CHECK(bench.verdicts() == Lines{"acme skipped blackout 1"});
    CHECK(bench.runs() == Lines{"03-01T01:00 birch UTC: b"});
    CHECK(bench.calls<CreateQuickJob>().empty());
    bench.run_for(minutes{20});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("runs of different lanes are in nobody's way, of one they are", "[engine][lanes]") {
    Account bench;
    bench.results.clear();  // the jobs do not end
    auto book = with_lanes({lane("acme", "0 * * * *", zone_of("UTC", hours{0}), hours{3}),
                            lane("birch", "10 * * * *", zone_of("UTC", hours{0}), hours{3})});
    book.overlap = runbook::OverlapPolicy::skip_run;
    book.timeout = hours{10};
    bench.start({book});
    bench.run_for(hours{3});
    CHECK(bench.runs() == Lines{"03-01T00:10 birch UTC: b", "03-01T01:00 acme UTC: a"});
    CHECK(bench.verdicts() == Lines{"birch skipped overlap 1", "acme skipped overlap 1",
                                    "birch skipped overlap 1", "acme skipped overlap 1"});
    bench.run("patch");
    REQUIRE(bench.run_answers.size() == 1);
    CHECK(bench.run_answers[0].error().code == ErrorCode::refused_by_rule);
}

TEST_CASE("the verdict over a run that its guard refused is its lane's", "[engine][lanes][guard]") {
    Account bench;
    auto book = with_lanes({lane("acme", "0 2 * * *", berlin()), lane("birch", "0 2 * * *", berlin())});
    book.guard.min = 2;
    bench.start({book});
    bench.run_for(hours{2});
    std::vector<std::string> lanes;
    for (const auto& one : bench.all<OccurrenceDecided>()) {
        CHECK(one.verdict == Verdict::skipped);
        CHECK(one.reason == "guard");
        lanes.push_back(one.customer);
    }
    CHECK(lanes == Lines{"acme", "birch"});
}

TEST_CASE("dates in variables show the lane's local time", "[engine][lanes]") {
    Account bench;
    auto book = in_each_zone();
    book.variables.emplace("at", *templates::Template::parse("{{ occurrence.nominal_at | date('%H:%M') }}"));
    ComponentVariable at;
    at.name = "at";
    at.type = "string";
    bench.components[0].variables.push_back(at);
    bench.start({book});
    bench.run_for(hours{24});
    REQUIRE(bench.all<JobCreated>().size() == 3);
    for (const auto& job : bench.all<JobCreated>()) CHECK(job.variables.at("at") == "02:00");
}

TEST_CASE("200 customers with 200 windows: each device in one run, and in its customer's window",
          "[engine][lanes]") {
    constexpr int kCustomers = 200;
    std::vector<Device> devices;
    std::vector<Site> sites;
    Customers::Rules rules;
    std::vector<runbook::Lane> lanes;
    const auto name_of = [](int n) { return "c" + std::to_string(1000 + n); };
    for (int n = 0; n < kCustomers; ++n) {
        const auto site = "s" + std::to_string(1000 + n);
        sites.push_back({SiteUid{site}, "Site " + site, false});
        for (int d = 0; d < 3; ++d) devices.push_back(on_site(site + "d" + std::to_string(d), site));
        rules.customers[name_of(n)].name = name_of(n);
        rules.customers[name_of(n)].sites = {site};
        lanes.push_back(lane(name_of(n), std::to_string(n % 60) + " " + std::to_string(n % 24) + " * * *",
                             n % 2 == 0 ? berlin() : new_york(), hours{1} + minutes{n}));
    }
    EngineSettings settings;
    settings.limits_source = LimitsSource::off;
    EngineBench bench(devices, settings);
    bench.sites = sites;
    JobResult done;
    done.status = DeploymentStatus::success;
    for (int n = 1; n <= 3 * kCustomers; ++n) bench.results[DattoJobUid{"j" + std::to_string(n)}] = done;
    bench.tell([&](Engine& core, Instant now) { core.set_customers(rules, now); });
    bench.start({with_lanes(std::move(lanes))});
    bench.run_for(hours{24});
    std::map<std::string, RunPlanned> plans;
    for (const auto& plan : bench.all<RunPlanned>()) plans[plan.run.str()] = plan;
    CHECK(plans.size() == kCustomers);
    std::map<std::string, int> served;
    for (const auto& started : bench.all<RunStarted>()) {
        const auto& plan = plans.at(started.run.str());
        CHECK(started.targets.size() == 3);
        for (const auto& target : started.targets) {
            CHECK(target.customer.str() == plan.customer);
            CHECK(++served[target.device.str()] == 1);
        }
    }
    CHECK(served.size() == devices.size());
    for (const auto& [create, at] : bench.calls<CreateQuickJob>()) {
        const auto job = std::find_if(plans.begin(), plans.end(), [&](const auto& one) {
            return "s" + one.second.customer.substr(1) == create.device.str().substr(0, 5);
        });
        REQUIRE(job != plans.end());
        CHECK(at.utc >= *job->second.nominal);
        CHECK(at.utc < job->second.window_end);
    }
    CHECK(bench.calls<CreateQuickJob>().size() == devices.size());
}

}  // namespace runbookd::engine
