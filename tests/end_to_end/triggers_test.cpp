// Policy jobs over loopback: an alert, a new device and an outcome each start a runbook, once, over a kill.
#include "catch.hpp"
#include "end_to_end/harness/wait_for.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

// Open alerts are read once a minute.
constexpr Limit kTwoReadings{150'000};

constexpr const char* kFleet = R"(
pickup: 20ms..50ms
activity_log: {lag: 100ms..200ms}
limits: off
sites:
  - name: Acme
    devices:
      - {hostname: SRV01, os: Microsoft Windows Server 2022, type: Server}
      - {hostname: NEW01, os: Microsoft Windows 11 Pro, appears: {after: 20s}}
components:
  - {name: Clear, variables: [{name: why, type: string}], script: 'echo "cleared because of $why"'}
  - {name: Enrol, script: 'exit 1'}
  - {name: Repair, script: 'echo repaired'}
alerts:
  - {device: SRV01, class: old_ctx, priority: High}
  - {device: SRV01, class: perf_disk_usage_ctx, priority: High, after: 20s, diagnostics: "C: is full"}
)";

std::string runbook(const std::string& component, const std::string& triggers) {
    return "component: " + component + "\noffline: skip\ntargets: {include: [{all: true}]}\ntriggers: [" +
           triggers + "]\n";
}

}  // namespace

TEST_CASE("alerts, new devices and outcomes start runbooks, and a kill makes none act twice",
          "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings({.fleet_refresh = "1s", .limits = "off"});
    world.write_runbook("clear", runbook("Clear", "{alert: {priority: [High], resolve: true}}") +
                                     "variables: {why: '{{ alert.diagnostics }}'}\n");
    world.write_runbook("enrol", runbook("Enrol", "{discovered: {settle: 1s}}"));
    world.write_runbook("repair", runbook("Repair", "{outcome: {runbook: enrol, disposition: [failed]}}"));
    world.start_daemon();

    const auto ended = [&](const std::string& trigger) {
        return world.store().number(
            "SELECT count(*) FROM run_history WHERE status IN ('completed', 'failed') "
            "AND \"trigger\" = '" +
            trigger + "'");
    };
    CHECK(wait_for([&] { return ended("outcome") == 1; }));
    CHECK(world.store().text("SELECT group_concat(hostname) FROM target_ledger WHERE runbook = 'repair'") ==
          "NEW01");
    CHECK(world.store().text("SELECT cause_uid FROM run_history WHERE runbook = 'repair'") ==
          world.store().text("SELECT run_uid FROM run_history WHERE runbook = 'enrol'"));

    CHECK(wait_for([&] { return ended("alert") == 1; }, kTwoReadings));
    CHECK(world.store().text("SELECT stdout FROM job_history WHERE runbook = 'clear'") ==
          "cleared because of C: is full\n");
    CHECK(wait_for([&] {
        return world.store().number("SELECT count(*) FROM event_trail WHERE kind = 'alert.resolved'") == 1;
    }));

    world.daemon().kill();
    world.start_daemon();
    // A run by hand waits for the list of devices: by its end the start has looked at all of them.
    CHECK(world.ctl({"run", "repair", "--device", "SRV01", "--wait"}).status == 0);
    CHECK(world.store().number("SELECT count(*) FROM run_history WHERE \"trigger\" <> 'manual'") == 3);
    CHECK(world.stop_daemon() == 0);
}

}  // namespace runbookd::end_to_end
