// Restarts, fields that are written, and the odd ways to ask for a device.
#include "sandbox/device_states.hpp"

#include <iomanip>
#include <sstream>

#include "fixture.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ApiFixture;
using testing::contains;
using testing::later;
using testing::test_start;

const std::string kFleet = R"(
limits: off
pickup: 2s
expiry: 1h
sites:
  - name: HQ
    devices:
      - {hostname: PC, reboot_required: true, patch_status: RebootRequired, udf: {5: gold}}
      - {hostname: LT, online: {after: 0s, for: 3m, every: 10m}}
    variables: [{name: region, value: north}]
variables: [{name: licence, value: abc}, {name: password, value: s3cret, masked: true}]
components:
  - {name: Reboot, simulate: {duration: 8s, outcome: {Success: 100%}}, reboots: {down_for: 90s}}
  - {name: Brick, simulate: {duration: 8s, outcome: {Warning: 100%}}, reboots: {returns: 0%}}
  - {name: Fail, simulate: {duration: 8s, outcome: {Failure: 100%}}, reboots: {down_for: 90s}}
  - {name: Sweep, simulate: {duration: 5s}}
)";

json device(ApiFixture& fixture, const std::string& hostname) {
    return fixture.get_json("/api/v2/device/" + fixture.device_uid(hostname));
}

TEST_CASE("a component that reboots takes its device down and brings it back", "[sandbox]") {
    ApiFixture fixture(kFleet);
    CHECK(device(fixture, "PC")["lastReboot"].is_null());
    CHECK(device(fixture, "PC")["rebootRequired"] == true);
    const auto uid = fixture.created("PC", "Reboot", "r");
    fixture.pass(seconds{10});  // picked up after 2 s, ended after 8 s
    CHECK(fixture.status_of(uid, "PC") == "Success");
    const auto went_down = to_unix_ms(fixture.now.utc);
    CHECK(device(fixture, "PC")["online"] == false);
    fixture.pass(seconds{89});
    const auto down = device(fixture, "PC");
    CHECK(down["online"] == false);
    CHECK(down["lastSeen"] == went_down);
    CHECK(down["lastReboot"].is_null());
    CHECK(down["patchManagement"]["patchStatus"] == "RebootRequired");
    fixture.pass(seconds{1});
    const auto back = device(fixture, "PC");
    CHECK(back["online"] == true);
    CHECK(back["lastReboot"] == to_unix_ms(fixture.now.utc));
    CHECK(back["rebootRequired"] == false);
    CHECK(back["patchManagement"]["patchStatus"] == "FullyPatched");
    fixture.pass(minutes{5});
    CHECK(device(fixture, "PC")["lastReboot"] == back["lastReboot"]);
    fixture.created("PC", "Reboot", "again");
    fixture.pass(seconds{20});
    CHECK(device(fixture, "PC")["lastReboot"] == back["lastReboot"]);
}

TEST_CASE("a device that does not come back stays away, and its jobs expire", "[sandbox]") {
    ApiFixture fixture(kFleet);
    fixture.created("PC", "Brick", "b");
    fixture.pass(seconds{10});
    const auto later_job = fixture.created("PC", "Sweep", "s");
    fixture.pass(hours{1});
    CHECK(device(fixture, "PC")["online"] == false);
    CHECK(fixture.status_of(later_job, "PC") == "Expired");
}

TEST_CASE("a job that failed restarts nothing", "[sandbox]") {
    ApiFixture fixture(kFleet);
    fixture.created("PC", "Fail", "f");
    fixture.pass(seconds{11});
    CHECK(device(fixture, "PC")["online"] == true);
}

