// Several accounts in one store, and what a store of one account becomes.
#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::FleetChanged;
using Change = engine::FleetRow::Change;
using Lines = std::vector<std::string>;

engine::Device device(const std::string& uid, const std::string& hostname) {
    engine::Device device;
    device.uid = DeviceUid(uid);
    device.hostname = hostname;
    device.site_uid = SiteUid("s1");
    return device;
}

FleetChanged came(const std::string& account, const std::vector<std::string>& uids, std::int64_t when) {
    FleetChanged fleet;
    fleet.account = account;
    for (const auto& uid : uids)
        fleet.rows.push_back({device(uid, "host-" + uid), Change::appeared, at(when)});
    fleet.at = at(when);
    return fleet;
}

FleetChanged went(const std::string& account, const std::string& uid, std::int64_t when) {
    return {account, {}, {DeviceUid(uid)}, std::nullopt, at(when)};
}

engine::RunPlanned planned_on(const std::string& account, const std::string& run) {
    auto plan = planned(run);
    plan.account = account;
    return plan;
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    REQUIRE(file);
    return text.str();
}

/// As the program of schema version 7 left it, after its one account was renamed from `first` to `main`.
void make_version_7(const std::string& path) {
    SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (const auto* name : {"0001_initial", "0002_views", "0003_time", "0004_fleet", "0005_guard",
                             "0006_coverage", "0007_customers"}) {
        database.exec(text_of("db/migrations/" + std::string(name) + ".sql"));
        database.exec("INSERT INTO schema_migrations VALUES (" + std::string(name).substr(3, 1) + ", '" +
                      name + "', 1)");
    }
    database.exec(
        "PRAGMA application_id = 1919052644; PRAGMA user_version = 7;"
        "INSERT INTO revisions VALUES (1, 'clean', 1, 0, NULL, printf('%064d', 0), 'name: clean', '{}', '', "
        "'');"
        "INSERT INTO runs (id, run_uid, runbook, revision, account, zone, \"trigger\", actor, note, scope, "
        "window_end, planned_at, started_at, status) VALUES (1, '01OLD', 'clean', 1, 'first', 'UTC', "
        "'manual', "
        "'', '', '{}', 3600000, 1, 2, 'running');"
        "INSERT INTO devices VALUES ('d1', 'A', 's1', 'Acme HQ', '', '', 'device', 1, 0, 0, 1, 7, 8, NULL),"
        "                           ('d2', 'B', 's1', 'Acme HQ', '', '', 'device', 0, 0, 0, 0, 7, 8, 9);"
        "INSERT INTO site_customers VALUES ('s1', 'acme');"
        "INSERT INTO events VALUES (1, 5, 'daemon', 'first', 'daemon.started', NULL, '{}', printf('%064d', "
        "1)),"
        "  (2, 6, 'account', 'first', 'fleet.first_list', NULL, '{}', printf('%064d', 2)),"
        "  (3, 7, 'daemon', 'main', 'daemon.started', NULL, '{}', printf('%064d', 3)),"
        "  (4, 8, 'runbook', 'clean', 'revision.effective', NULL, '{}', printf('%064d', 4));");
}

}  // namespace

TEST_CASE("what a store of one account holds is that account's", "[store][accounts]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    make_version_7(database);
    OpenStore open(database);
    CHECK(one(database, "PRAGMA integrity_check") == "ok");
    CHECK(rows(database, "PRAGMA foreign_key_check").empty());
    CHECK(one(database, "SELECT account FROM revisions") == "main");
    CHECK(rows(database,
               "SELECT device_uid, hostname, customer, first_seen_at, gone_at, account FROM "
               "device_fleet ORDER BY 1") ==
          Lines{"d1|A|acme|1970-01-01T00:00:00.007Z|NULL|main",
                "d2|B|acme|1970-01-01T00:00:00.007Z|1970-01-01T00:00:00.009Z|main"});
    const auto state = open.store().load(at());
    REQUIRE(state);
    CHECK(state->runbooks.at(0).account == "main");
    CHECK(state->devices.at(0).account == "main");
    CHECK(state->devices.at(0).known_before);
    CHECK(state->sites.at(0).account == "main");
    CHECK(state->runs.at(0).planned.account == "first");  // as it was said then
    CHECK(state->known_fleets == Lines{"first"});
    // It goes on from there.
    open.commit(
        {FleetChanged{"main", {{device("d2", "B"), Change::returned, at()}}, {}, std::nullopt, at()}});
    CHECK(one(database, "SELECT count(*) FROM device_fleet WHERE gone_at IS NULL") == "2");
}

