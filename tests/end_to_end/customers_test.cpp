// Two customers, one runbook: each is served in its own window, in one group, and held by its own blackout.
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/wait_for.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

constexpr Limit kOneMinuteAndSome{100'000};

constexpr const char* kFleet = R"(
pickup: 50ms..300ms
activity_log: {lag: 100ms..500ms}
sites:
  - {name: Acme HQ, devices: [{hostname: "ACME{n:02}", count: 3, os: Microsoft Windows 11 Pro}]}
  - {name: Birch, devices: [{hostname: BIRCH01, os: Microsoft Windows 11 Pro}]}
  - {name: Lone, devices: [{hostname: LONE01, os: Microsoft Windows 11 Pro}]}
components: [{name: Report, variables: [{name: whose, type: string}], script: 'echo "$HOSTNAME of $whose"'}]
)";

constexpr const char* kPatch = R"(
schedule: {maintenance: patch}
targets: {include: [{customer: [acme, birch]}]}
component: Report
variables: {whose: "{{ customer.name }}"}
)";

constexpr const char* kByHand = R"(
targets: {include: [{all: true}]}
component: Report
variables: {whose: "{{ customer.name | default('nobody') }}"}
)";

/// The daemon's settings with both customers; birch's blackout lasts for years, or there is none.
void write_customers(const World& world, bool with_blackout) {
    world.write_settings();
    std::ofstream settings(world.settings_file(), std::ios::app);
    settings << "customers:\n"
                "  acme: {sites: [\"Acme *\"], timezone: Europe/Berlin, windows: {patch: {cron: '* * * * *', "
                "for: 1m}}}\n"
                "  birch:\n"
                "    sites: [Birch]\n"
                "    timezone: Europe/Paris\n"
                "    windows: {patch: {cron: '* * * * *', for: 1m}}\n";
    if (with_blackout) settings << "    not_during: [{from: 2020-01-01, to: 2100-01-01, reason: a freeze}]\n";
}

}  // namespace

TEST_CASE("each customer is served in its own window and held by its own blackout", "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.write_runbook("patch", kPatch);
    world.write_runbook("by-hand", kByHand);
    world.start_sandbox();
    write_customers(world, true);
    world.start_daemon();

    // By hand, narrowed to a customer.
    const auto refused = world.ctl({"run", "by-hand", "--customer", "acm"});
    CHECK(refused.status == 1);
    CHECK(refused.err.find("did you mean 'acme'?") != std::string::npos);
    const auto by_hand = world.ctl({"run", "by-hand", "--customer", "acme", "--wait", "--json"});
    CHECK(by_hand.status == 0);
    CHECK(nlohmann::json::parse(by_hand.out)["succeeded"] == 3);
    const auto quick = world.ctl({"quickjob", "--device", "BIRCH01", "--component", "Report"});
    CHECK(quick.status == 4);
    CHECK(quick.err.find("customer birch: a freeze") != std::string::npos);
    const auto devices = nlohmann::json::parse(world.ctl({"devices", "--customer", "birch", "--json"}).out);
    REQUIRE(devices.size() == 1);
    CHECK(devices[0]["hostname"] == "BIRCH01");

    // By the schedule: acme's lane runs, birch's is suppressed.
    const auto store = world.store();
    const std::string skipped =
        "SELECT count(*) AS n FROM occurrence_history WHERE customer = 'birch' AND verdict = "
        "'skipped' AND reason = 'blackout'";
    const std::string served =
        "SELECT count(*) AS n FROM run_history WHERE runbook = 'patch' AND customer = ";
    const auto count = [&](const std::string& sql) { return std::stoi(store.rows(sql).at(0).at("n")); };
    REQUIRE(wait_for(
        [&] {
            return count(skipped) > 0 &&
                   count(served + "'acme' AND status = 'completed' AND succeeded = 3") > 0;
        },
        kOneMinuteAndSome, Limit{200}));
    CHECK(count(served + "'birch'") == 0);

    // The blackout goes with a reload, and both are of one group from then on: their clocks are alike.
    write_customers(world, false);
    world.daemon().signal(SIGHUP);
    REQUIRE(wait_for([&] { return count(served + "'birch' AND status = 'completed' AND succeeded = 1") > 0; },
                     kOneMinuteAndSome, Limit{200}));
    const auto groups = store.rows(
        "SELECT a.zone AS acme_zone, b.zone AS birch_zone, a.nominal_at = b.nominal_at AS together FROM "
        "run_history a "
        "JOIN run_history b USING (group_uid) WHERE a.customer = 'acme' AND b.customer = 'birch'");
    REQUIRE_FALSE(groups.empty());
    CHECK(groups[0].at("acme_zone") == "Europe/Berlin");
    CHECK(groups[0].at("birch_zone") == "Europe/Paris");
    CHECK(groups[0].at("together") == "1");
    CHECK(store.rows("SELECT max(revision) AS n FROM runbook_revisions WHERE runbook = 'patch'")
              .at(0)
              .at("n") == "2");
    CHECK(store.rows("SELECT max(revision) AS n FROM runbook_revisions WHERE runbook = 'by-hand'")
              .at(0)
              .at("n") == "1");
    for (const auto& row :
         store.rows("SELECT t.customer, t.hostname, j.stdout FROM target_ledger t JOIN job_history j "
                    "USING (run_uid, device_uid) WHERE j.status = 'completed'"))
        CHECK(row.at("stdout") == row.at("hostname") + " of " + row.at("customer") + "\n");
    CHECK(store.rows("SELECT DISTINCT customer FROM device_fleet WHERE hostname = 'LONE01'")
              .at(0)
              .at("customer") == kNull);
    const auto next =
        world.ctl_with_settings({"next", "patch", "--customer", "birch", "--count", "1", "--json"});
    CHECK(nlohmann::json::parse(next.out).at(0)["customer"] == "birch");

    // A restart goes on where it was.
    CHECK(world.stop_daemon() == 0);
    world.start_daemon();
    const auto lanes =
        nlohmann::json::parse(world.ctl({"runbooks", "--runbook", "patch", "--json"}).out).at(0)["lanes"];
    REQUIRE(lanes.size() == 2);
    CHECK(lanes[0]["customer"] == "acme");
    const auto verified = world.ctl({"verify"});
    INFO(verified.out);
    CHECK(verified.status == 0);
    CHECK(store
              .rows("SELECT runbook, zone, customer, nominal_at FROM run_history WHERE trigger = 'schedule' "
                    "GROUP BY 1, 2, 3, 4 HAVING count(*) > 1")
              .empty());
    CHECK(world.stop_daemon() == 0);
}

}  // namespace runbookd::end_to_end
