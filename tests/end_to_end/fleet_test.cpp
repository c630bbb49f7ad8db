// One mixed fleet: who is a target, who is kept out and why, who is new and who is gone.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/wait_for.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

/// `newcomer` is a line of the site's devices.
std::string fleet_with(const std::string& newcomer) {
    return R"(
pickup: 20ms..50ms
activity_log: {lag: 100ms..200ms}
limits: off
sites:
  - name: Acme
    devices:
      - {hostname: SRV01, os: Microsoft Windows Server 2022, type: Server, domain: corp, udf: {5: gold}}
      - {hostname: SRV02, os: Microsoft Windows Server 2019, type: Server, reboot_required: true, patch_status: RebootRequired}
      - {hostname: TWIN, os: Microsoft Windows 11 Pro, uid: twin-of-acme}
      - {hostname: AWAY, os: Microsoft Windows 11 Pro, online: false, last_seen: 2d}
      - {hostname: LONG-GONE, os: Microsoft Windows 11 Pro, online: false, last_seen: 200d}
      - {hostname: OLD, os: Microsoft Windows 10 Pro, deleted: true}
      - {hostname: STOPPED, os: Microsoft Windows 10 Pro, suspended: true}
      - {hostname: PRINTER, os: Microsoft Windows Embedded, class: printer, type: Printer}
      - {hostname: LAB-01, os: Microsoft Windows 11 Pro}
)" + newcomer +
           R"(
  - name: Birch
    devices:
      - {hostname: TWIN, os: Microsoft Windows 11 Pro, uid: twin-of-birch}
      - {hostname: NAS, os: Debian}
  - {name: Visitors, on_demand: true, devices: [{hostname: GUEST, os: Microsoft Windows 11 Home}]}
components:
  - {name: Hello, script: 'echo "hello from $HOSTNAME"'}
filters:
  - {name: All Windows, os: "*Windows*", default: true}
  - {name: Twice, hostname: NAS}
  - {name: Twice, hostname: SRV01}
)";
}

std::string runbook(const std::string& targets) {
    return "component: Hello\noffline: skip\ntargets: " + targets + "\n";
}

class FleetWorld : public World {
public:
    FleetWorld() {
        write_fleet(fleet_with(""));
        start_sandbox();
        write_settings({.fleet_refresh = "1s", .limits = "off"});
    }
    /// The targets of a whole run: "hostname@site …", and what was kept out: "hostname:rule …".
    [[nodiscard]] std::pair<std::string, std::string> selected_by(const std::string& name) const {
        const auto run = start_run(name);
        last_status = end_of_run(run);
        last_run = run;
        const auto where = " WHERE run_uid = '" + run + "' ORDER BY hostname, site_name";
        std::pair<std::string, std::string> found;
        for (const auto& row : store().rows("SELECT * FROM target_ledger" + where))
            found.first += row.at("hostname") + "@" + row.at("site_name") + " ";
        for (const auto& row : store().rows("SELECT * FROM target_exclusions" + where))
            found.second += row.at("hostname") + ":" + row.at("rule") + " ";
        return found;
    }
    mutable std::string last_run, last_status;
};

using Selected = std::pair<std::string, std::string>;

}  // namespace