TEST_CASE("each account has its own row of a device, and one that moved is not gone", "[store][accounts]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({came("a", {"d1", "d2"}, 0), came("b", {"d3"}, 0)});
    const auto fleet = [&] {
        return rows(database,
                    "SELECT device_uid, account, gone_at IS NOT NULL FROM device_fleet ORDER BY 1, 2");
    };
    CHECK(fleet() == Lines{"d1|a|0", "d2|a|0", "d3|b|0"});
    // d1 goes over to b. Whichever list is read first, it is there.
    open.commit({went("a", "d1", 1000)});
    CHECK(fleet() == Lines{"d1|a|1", "d2|a|0", "d3|b|0"});
    open.commit({came("b", {"d1"}, 2000)});
    CHECK(fleet() == Lines{"d1|b|0", "d2|a|0", "d3|b|0"});
    open.commit({came("b", {"d2"}, 3000)});
    CHECK(fleet() == Lines{"d1|b|0", "d2|a|0", "d2|b|0", "d3|b|0"});
    open.commit({went("a", "d2", 4000)});
    CHECK(fleet() == Lines{"d1|b|0", "d2|b|0", "d3|b|0"});
    // Gone from both: told once, by the account that had it last.
    open.commit({went("b", "d2", 5000)});
    CHECK(fleet() == Lines{"d1|b|0", "d2|b|1", "d3|b|0"});
    const auto facts = open.wait_for(open.store().why({"clean", "host-d2", to_unix_ms(at(9000))}));
    REQUIRE(facts);
    CHECK(facts->devices.rows.size() == 1);

    const auto state = open.store().load(at());
    Lines own;
    for (const auto& device : state->devices)
        own.push_back(device.account + " " + device.device.str() + (device.is_gone ? " gone" : ""));
    CHECK(own == Lines{"a d1 gone", "b d1", "a d2 gone", "b d2 gone", "b d3"});
    CHECK(rows(database,
               "SELECT subject_uid, kind, data FROM event_trail WHERE kind = 'fleet.changed' LIMIT 2") ==
          Lines{"a|fleet.changed|{\"appeared\":[\"d1\",\"d2\"]}", "b|fleet.changed|{\"appeared\":[\"d3\"]}"});
}

TEST_CASE("whether the first list is recorded is a matter of each account", "[store][accounts]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto first = came("a", {"d1"}, 0);
    first.first_list = 1;
    open.commit({first, came("b", {"d2"}, 0)});
    const auto state = open.store().load(at());
    CHECK(state->known_fleets == Lines{"a"});
}

TEST_CASE("whose a site is, is said by the account that said it last", "[store][accounts]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    const auto assign = [&](const std::string& account, const std::string& customer) {
        open.commit({engine::SitesAssigned{account, {{SiteUid("s1"), customer}}, at()}});
    };
    const auto customer = [&] { return rows(database, "SELECT customer, account FROM site_customers"); };
    assign("a", "acme");
    assign("b", "birch");
    CHECK(customer() == Lines{"birch|b"});
    assign("a", "");
    CHECK(customer() == Lines{"birch|b"});
    assign("b", "");
    CHECK(customer().empty());
}

TEST_CASE("runbooks, runs and jobs are found again with their account", "[store][accounts]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto of_a = revision("clean");
    of_a.account = "a";
    auto moved = revision("clean", 2);
    moved.account = "b";
    open.commit({of_a, planned_on("a", "01A"), started(1, "01A"), created("01JA", "d1", "01A"),
                 engine::RevisionRetired{"clean", "ana", at()}, moved});
    CHECK(rows(database, "SELECT revision, effective_until IS NULL FROM runbook_revisions ORDER BY 1") ==
          Lines{"1|0", "2|1"});
    CHECK(rows(database,
               "SELECT json_extract(data, '$.account') FROM event_trail WHERE kind = "
               "'revision.effective' ORDER BY seq") == Lines{"a", "b"});
    const auto state = open.store().load(at());
    REQUIRE(state);
    REQUIRE(state->runbooks.size() == 1);
    CHECK(state->runbooks[0].account == "b");
    CHECK(state->runbooks[0].revision == 2);
    CHECK(state->older_revisions.at("clean").contains(1));
    CHECK(state->runs.at(0).planned.account == "a");
    CHECK(state->jobs.at(0).account == "a");
    const auto left = open.wait_for(open.store().leftovers("01A"));
    REQUIRE(left);
    CHECK(left->account == "a");
}

TEST_CASE("a guard compares with the last run of its own account", "[store][accounts]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    open.commit(
        {revision(), planned_on("a", "01A"), started(2, "01A"), planned_on("b", "01B"), started(1, "01B")});
    const auto lanes = open.store().load_last_targets({"clean"});
    REQUIRE(lanes);
    REQUIRE(lanes->size() == 2);
    CHECK(lanes->at(0).account == "a");
    CHECK(lanes->at(0).devices.size() == 2);
    CHECK(lanes->at(1).account == "b");
    CHECK(lanes->at(1).devices.size() == 1);
}

}  // namespace runbookd::store_test
