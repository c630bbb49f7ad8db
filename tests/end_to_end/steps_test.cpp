// Steps over loopback: what failed is repaired, the device is restarted and waited for, over a kill.
#include "catch.hpp"
#include "end_to_end/harness/wait_for.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

// The device list is read every 30 s while a device is expected to return.
constexpr Limit kThreeReadings{150'000};

constexpr const char* kFleet = R"(
pickup: 20ms..50ms
activity_log: {lag: 100ms..200ms}
limits: off
sites:
  - name: Acme
    devices:
      - {hostname: SRV01, os: Microsoft Windows Server 2022, type: Server}
components:
  - {name: Check, script: 'echo broken; exit 1'}
  - {name: Repair, script: 'echo repaired'}
  - {name: Reboot, simulate: {duration: 100ms..200ms, outcome: {Success: 100%}}, reboots: {down_for: 3s, returns: 100%}}
)";

constexpr const char* kRunbook = R"(
targets: {include: [{all: true}]}
steps:
  - {name: check, component: Check, on_failure: continue}
  - {name: repair, component: Repair, when: check.failed}
  - {name: nothing, component: Repair, when: check.succeeded}
  - {name: restart, component: Reboot}
  - {expect: {online: true, rebooted: true, within: 5m}}
  - {name: after, component: Repair}
)";

}  // namespace

TEST_CASE("a device goes through its steps, away and back, and a kill makes none of them twice",
          "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings({.limits = "off"});
    world.write_runbook("mend", kRunbook);
    world.start_daemon();
    const auto run = world.start_run("mend");
    CHECK(wait_for([&] {
        return world.store().number("SELECT count(*) FROM event_trail WHERE kind = 'target.stepped'") >= 4;
    }));
    world.daemon().kill();
    world.start_daemon();
    CHECK(world.end_of_run(run, kThreeReadings) == "completed");
    CHECK(world.store().text(
              "SELECT group_concat(step) FROM (SELECT step FROM job_history ORDER BY job_uid)") ==
          "check,repair,restart,after");
    CHECK(world.store().text("SELECT disposition FROM target_ledger") == "succeeded");
    CHECK(world.store().text(
              "SELECT group_concat(data ->> 'end') FROM (SELECT data FROM event_trail WHERE kind "
              "= 'target.stepped' ORDER BY seq)") ==
          "failed,succeeded,skipped,succeeded,succeeded,succeeded");
    CHECK(world.fault_in_record().empty());
    CHECK(world.stop_daemon() == 0);
}

}  // namespace runbookd::end_to_end
