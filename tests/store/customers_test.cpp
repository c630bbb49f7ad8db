// What the record keeps of customers: whose a lane, a target and a site is; and what a start takes up of it.
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Verdict;

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;

engine::RevisionEffective with_lanes() {
    auto made = revision();
    made.resolved = R"({"lanes":{"acme":{"timezone":"UTC"}},"lanes_by":"customer"})";
    return made;
}

engine::RunPlanned lane_run(std::int64_t minute, const std::string& run, const std::string& customer,
                            const std::string& zone = "UTC") {
    auto plan = planned(run);
    plan.trigger = engine::Trigger::schedule;
    plan.zone = zone;
    plan.customer = customer;
    plan.group = "01GROUP";
    plan.nominal = at(minute * kMinute);
    return plan;
}

engine::OccurrenceDecided verdict(std::int64_t from, std::int64_t until, std::int64_t count,
                                  const std::string& customer, const std::string& zone = "UTC") {
    return {"clean",
            1,
            zone,
            at(from * kMinute),
            at(until * kMinute),
            count,
            Verdict::missed,
            "daemon_down",
            {},
            at(kHour),
            customer};
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("two lanes may be due at one instant, one lane may not be twice", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit(
        {with_lanes(), lane_run(0, "01A", "acme"), lane_run(0, "01B", "birch"), lane_run(0, "01N", "")});
    CHECK(rows(database, "SELECT run_uid, customer, group_uid, zone FROM run_history ORDER BY run_uid") ==
          Lines{"01A|acme|01GROUP|UTC", "01B|birch|01GROUP|UTC", "01N|NULL|01GROUP|UTC"});
    const auto state = open.store().load(at(kHour));
    REQUIRE(state);
    REQUIRE(state->runs.size() == 3);
    CHECK(state->runs[1].planned.customer == "birch");
    CHECK(state->runs[1].planned.group == "01GROUP");
    CHECK(state->runs[2].planned.customer.empty());
    SQLite::Database writer(database, SQLite::OPEN_READWRITE, 1000);
    CHECK_THROWS(
        writer.exec("INSERT INTO runs (run_uid, runbook, account, customer, zone, \"trigger\", actor, note, "
                    "scope, nominal_at, window_end, planned_at, status) SELECT '01X', runbook, account, "
                    "customer, zone, \"trigger\", '', '', '{}', nominal_at, 1, 1, 'planned' FROM runs"));
}

TEST_CASE("neighbours of one lane share a row, and another lane's verdict between them is in nobody's way",
          "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({with_lanes(), verdict(0, 2, 3, "acme"), verdict(1, 1, 1, "birch"), verdict(3, 3, 1, "acme"),
                 verdict(4, 4, 1, ""), verdict(5, 5, 1, "acme"), lane_run(6, "01A", "birch"),
                 verdict(7, 7, 1, "acme"), verdict(7, 7, 1, "birch")});
    CHECK(rows(database,
               "SELECT customer, substr(nominal_at, 15, 2), substr(nominal_until, 15, 2), count "
               "FROM occurrence_history ORDER BY customer, nominal_at") ==
          Lines{"NULL|04|04|1", "acme|00|07|6", "birch|01|01|1", "birch|07|07|1"});
    open.commit({engine::OccurrencesVoided{"clean", "UTC", at(2 * kMinute), at(kHour), "birch"}});
    CHECK(rows(database, "SELECT customer, count FROM occurrence_history ORDER BY customer, nominal_at") ==
          Lines{"NULL|1", "acme|6", "birch|1"});
}

