// What a real daemon asks of the sandbox, and what it is answered, is as sandbox/openapi.yaml says.
#include <cstdlib>

#include "catch.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

constexpr const char* kFleet = R"(
pickup: 10ms..100ms
activity_log: {lag: 50ms}
paging: {size: 3}
sites:
  - name: Acme
    devices:
      - {hostname: "PC{n:02}", count: 6, os: Windows 11, udf: {5: gold}}
      - {hostname: OFF01, online: false}
      - {hostname: OLD01, deleted: true}
filters: [{name: All PCs, hostname: "PC*"}, {name: Vendor, default: true}]
components:
  - name: Report
    variables: [{name: who, default: nobody}]
    simulate: {duration: 100ms, outcome: {Success: 80%, Failure: 20%}, stdout: "report of {hostname}", stderr: e}
faults: [{operation: results, nth: 3, kind: html}]
)";

constexpr const char* kRunbook = R"(
targets: {include: [{filter: All PCs}, {site: Acme, os: "*Windows*"}]}
component: Report
variables: {who: "{{ device.hostname }}"}
offline: skip
)";

TEST_CASE("a daemon asks only for what is described, and is answered as described", "[contract]") {
    World world;
    world.write_fleet(kFleet);
    const auto traffic = world.folder.file("traffic").string();
    world.start_sandbox({"--traffic", traffic});
    world.write_settings();
    world.write_runbook("report", kRunbook);
    world.start_daemon();
    const auto run = world.start_run("report");
    const auto status = world.end_of_run(run);
    INFO(world.daemon_log());
    CHECK((status == "completed" || status == "failed"));  // a share of the jobs fails
    CHECK(world.stop_daemon() == 0);
    world.stop_sandbox();
    const auto command =
        "/usr/bin/python3 tests/sandbox/contract/contract.py sandbox/openapi.yaml " + traffic;
    CHECK(std::system(command.c_str()) == 0);
}

}  // namespace
}  // namespace runbookd::end_to_end
