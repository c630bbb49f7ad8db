#include "engine/fleet.hpp"

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::windows_server;
using std::chrono::seconds;

SteadyTime at(int s) { return SteadyTime{seconds{s}}; }

}  // namespace

TEST_CASE("a list counts once its last page has come, as old as its first", "[engine][fleet]") {
    Fleet fleet;
    fleet.begin_devices(at(1));
    fleet.add(Page<Site>{{{SiteUid{"s1"}, "Acme HQ", false}}, ""}, at(1));
    REQUIRE(fleet.is_reading_devices());
    fleet.add(Page<Device>{{windows_server("d1", "A")}, "next"}, at(2));
    CHECK(fleet.devices().empty());
    CHECK_FALSE(fleet.devices_read_at());
    const auto page = fleet.next_device_page();
    REQUIRE(page);
    CHECK(std::get<ReadDevices>(*page).cursor == "next");
    fleet.add(Page<Device>{{windows_server("d2", "B")}, ""}, at(9));
    CHECK(fleet.devices().size() == 2);
    CHECK(fleet.devices_read_at() == at(1));
    CHECK(fleet.devices_took() == seconds{8});
    CHECK(fleet.find(DeviceUid{"d1"})->read_at == at(2));
    CHECK(fleet.find(DeviceUid{"d2"})->read_at == at(9));
}

TEST_CASE("a list that breaks off changes nothing", "[engine][fleet]") {
    Fleet fleet;
    fleet.begin_devices(at(1));
    fleet.add(Page<Site>{{}, ""}, at(1));
    fleet.add(Page<Device>{{windows_server("d1", "A")}, ""}, at(1));
    fleet.begin_devices(at(60));
    fleet.add(Page<Site>{{}, ""}, at(60));
    fleet.add(Page<Device>{{windows_server("d2", "B")}, "next"}, at(61));
    fleet.abandon_devices();
    fleet.add(Page<Device>{{windows_server("d3", "C")}, ""}, at(62));  // an answer that comes too late
    CHECK(fleet.devices().size() == 1);
    CHECK(fleet.find(DeviceUid{"d1"}) != nullptr);
    CHECK(fleet.devices_read_at() == at(1));
}

TEST_CASE("a device that moves between pages is known once, as the later page has it", "[engine][fleet]") {
    Fleet fleet;
    fleet.begin_devices(at(1));
    fleet.add(Page<Site>{{}, ""}, at(1));
    fleet.add(Page<Device>{{windows_server("d1", "OLD")}, "next"}, at(1));
    fleet.add(Page<Device>{{windows_server("d1", "NEW")}, ""}, at(2));
    REQUIRE(fleet.devices().size() == 1);
    CHECK(fleet.devices().front().device.hostname == "NEW");
}

TEST_CASE("what was read of a device while a list came in is newer than the list", "[engine][fleet]") {
    Fleet fleet;
    fleet.begin_devices(at(1));
    fleet.add(Page<Site>{{}, ""}, at(1));
    fleet.add(Page<Device>{{windows_server("d1", "LISTED")}, "next"}, at(2));
    fleet.update(windows_server("d1", "READ"), at(3));
    fleet.update(windows_server("d2", "READ"), at(3));
    fleet.update(windows_server("d3", "READ"), at(3));
    fleet.add(Page<Device>{{windows_server("d2", "LISTED")}, ""}, at(4));
    CHECK(fleet.find(DeviceUid{"d1"})->device.hostname == "READ");
    CHECK(fleet.find(DeviceUid{"d1"})->read_at == at(3));
    CHECK(fleet.find(DeviceUid{"d2"})->device.hostname == "LISTED");
    CHECK(fleet.find(DeviceUid{"d3"}) == nullptr);  // the list has it no more
}

TEST_CASE("a site's devices fill so many pages", "[engine][fleet]") {
    Fleet fleet;
    fleet.begin_devices(at(1));
    fleet.add(Page<Site>{{}, ""}, at(1));
    Page<Device> page;
    for (int i = 0; i < 251; ++i) page.items.push_back(windows_server("d" + std::to_string(i), "A"));
    fleet.add(page, at(1));
    CHECK(fleet.pages_of(SiteUid{"s1"}) == 2);
    CHECK(fleet.pages_of(SiteUid{"s2"}) == 1);
    auto moved = windows_server("d7", "A");
    moved.site_uid = SiteUid{"s2"};
    fleet.update(moved, at(2));
    CHECK(fleet.pages_of(SiteUid{"s1"}) == 1);
}

TEST_CASE("components are found by uid or by a name that only one has, ignoring case", "[engine][fleet]") {
    Fleet fleet;
    fleet.begin_components(at(1));
    fleet.add(Page<Component>{{{ComponentUid{"c1"}, "Clean", "", "", {}},
                               {ComponentUid{"c2"}, "Twice", "", "", {}},
                               {ComponentUid{"c3"}, "twice", "", "", {}}},
                              ""});
    REQUIRE(fleet.find_component("clean") != nullptr);
    CHECK(fleet.find_component("clean")->uid.str() == "c1");
    CHECK(fleet.find_component("C3")->uid.str() == "c3");
    CHECK(fleet.find_component("Twice") == nullptr);
    CHECK(fleet.find_component("Clea") == nullptr);
}

}  // namespace runbookd::engine
