#include "engine/targeting.hpp"

#include <algorithm>
#include <random>

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

TEST_CASE("an excluded device is told which exclude named it, the first", "[engine][targeting]") {
    auto targets = all();
    targets.exclude = {{.hostname = runbook::TextMatch{{"NOTHING"}}},
                       {.hostname = runbook::TextMatch{{"*-LAB-*", "*SQL*"}}},
                       {.os = runbook::TextMatch{{"*Server*"}}}};
    const auto fleet = fleet_of({windows_server("d1", "ACME-LAB-1")});
    const auto selection = select_targets(targets, {}, fleet, {});
    REQUIRE(selection.exclusions.size() == 1);
    CHECK(selection.exclusions[0].rule == "exclude");
    CHECK(selection.exclusions[0].reason == "targets.exclude[1]: {hostname: [*-LAB-*, *SQL*]}");
}

TEST_CASE("a target keeps the state in which it was frozen", "[engine][targeting]") {
    auto device = windows_server("d1", "A");
    device.online = false;
    device.last_seen = from_unix_ms(12345);
    const auto selection = select_targets(all(), {}, fleet_of({device}), {});
    REQUIRE(selection.targets.size() == 1);
    CHECK_FALSE(selection.targets[0].online);
    CHECK(selection.targets[0].last_seen == from_unix_ms(12345));
}

TEST_CASE("devices of one hostname are targets of their own, and a scope must tell them apart",
          "[engine][targeting]") {
    auto twin = windows_server("d2", "PC1");
    twin.site_uid = SiteUid{"s3"};
    twin.site_name = "Beta";
    auto old = windows_server("d3", "PC1");
    old.deleted = true;
    const auto fleet = fleet_of({windows_server("d1", "PC1"), twin, old, windows_server("d4", "PC2")});
    const auto selection = select_targets(all(), {}, fleet, {});
    REQUIRE(selection.targets.size() == 3);
    CHECK(selection.targets[0].device.str() == "d1");
    CHECK(selection.targets[1].device.str() == "d2");
    CHECK(selection.targets[1].site_name == "Beta");
    RunScope scope;
    scope.devices = {"pc2", "pc1"};
    CHECK(ambiguity(scope, fleet) == "hostname 'pc1' fits 2 devices; give a uid: d1 (Acme HQ) d2 (Beta)");
    scope.sites = {"B*"};
    CHECK_FALSE(ambiguity(scope, fleet));
    scope.sites.clear();
    scope.devices = {"d1", "PC2", "unknown"};
    CHECK_FALSE(ambiguity(scope, fleet));
}

TEST_CASE("the order of selectors changes neither targets nor exclusions", "[engine][targeting][property]") {
    std::mt19937 random(20260301);
    const auto glob = [&] {
        constexpr const char* kGlobs[] = {"A*", "*1", "*2*", "?-1?", "B-?", "*"};
        return runbook::TextMatch{{kGlobs[random() % 6]}, random() % 4 == 0};
    };
    for (int round = 0; round < 200; ++round) {
        std::vector<Device> devices;
        for (int i = 0; i < 30; ++i) {
            devices.push_back(windows_server("d" + std::to_string(i),
                                             std::string(1, "AB"[random() % 2]) + "-" + std::to_string(i)));
            devices.back().suspended = random() % 8 == 0;
        }
        const auto fleet = fleet_of(devices);
        runbook::Targets targets;
        for (auto n = random() % 4 + 1; n > 0; --n) targets.include.push_back({.hostname = glob()});
        for (auto n = random() % 4; n > 0; --n) targets.exclude.push_back({.hostname = glob()});
        const auto uids = [&] {
            std::string text;
            const auto selection = select_targets(targets, {}, fleet, {});
            for (const auto& row : selection.targets) text += row.device.str() + " ";
            for (const auto& row : selection.exclusions) text += row.device.str() + ":" + row.rule + " ";
            return text;
        };
        const auto before = uids();
        std::shuffle(targets.include.begin(), targets.include.end(), random);
        std::shuffle(targets.exclude.begin(), targets.exclude.end(), random);
        REQUIRE(uids() == before);
    }
}

}  // namespace runbookd::engine
