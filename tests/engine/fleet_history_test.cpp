#include "engine/fleet_history.hpp"

#include <algorithm>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"
#include "fakes/simulated_store.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::SimulatedStore;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

using Change = FleetRow::Change;

std::vector<Device> many(std::size_t count) {
    std::vector<Device> devices;
    for (std::size_t i = 0; i < count; ++i)
        devices.push_back(windows_server("d" + std::to_string(i), "PC" + std::to_string(i)));
    return devices;
}

/// "d1 appeared, d2 gone, …" of all that was written from `from` on.
std::string changes(const EngineBench& bench, std::size_t from = 0) {
    constexpr const char* kWords[] = {"known_before", "appeared", "returned", "changed"};
    std::string text;
    const auto add = [&](const std::string& word) { text += (text.empty() ? "" : ", ") + word; };
    const auto parts = bench.all<FleetChanged>();
    for (auto i = from; i < parts.size(); ++i) {
        for (const auto& row : parts[i].rows)
            add(row.device.uid.str() + " " + kWords[static_cast<int>(row.change)]);
        for (const auto& uid : parts[i].gone) add(uid.str() + " gone");
        if (parts[i].first_list) add("first list of " + std::to_string(*parts[i].first_list));
    }
    return text;
}

RecoveredState stored_by(const EngineBench& bench) {
    SimulatedStore store;
    Batch fleet;
    for (const auto& part : bench.all<FleetChanged>()) fleet.push_back(part);
    store.apply(fleet);
    return store.recover(bench.now().utc);
}

constexpr auto kRefresh = minutes{10};

}  // namespace

TEST_CASE("the first list is recorded once, and an unchanged one writes nothing", "[engine][fleet]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B")});
    bench.start({});
    bench.run_for(seconds{5});
    CHECK(changes(bench) == "d1 known_before, d2 known_before, first list of 2");
    bench.run_for(hours{2});
    CHECK(bench.all<FleetChanged>().size() == 1);
    CHECK(bench.calls<ReadDevices>().size() > 10);
}

TEST_CASE("only what changed is written: new, changed, gone and back", "[engine][fleet]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B")});
    bench.start({});
    bench.run_for(minutes{1});
    bench.devices[0].hostname = "RENAMED";
    bench.devices.push_back(windows_server("d3", "C"));
    bench.run_for(kRefresh);
    CHECK(changes(bench, 1) == "d1 changed, d3 appeared");
    const auto d3_first = bench.all<FleetChanged>().at(1).rows.at(1).first_seen;
    CHECK(bench.engine().fleet_history().first_seen(DeviceUid{"d3"}) == d3_first);
    CHECK_FALSE(bench.engine().fleet_history().first_seen(DeviceUid{"d1"}));
    bench.devices.pop_back();
    bench.run_for(kRefresh);
    CHECK(changes(bench, 2) == "d3 gone");
    bench.run_for(3 * kRefresh);
    CHECK(bench.all<FleetChanged>().size() == 3);
    bench.devices.push_back(windows_server("d3", "C"));
    bench.run_for(kRefresh);
    CHECK(changes(bench, 3) == "d3 returned");
    CHECK(bench.all<FleetChanged>().at(3).rows.at(0).first_seen == d3_first);
}

TEST_CASE("that an online device was seen again is written once an hour, of an offline one at once",
          "[engine][fleet]") {
    auto online = windows_server("d1", "A");
    auto offline = windows_server("d2", "B");
    offline.online = false;
    EngineBench bench({online, offline});
    const auto seen = [&] {
        for (auto& device : bench.devices) device.last_seen = bench.now().utc;
    };
    seen();
    bench.start({});
    bench.run_for(minutes{1});
    seen();
    bench.run_for(kRefresh);
    CHECK(changes(bench, 1) == "d2 changed");
    bench.run_for(hours{1});
    seen();
    bench.run_for(kRefresh);
    CHECK(changes(bench, 2) == "d1 changed, d2 changed");
}