TEST_CASE("a job that was to be picked up during a restart waits for its end", "[sandbox]") {
    ApiFixture fixture(kFleet);
    fixture.created("PC", "Reboot", "r");
    fixture.pass(seconds{9});
    const auto uid = fixture.created("PC", "Sweep", "s");  // pickup at 11 s; down from 10 s to 100 s
    fixture.pass(seconds{90});
    CHECK(fixture.status_of(uid, "PC") == "Pending");
    fixture.pass(seconds{1});
    const auto results = fixture.get_json(fixture.results_path(uid, "PC"));
    CHECK(results["jobDeploymentStatus"] == "Running");
    CHECK(results["ranOn"] == to_unix_ms(test_start().utc) + 100'000);
}

TEST_CASE("a job that would expire before the device is back expires in time", "[sandbox]") {
    auto yaml = kFleet;
    yaml.replace(yaml.find("expiry: 1h"), 10, "expiry: 1m");
    ApiFixture fixture(yaml);
    fixture.created("PC", "Reboot", "r");
    fixture.pass(seconds{9});
    const auto uid = fixture.created("PC", "Sweep", "s");
    fixture.pass(seconds{60});
    CHECK(fixture.status_of(uid, "PC") == "Expired");
    CHECK(fixture.witness.lines.back() == "finished s at 02:01:09 Expired");
}

TEST_CASE("after a restart the pattern of the device still holds", "[sandbox]") {
    ApiFixture fixture(kFleet);
    fixture.pass(minutes{2});
    fixture.created("LT", "Reboot", "r");
    fixture.pass(minutes{2});  // down from 2:10 to 3:40; the pattern ends at 3:00
    CHECK(device(fixture, "LT")["online"] == false);
    fixture.pass(minutes{6});
    CHECK(device(fixture, "LT")["online"] == true);
}

TEST_CASE("about the share of devices that is said comes back", "[sandbox]") {
    ApiFixture fixture(
        "limits: off\npickup: 0s\nsites: [{name: A, devices: [{hostname: \"d{n}\", count: 1000}]}]\n"
        "components: [{name: R, simulate: {duration: 1s}, reboots: {down_for: 10s..20s, returns: 80%}}]\n");
    for (const auto& each : fixture.world.fleet().devices)
        fixture.world.create_job(each, fixture.world.fleet().components[0], "r", {}, fixture.now);
    fixture.pass(minutes{5});
    fixture.world.advance(fixture.now);
    int online = 0;
    for (const auto& each : fixture.world.fleet().devices)
        online += fixture.world.devices().is_online(each, fixture.now.steady) ? 1 : 0;
    CHECK(online > 740);
    CHECK(online < 860);
}

TEST_CASE("speed divides restarts", "[sandbox]") {
    const auto fast = at_speed(testing::fleet_of(kFleet), 10);
    CHECK(fast.components[0].reboots->down_for.most == Millis{9000});
}

TEST_CASE("user-defined fields are written one by one, and cleared", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto path = "/api/v2/device/" + fixture.device_uid("PC") + "/udf";
    const auto reply = fixture.call("POST", path, R"({"udf7": "canary", "udf300": "last"})");
    CHECK(reply.status == 200);
    CHECK(reply.body.empty());
    auto udf = device(fixture, "PC")["udf"];
    CHECK(udf["udf5"] == "gold");
    CHECK(udf["udf7"] == "canary");
    CHECK(udf["udf300"] == "last");
    fixture.call("POST", path, R"({"udf5": null, "udf7": ""})");
    udf = device(fixture, "PC")["udf"];
    CHECK(udf["udf5"].is_null());
    CHECK(udf["udf7"].is_null());
    CHECK(device(fixture, "LT")["udf"]["udf300"].is_null());
    for (const auto* wrong :
         {"[]", "{", R"({"udf301": "x"})", R"({"udf0": "x"})", R"({"udf1": 1})", R"({"a": "x"})"})
        CHECK(fixture.call("POST", path, wrong).status == 400);
    CHECK(fixture.call("POST", "/api/v2/device/none/udf", "{}").status == 404);
}

TEST_CASE("version 3 shows and takes fields as a list", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto path = "/api/v3/device/" + fixture.device_uid("PC");
    auto shown = fixture.get_json(path);
    CHECK_FALSE(shown.contains("udf"));
    REQUIRE(shown["udfs"].size() == 1);
    CHECK(shown["udfs"][0]["ordinal"] == 5);
    CHECK(shown["udfs"][0]["valueString"] == "gold");
    CHECK(fixture
              .call("POST", path + "/udf",
                    R"({"udfs": [{"ordinal": 5, "valueString": null}, {"ordinal": 6, "valueNumber": 4}]})")
              .status == 200);
    shown = fixture.get_json(path);
    REQUIRE(shown["udfs"].size() == 1);
    CHECK(shown["udfs"][0]["ordinal"] == 6);
    CHECK(device(fixture, "PC")["udf"]["udf6"] == "4");
    for (const auto* wrong : {"{}", R"({"udfs": [{}]})", R"({"udfs": [{"ordinal": 301}]})",
                              R"({"udfs": [{"ordinal": 1, "valueString": "a", "valueNumber": 1}]})"})
        CHECK(fixture.call("POST", path + "/udf", wrong).status == 400);
    CHECK(fixture.get_json("/api/v3/account/devices?hostname=PC")["devices"][0].contains("udfs"));
    const auto site = fixture.world.fleet().sites[0].uid;
    CHECK(fixture.get_json("/api/v3/site/" + site + "/devices")["devices"].size() == 2);
    const auto id = std::to_string(shown["id"].get<long long>());
    CHECK(fixture.get_json("/api/v3/device/id/" + id)["hostname"] == "PC");
}

TEST_CASE("a device is found by the address of its network card", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto id = device(fixture, "LT")["id"].get<long long>();
    std::ostringstream address;
    address << "02" << std::hex << std::uppercase << std::setw(10) << std::setfill('0') << id;
    const auto found = fixture.get_json("/api/v2/device/macAddress/" + address.str());
    REQUIRE(found.size() == 1);
    CHECK(found[0]["hostname"] == "LT");
    CHECK(fixture.get_json("/api/v3/device/macAddress/" + address.str())[0].contains("udfs"));
    for (const auto* wrong : {"020000000000", "02", "0200zz000000", "010000000000"})
        CHECK(fixture.get(std::string("/api/v2/device/macAddress/") + wrong).status == 404);
}

TEST_CASE("variables and users are listed, and a masked value is not told", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto variables = fixture.get_json("/api/v2/account/variables")["variables"];
    REQUIRE(variables.size() == 2);
    CHECK(variables[0]["value"] == "abc");
    CHECK(variables[1]["masked"] == true);
    CHECK(variables[1]["value"].is_null());
    const auto site = fixture.world.fleet().sites[0].uid;
    const auto of_site = fixture.get_json("/api/v2/site/" + site + "/variables")["variables"];
    REQUIRE(of_site.size() == 1);
    CHECK(of_site[0]["name"] == "region");
    CHECK(of_site[0]["id"] != variables[0]["id"]);
    CHECK(fixture.get("/api/v2/site/none/variables").status == 404);
    CHECK(fixture.get_json("/api/v2/account/users")["users"][0]["username"] == "sandbox-api");
}

}  // namespace
}  // namespace runbookd::sandbox
