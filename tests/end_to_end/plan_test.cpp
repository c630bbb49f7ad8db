// What a plan says, and what then happens.
#include <nlohmann/json.hpp>
#include <set>

#include "catch.hpp"
#include "end_to_end/harness/wait_for.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

constexpr const char* kFleet = R"(
pickup: 20ms..50ms
activity_log: {lag: 100ms..200ms}
limits: off
sites:
  - name: Acme
    devices:
      - {hostname: SRV01, os: Microsoft Windows Server 2022, type: Server, domain: corp}
      - {hostname: SRV02, os: Microsoft Windows Server 2019, type: Server}
      - {hostname: TWIN, os: Microsoft Windows 11 Pro, uid: twin-of-acme}
      - {hostname: AWAY, os: Microsoft Windows 11 Pro, online: false}
      - {hostname: BLINKS, os: Microsoft Windows 11 Pro, online: {after: 1s, for: 600s, every: 1200s}}
      - {hostname: LATER, os: Microsoft Windows 11 Pro, appears: {after: 2s}}
      - {hostname: OLD, os: Microsoft Windows 10 Pro, deleted: true}
      - {hostname: STOPPED, os: Microsoft Windows 10 Pro, suspended: true}
      - {hostname: PRINTER, class: printer, type: Printer}
      - {hostname: LAB-01, os: Microsoft Windows 11 Pro}
  - name: Birch
    devices: [{hostname: TWIN, os: Microsoft Windows 11 Pro, uid: twin-of-birch}]
  - {name: Visitors, on_demand: true, devices: [{hostname: GUEST, os: Microsoft Windows 11 Home}]}
components:
  - {name: Hello, variables: [{name: domain, type: string}, {name: days, type: number, default: "7"}], script: 'echo "$domain"'}
)";

/// "device: disposition/reason", and "device: rule".
using Fates = std::set<std::string>;

Fates planned(const json& plan) {
    Fates fates;
    for (const auto& target : plan.at("targets")) {
        const auto disposition = target.at("disposition").get<std::string>();
        fates.insert(target.at("device_uid").get<std::string>() + ": " +
                     (disposition == "pending" ? "a job"
                                               : disposition + "/" + target.at("reason").get<std::string>()));
    }
    for (const auto& row : plan.at("exclusions"))
        fates.insert(row.at("device_uid").get<std::string>() + ": " + row.at("rule").get<std::string>());
    return fates;
}

Fates happened(const World& world, const std::string& run) {
    Fates fates;
    const auto of_run = " WHERE run_uid = '" + run + "'";
    for (const auto& row : world.store().rows("SELECT * FROM target_ledger" + of_run))
        fates.insert(row.at("device_uid") + ": " +
                     (row.at("job_uid") != kNull ? "a job" : row.at("disposition") + "/" + row.at("reason")));
    for (const auto& row : world.store().rows("SELECT * FROM target_exclusions" + of_run))
        fates.insert(row.at("device_uid") + ": " + row.at("rule"));
    return fates;
}

}  // namespace

TEST_CASE("a plan and the run that follows agree device for device", "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings({.fleet_refresh = "10m", .limits = "off"});
    world.write_runbook("all",
                        "component: Hello\noffline: skip\ntargets: {include: [{all: true}], "
                        "exclude: [{hostname: LAB-*}]}\n");
    world.write_runbook("corp",
                        "component: Hello\noffline: skip\ntargets: {include: [{os: '*Windows*'}]}\n"
                        "variables: {domain: '{{ device.domain }}'}\n");
    world.start_daemon();
    REQUIRE(wait_for([&] {
        const auto plan = json::parse(world.ctl({"plan", "all", "--json"}).out, nullptr, false);
        return plan.is_object() && planned(plan).size() == 12;
    }));
    for (const auto* name : {"all", "corp"}) {
        INFO(name);
        const auto before = world.store().number("SELECT count(*) FROM event_trail");
        const auto plan = json::parse(world.ctl({"plan", name, "--json"}).out);
        CHECK(world.store().number("SELECT count(*) FROM event_trail") == before);
        const auto run = world.start_run(name);
        (void)world.end_of_run(run);
        CHECK(planned(plan) == happened(world, run));
    }
    const auto table = world.ctl({"plan", "corp"});
    CHECK(table.status == 0);
    CHECK(table.out.find("null_variable") != std::string::npos);
    CHECK(table.out.find("days = 7 (the component's default)") != std::string::npos);
    CHECK(world.ctl({"plan", "copr"}).err.find("did you mean 'corp'?") != std::string::npos);
    CHECK(world.stop_daemon() == 0);
}

TEST_CASE("validate --online finds what only the account knows", "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings({.fleet_refresh = "10m", .limits = "off"});
    world.start_daemon();
    world.folder.write("lost.yaml", "component: Helo\ntargets: {include: [{all: true}]}\n");
    world.folder.write(
        "wrong.yaml",
        "component: Hello\ntargets: {include: [{hostname: NOBODY}]}\nvariables: {Domain: x, days: many}\n");
    const auto lost = world.ctl({"validate", "--online", world.folder.file("lost.yaml").string()});
    CHECK(lost.status == 1);
    CHECK(lost.out.find(":1:1: error: component: component 'Helo' does not exist") != std::string::npos);
    CHECK(lost.out.find("'Hello'") != std::string::npos);
    const auto wrong = world.ctl({"validate", "--online", world.folder.file("wrong.yaml").string()});
    CHECK(wrong.status == 1);
    CHECK(wrong.out.find("variables.Domain") != std::string::npos);
    CHECK(wrong.out.find("variables.days") != std::string::npos);
    CHECK(wrong.out.find("no device of the account is selected") != std::string::npos);
    CHECK(world.store().number("SELECT count(*) FROM runbook_revisions") == 0);
    CHECK(world.stop_daemon() == 0);
}

TEST_CASE("a forecast shows the coming runs", "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings({.fleet_refresh = "10m", .limits = "off"});
    world.write_runbook("nightly",
                        "component: Hello\nschedule: '0 2 * * *'\noffline: skip\n"
                        "targets: {include: [{site: Acme}]}\n");
    world.start_daemon();
    const auto runs = json::parse(world.ctl({"forecast", "--until", "2d", "--json"}).out);
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].at("runbook") == "nightly");
    CHECK(runs[0].at("would_expire") == 0);
    CHECK(runs[0].at("creates").get<int>() >= 4);
    CHECK(runs[0].at("first_create_at") >= runs[0].at("nominal_at"));
    CHECK(world.ctl({"forecast", "--until", "60d"}).status == 1);
    CHECK(world.stop_daemon() == 0);
}

}  // namespace runbookd::end_to_end