TEST_CASE("a hundred thousand devices are written a thousand at a time, each after the last is durable",
          "[engine][fleet]") {
    EngineBench bench(many(3500));
    bench.hold_commits();
    bench.start({});
    bench.run_for(minutes{1});
    CHECK(bench.all<FleetChanged>().size() == 1);
    CHECK(bench.all<FleetChanged>()[0].rows.size() == 1000);
    bench.release_commits();
    bench.run_for(minutes{1});
    const auto parts = bench.all<FleetChanged>();
    REQUIRE(parts.size() == 4);
    CHECK(parts[3].rows.size() == 500);
    CHECK_FALSE(parts[2].first_list);
    CHECK(parts[3].first_list == 3500U);
}

TEST_CASE("after a restart the first list is compared with what is stored", "[engine][fleet]") {
    EngineBench before({windows_server("d1", "A"), windows_server("d2", "B"), windows_server("d3", "C")});
    before.start({});
    before.run_for(minutes{1});
    EngineBench after(
        {windows_server("d1", "A"), windows_server("d3", "NEW-NAME"), windows_server("d4", "D")});
    after.start({}, stored_by(before));
    after.run_for(minutes{1});
    CHECK(changes(after) == "d3 changed, d4 appeared, d2 gone");
    CHECK_FALSE(after.engine().fleet_history().first_seen(DeviceUid{"d1"}));
    CHECK(after.engine().fleet_history().first_seen_at(DeviceUid{"d1"}) ==
          before.engine().fleet_history().first_seen_at(DeviceUid{"d1"}));
    EngineBench unchanged({windows_server("d1", "A"), windows_server("d2", "B"), windows_server("d3", "C")});
    unchanged.start({}, stored_by(before));
    unchanged.run_for(minutes{1});
    CHECK(unchanged.all<FleetChanged>().empty());
}

TEST_CASE("a first list that a crash cut short is taken up again as the first", "[engine][fleet]") {
    EngineBench before(many(1500));
    before.hold_commits();
    before.start({});
    before.run_for(minutes{1});
    EngineBench after(many(1500));
    after.start({}, stored_by(before));
    after.run_for(minutes{1});
    CHECK(after.all<FleetChanged>().at(0).rows.size() == 500);
    CHECK(after.all<FleetChanged>().at(0).first_list == 1500U);
    CHECK_FALSE(after.engine().fleet_history().first_seen(DeviceUid{"d1499"}));
}

TEST_CASE("an account without devices has a first list too: who comes later is new", "[engine][fleet]") {
    EngineBench bench(std::vector<Device>{});
    bench.start({});
    bench.run_for(minutes{1});
    CHECK(changes(bench) == "first list of 0");
    bench.devices.push_back(windows_server("d1", "A"));
    bench.run_for(kRefresh);
    CHECK(changes(bench, 1) == "d1 appeared");
}

TEST_CASE("first_seen selects who came later, not the fleet of a fresh store", "[engine][fleet]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B")});
    auto book = clean_all("welcome");
    book.targets.include = {{.first_seen = runbook::TimeMatch{hours{24 * 7}}}};
    bench.start({book});
    bench.run("welcome");
    bench.run_for(seconds{5});
    CHECK(bench.all<RunStarted>().at(0).targets.empty());
    bench.run_for(minutes{2});
    bench.devices.push_back(windows_server("d3", "C"));
    bench.run("welcome");  // reads a fresh list, and knows the device by it
    bench.run_for(seconds{5});
    REQUIRE(bench.all<RunStarted>().at(1).targets.size() == 1);
    CHECK(bench.all<RunStarted>().at(1).targets[0].device.str() == "d3");
    bench.run_for(hours{24 * 7});
    bench.run("welcome");
    bench.run_for(seconds{5});
    CHECK(bench.all<RunStarted>().at(2).targets.empty());
}

}  // namespace runbookd::engine