TEST_CASE("a mixed fleet gives exactly the targets and exclusions that each runbook says", "[end_to_end]") {
    FleetWorld world;
    world.write_runbook("windows", runbook(R"({include: [{filter: All Windows}],
      exclude: [{hostname: NOBODY}, {hostname: ["LAB-*"]}, {last_seen: {not: {within: 90d}}}]})"));
    world.write_runbook("servers", runbook("{include: [{device_type: server, domain: corp, udf: {5: GOLD}},"
                                           "{reboot_required: true, patch_status: Reboot*}]}"));
    world.write_runbook("not-windows", runbook("{include: [{os: {not: '*Windows*'}, online: true}]}"));
    world.write_runbook("new", runbook("{include: [{first_seen: {within: 7d}}]}"));
    world.write_runbook("lost", runbook("{include: [{filter: Al Windows}]}"));
    world.write_runbook("two", runbook("{include: [{filter: Twice}]}"));
    world.start_daemon();

    CHECK(world.selected_by("windows") ==
          Selected{"AWAY@Acme SRV01@Acme SRV02@Acme TWIN@Acme TWIN@Birch ",
                   "GUEST:on_demand LAB-01:exclude LONG-GONE:exclude OLD:deleted PRINTER:class "
                   "STOPPED:suspended "});
    const auto store = world.store();
    CHECK(store.rows("SELECT reason FROM target_exclusions WHERE hostname = 'LAB-01'").at(0).at("reason") ==
          "targets.exclude[1]: {hostname: LAB-*}");
    CHECK(store.number("SELECT count(*) FROM targets WHERE online = 0 AND hostname = 'AWAY' "
                       "AND last_seen_at IS NOT NULL") == 1);
    CHECK(store.number("SELECT count(DISTINCT device_uid) FROM target_ledger WHERE hostname = 'TWIN'") == 2);
    CHECK(world.selected_by("servers") == Selected{"SRV01@Acme SRV02@Acme ", ""});
    CHECK(world.last_status == "completed");
    CHECK(world.selected_by("not-windows") == Selected{"NAS@Birch ", ""});
    CHECK(world.selected_by("new") == Selected{"", ""});
    for (const auto& [name, words] :
         {std::pair("lost", "did you mean 'All Windows'"), std::pair("two", "2, 3")}) {
        CHECK(world.selected_by(name) == Selected{"", ""});
        CHECK(world.last_status == "aborted");
        const auto told = store.rows(
            "SELECT data FROM event_trail WHERE kind = 'run.filter_not_found' "
            "AND subject_uid = '" +
            world.last_run + "'");
        REQUIRE(told.size() == 1);
        CHECK(told[0].at("data").find(words) != std::string::npos);
    }

    const auto refused = world.ctl({"run", "windows", "--device", "twin"});
    CHECK(refused.status != 0);
    CHECK(refused.err.find("twin-of-acme (Acme)") != std::string::npos);
    CHECK(refused.err.find("twin-of-birch (Birch)") != std::string::npos);
    CHECK(world.ctl({"run", "windows", "--device", "twin", "--site", "Birch", "--wait"}).status == 0);
    CHECK(store.number("SELECT count(*) FROM job_history WHERE device_uid = 'twin-of-birch'") == 2);
    CHECK(world.stop_daemon() == 0);
}

TEST_CASE("a device that comes is new, one that goes is gone, and back it is no news", "[end_to_end]") {
    FleetWorld world;
    world.write_runbook("new", runbook("{include: [{first_seen: {within: 7d}}]}"));
    world.start_daemon();
    const auto store = world.store();
    const auto count = [&](const std::string& condition) {
        return store.number("SELECT count(*) FROM device_fleet WHERE " + condition);
    };
    REQUIRE(wait_for([&] { return count("true") == 12; }));
    const auto known_since = store.rows("SELECT first_seen_at FROM device_fleet WHERE hostname = 'NAS'");

    const std::string newcomer = "      - {hostname: NEW01, os: Debian}";
    const auto serve = [&](const std::string& line) {
        world.stop_sandbox();
        world.write_fleet(fleet_with(line));
        world.start_sandbox();
    };
    serve(newcomer);
    REQUIRE(wait_for([&] { return count("hostname = 'NEW01' AND gone_at IS NULL") == 1; }));
    CHECK(world.selected_by("new") == Selected{"NEW01@Acme ", ""});
    const auto first_seen = store.rows("SELECT first_seen_at FROM device_fleet WHERE hostname = 'NEW01'");

    CHECK(world.stop_daemon() == 0);
    serve("");
    world.start_daemon();  // the first list after a start is compared with the stored one
    REQUIRE(wait_for([&] { return count("gone_at IS NOT NULL") == 1; }));
    CHECK(count("hostname = 'NEW01' AND gone_at IS NOT NULL AND online = 0") == 1);
    const auto gone = json::parse(world.ctl({"devices", "--status", "gone", "--json"}).out);
    REQUIRE(gone.size() == 1);
    CHECK(gone[0].at("hostname") == "NEW01");
    CHECK(json::parse(world.ctl({"devices", "--json"}).out).size() == 13);
    const auto table = world.ctl({"devices", "--site", "Birch"});
    CHECK(table.out.find("GONE (UTC)") != std::string::npos);
    CHECK(table.err.find(" ago") != std::string::npos);

    serve(newcomer);
    REQUIRE(wait_for([&] { return count("gone_at IS NOT NULL") == 0; }));
    CHECK(store.rows("SELECT first_seen_at FROM device_fleet WHERE hostname = 'NEW01'") == first_seen);
    CHECK(store.rows("SELECT first_seen_at FROM device_fleet WHERE hostname = 'NAS'") == known_since);
    CHECK(store.number("SELECT count(*) FROM event_trail WHERE kind = 'fleet.changed'") == 3);
    CHECK(store.number("SELECT count(*) FROM event_trail WHERE kind = 'fleet.first_list'") == 1);
    CHECK(world.stop_daemon() == 0);
}

}  // namespace runbookd::end_to_end
