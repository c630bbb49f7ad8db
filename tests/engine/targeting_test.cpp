#include "engine/targeting.hpp"

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::windows_server;

Fleet fleet_of(std::vector<Device> devices) {
    Fleet fleet;
    fleet.begin_devices(SteadyTime{});
    fleet.add(Page<Site>{{{SiteUid{"s1"}, "Acme HQ", false}, {SiteUid{"s2"}, "Demand", true}}, ""},
              SteadyTime{});
    fleet.add(Page<Device>{std::move(devices), ""}, SteadyTime{});
    return fleet;
}

runbook::Targets all() {
    runbook::Targets targets;
    targets.include.push_back({.all = true});
    return targets;
}

}  // namespace

TEST_CASE("targets are sorted by hostname, and what cannot run a component is left out by rule",
          "[engine][targeting]") {
    auto deleted = windows_server("d2", "A-DELETED");
    deleted.deleted = true;
    auto suspended = windows_server("d3", "B-SUSPENDED");
    suspended.suspended = true;
    auto printer = windows_server("d4", "C-PRINTER");
    printer.device_class = "printer";
    auto on_demand = windows_server("d5", "D-DEMAND");
    on_demand.site_uid = SiteUid{"s2"};
    const auto fleet = fleet_of(
        {windows_server("d9", "Z"), windows_server("d1", "M"), deleted, suspended, printer, on_demand});
    const auto selection = select_targets(all(), {}, fleet, {});
    REQUIRE(selection.targets.size() == 2);
    CHECK(selection.targets[0].hostname == "M");
    CHECK(selection.targets[1].hostname == "Z");
    REQUIRE(selection.exclusions.size() == 4);
    CHECK(selection.exclusions[0].rule == "deleted");
    CHECK(selection.exclusions[1].rule == "suspended");
    CHECK(selection.exclusions[2].rule == "class");
    CHECK(selection.exclusions[3].rule == "on_demand");
}

TEST_CASE("only what an include matched is listed as excluded", "[engine][targeting]") {
    runbook::Targets targets;
    targets.include.push_back({.hostname = runbook::TextMatch{{"ACME-*"}}});
    targets.exclude.push_back({.hostname = runbook::TextMatch{{"*-LAB-*"}}});
    auto foreign = windows_server("d3", "OTHER-LAB-1");
    foreign.deleted = true;
    const auto fleet =
        fleet_of({windows_server("d1", "ACME-1"), windows_server("d2", "acme-lab-1"), foreign});
    const auto selection = select_targets(targets, {}, fleet, {});
    REQUIRE(selection.targets.size() == 1);
    CHECK(selection.targets[0].device.str() == "d1");
    REQUIRE(selection.exclusions.size() == 1);
    CHECK(selection.exclusions[0].device.str() == "d2");
    CHECK(selection.exclusions[0].rule == "exclude");
}

TEST_CASE("a run's scope narrows and never widens", "[engine][targeting]") {
    runbook::Targets targets;
    targets.include.push_back({.hostname = runbook::TextMatch{{"ACME-*"}}});
    const auto fleet = fleet_of(
        {windows_server("d1", "ACME-1"), windows_server("d2", "ACME-2"), windows_server("d3", "OTHER-1")});
    RunScope scope;
    scope.devices = {"acme-2", "d3"};
    const auto selection = select_targets(targets, scope, fleet, {});
    REQUIRE(selection.targets.size() == 1);
    CHECK(selection.targets[0].device.str() == "d2");
    scope.devices.clear();
    scope.sites = {"Acme *"};
    CHECK(select_targets(targets, scope, fleet, {}).targets.size() == 2);
    scope.sites = {"Beta"};
    CHECK(select_targets(targets, scope, fleet, {}).targets.empty());
}

}  // namespace runbookd::engine
