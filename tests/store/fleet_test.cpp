// The fleet in the record: who came, who changed, who is gone.
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::FleetChanged;
using Change = engine::FleetRow::Change;

engine::Device device(const std::string& uid, const std::string& hostname) {
    engine::Device device;
    device.uid = DeviceUid(uid);
    device.hostname = hostname;
    device.site_uid = SiteUid("s1");
    device.site_name = "Acme HQ";
    device.os = "Debian";
    device.device_type = "Server";
    device.device_class = "device";
    device.online = true;
    device.last_seen = at(-1000);
    return device;
}

FleetChanged first_list() {
    FleetChanged fleet;
    fleet.account = "main";
    fleet.rows = {{device("d1", "A"), Change::known_before, at()},
                  {device("d2", "B"), Change::known_before, at()}};
    fleet.first_list = 2;
    fleet.at = at();
    return fleet;
}

FleetChanged part(std::vector<engine::FleetRow> rows, std::vector<DeviceUid> gone, std::int64_t when) {
    return {"main", std::move(rows), std::move(gone), std::nullopt, at(when)};
}

}  // namespace

TEST_CASE("device_fleet has every device once, with when it came and went", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({first_list()});
    CHECK(one(database, "SELECT group_concat(name, ', ') FROM pragma_table_info('device_fleet')") ==
          "device_uid, hostname, customer, site_uid, site_name, os, device_type, class, online, suspended, "
          "deleted, first_seen_at, last_seen_at, gone_at, account");
    CHECK(one(database, "SELECT * FROM device_fleet WHERE device_uid = 'd1'") ==
          "d1|A|NULL|s1|Acme HQ|Debian|Server|device|1|0|0|2026-12-01T02:00:00.000Z|"
          "2026-12-01T01:59:59.000Z|NULL|main");
    auto renamed = device("d1", "RENAMED");
    renamed.online = false;
    renamed.last_seen.reset();
    open.commit({part({{renamed, Change::changed, at()}, {device("d3", "C"), Change::appeared, at(5000)}},
                      {DeviceUid("d2")}, 5000)});
    CHECK(rows(database,
               "SELECT device_uid, hostname, online, first_seen_at, last_seen_at, gone_at "
               "FROM device_fleet ORDER BY device_uid") ==
          std::vector<std::string>{
              "d1|RENAMED|0|2026-12-01T02:00:00.000Z|NULL|NULL",
              "d2|B|0|2026-12-01T02:00:00.000Z|2026-12-01T01:59:59.000Z|2026-12-01T02:00:05.000Z",
              "d3|C|1|2026-12-01T02:00:05.000Z|2026-12-01T01:59:59.000Z|NULL"});
    open.commit({part({{device("d2", "B"), Change::returned, at()}}, {}, 9000)});
    CHECK(one(database, "SELECT first_seen_at, gone_at FROM device_fleet WHERE device_uid = 'd2'") ==
          "2026-12-01T02:00:00.000Z|NULL");
}

TEST_CASE("who came, went and came back is in the trail, what else changed is not", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({first_list()});
    open.commit({part({{device("d1", "X"), Change::changed, at()}}, {}, 1000)});
    open.commit(
        {part({{device("d3", "C"), Change::appeared, at(2000)}}, {DeviceUid("d1"), DeviceUid("d2")}, 2000)});
    open.commit({part({{device("d2", "B"), Change::returned, at()}}, {}, 3000)});
    CHECK(rows(database, "SELECT subject, subject_uid, kind, data FROM event_trail ORDER BY seq") ==
          std::vector<std::string>{
              "account|main|fleet.first_list|{\"devices\":2}",
              "account|main|fleet.changed|{\"appeared\":[\"d3\"],\"gone\":[\"d1\",\"d2\"]}",
              "account|main|fleet.changed|{\"returned\":[\"d2\"]}"});
}

TEST_CASE("a start finds the fleet as it was recorded", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    {
        OpenStore open(database);
        const auto empty = open.store().load(at());
        REQUIRE(empty);
        CHECK_FALSE(empty->knows_fleet);
        CHECK(empty->devices.empty());
        open.commit({first_list()});
        open.commit({part({{device("d3", "C"), Change::appeared, at(5000)}}, {DeviceUid("d2")}, 5000)});
    }
    OpenStore open(database);
    const auto state = open.store().load(at());
    REQUIRE(state);
    CHECK(state->knows_fleet);
    REQUIRE(state->devices.size() == 3);
    const auto& d1 = state->devices[0];
    CHECK(d1.device.str() == "d1");
    CHECK(d1.fingerprint == engine::fingerprint_of(device("d1", "A")));
    CHECK(d1.first_seen == at());
    CHECK(d1.last_seen == at(-1000));
    CHECK(d1.known_before);
    CHECK_FALSE(d1.is_gone);
    CHECK(state->devices[1].is_gone);
    CHECK_FALSE(state->devices[2].known_before);
    CHECK(state->devices[2].first_seen == at(5000));
}

TEST_CASE("the database itself keeps when a device was first seen", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({first_list()});
    SQLite::Database other(database, SQLite::OPEN_READWRITE);
    CHECK_THROWS(other.exec("UPDATE devices SET first_seen_at = 1 WHERE device_uid = 'd1'"));
    CHECK_THROWS(other.exec("UPDATE devices SET known_before = 0 WHERE device_uid = 'd1'"));
    CHECK_NOTHROW(other.exec("UPDATE devices SET hostname = 'Y' WHERE device_uid = 'd1'"));
}

TEST_CASE("devices are listed by site, device and status", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto offline = device("d3", "C");
    offline.online = false;
    open.commit({first_list()});
    open.commit({part({{offline, Change::appeared, at()}}, {DeviceUid("d2")}, 1000)});
    const auto uids = [&](const std::function<void(ports::Query&)>& narrow) {
        std::string text;
        const auto found = open.query(ask(ports::View::devices, narrow));
        for (const auto& row : found->rows) text += std::get<std::string>(row[0]) + " ";
        return text;
    };
    CHECK(uids({}) == "d1 d2 d3 ");
    CHECK(uids([](auto& q) { q.status = "gone"; }) == "d2 ");
    CHECK(uids([](auto& q) { q.status = "online"; }) == "d1 ");
    CHECK(uids([](auto& q) { q.status = "offline"; }) == "d3 ");
    CHECK(uids([](auto& q) {
              q.site = "acme hq";
              q.device = "a";
          }) == "d1 ");
    CHECK_FALSE(open.query(ask(ports::View::devices, [](auto& q) { q.runbook = "x"; })));
}

TEST_CASE("targets keep the state in which they were frozen, and a start reads it back", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto start = started(2);
    start.targets[0].online = true;
    start.targets[1].last_seen = at(-60'000);
    open.commit({revision(), planned(), start});
    CHECK(rows(database, "SELECT device_uid, online, last_seen_at FROM targets ORDER BY device_uid") ==
          std::vector<std::string>{"d1|1|NULL", "d2|0|" + std::to_string(to_unix_ms(at(-60'000)))});
    CHECK(one(database, "SELECT data FROM event_trail WHERE kind = 'run.started'") ==
          "{\"excluded\":0,\"online\":1,\"targets\":2}");
    const auto state = open.store().load(at());
    REQUIRE(state);
    const auto& targets = state->runs.at(0).targets;
    CHECK(targets.at(0).row.online);
    CHECK(targets.at(1).row.last_seen == at(-60'000));
}

}  // namespace runbookd::store_test