TEST_CASE("a start takes up every lane by itself", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({with_lanes(), verdict(0, 4, 5, "acme"), verdict(2, 2, 1, "birch"),
                 verdict(9, 9, 1, "birch", "Europe/Berlin"), lane_run(7, "01A", "acme"),
                 lane_run(30, "01C", "cedar", "Asia/Tokyo"), verdict(1, 1, 1, "")});
    const auto state = open.store().load(at(kHour));
    REQUIRE(state);
    const auto& lanes = state->runbooks.at(0).lanes;
    Lines found;
    for (const auto& lane : lanes)
        found.push_back(lane.zone + " " + lane.customer + " " + format_utc(*lane.judged_until).substr(14, 2) +
                        " " + std::to_string(lane.missed.size()));
    CHECK(found == Lines{"Asia/Tokyo cedar 30 0", "Europe/Berlin birch 09 1", "UTC  01 1", "UTC acme 07 1",
                         "UTC birch 02 1"});
    for (const auto& lane : lanes) CHECK(lane.ahead.empty());

    const auto behind = open.store().load(at(3 * kMinute));  // the clock has been set back
    REQUIRE(behind);
    for (const auto& lane : behind->runbooks.at(0).lanes) {
        INFO(lane.zone << " " << lane.customer);
        CHECK(lane.ahead_from == at(3 * kMinute));
        CHECK(lane.ahead.size() == (lane.customer == "acme"               ? 2
                                    : lane.judged_until > at(3 * kMinute) ? 1
                                                                          : 0));
    }
    open.commit({revision("plain")});
    CHECK(open.store().load(at(kHour))->runbooks.at(1).lanes.empty());
}

TEST_CASE("a target keeps whose it was, a device is whose its site is now", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto start = started(2);
    start.targets[0].customer = "acme";
    engine::Device device;
    device.uid = DeviceUid("d1");
    device.hostname = "A";
    device.site_uid = SiteUid("s1");
    device.online = true;
    engine::FleetChanged fleet{"main", {{device, engine::FleetRow::Change::known_before, at()}}, {}, 1, at()};
    engine::SitesAssigned sites{"main", {{SiteUid("s1"), "acme"}, {SiteUid("s2"), "birch"}}, at()};
    open.commit({revision(), planned(), start, created(), fleet, sites});
    CHECK(rows(database, "SELECT device_uid, customer FROM target_ledger ORDER BY device_uid") ==
          Lines{"d1|acme", "d2|NULL"});
    CHECK(one(database, "SELECT customer FROM job_history") == "acme");
    CHECK(one(database, "SELECT customer FROM run_history") == "NULL");
    CHECK(one(database, "SELECT customer FROM device_fleet") == "acme");
    CHECK(one(database, "SELECT data FROM event_trail WHERE kind = 'customers.sites'") ==
          R"({"sites":{"s1":"acme","s2":"birch"}})");
    CHECK(open.store().load(at())->runs.at(0).targets.at(0).row.customer.str() == "acme");
    open.commit({engine::SitesAssigned{"main", {{SiteUid("s1"), "cedar"}, {SiteUid("s2"), ""}}, at()}});
    CHECK(one(database, "SELECT customer FROM device_fleet") == "cedar");
    CHECK(rows(database, "SELECT customer FROM target_ledger WHERE device_uid = 'd1'") == Lines{"acme"});
    const auto state = open.store().load(at());
    REQUIRE(state->sites.size() == 1);
    CHECK(state->sites[0].site == SiteUid("s1"));
    CHECK(state->sites[0].customer == "cedar");

    const auto of = [&](ports::View view, const std::string& customer) {
        return open.query(ask(view, [&](auto& query) { query.customer = customer; }))->rows.size();
    };
    CHECK(of(ports::View::targets, "acme") == 1);
    CHECK(of(ports::View::jobs, "acme") == 1);
    CHECK(of(ports::View::jobs, "birch") == 0);
    CHECK(of(ports::View::devices, "cedar") == 1);
}

TEST_CASE("a run that was narrowed to customers is narrowed after a restart", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto plan = planned();
    plan.scope.customers = {"acme", "birch"};
    open.commit({revision(), plan});
    CHECK(open.store().load(at())->runs.at(0).planned.scope == plan.scope);
}

TEST_CASE("verify reads whose verdicts and runs are", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    open.commit({with_lanes(), verdict(1, 1, 1, "acme"), verdict(1, 1, 1, ""), lane_run(2, "01B", "birch")});
    const auto slice = open.wait_for(open.store().slice("clean", at(), at(kHour)));
    REQUIRE(slice);
    REQUIRE(slice->occurrences.size() == 2);
    CHECK(slice->occurrences[0].customer == "acme");
    CHECK(slice->occurrences[1].customer.empty());
    REQUIRE(slice->open_runs.size() == 1);
    CHECK(slice->open_runs[0].customer == "birch");
}

}  // namespace runbookd::store_test
