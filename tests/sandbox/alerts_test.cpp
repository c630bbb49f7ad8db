// Alerts: raised by the fleet's rules, listed, resolved.
#include "fixture.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ApiFixture;
using testing::contains;

const std::string kFleet = R"(
limits: off
sites:
  - {name: HQ, devices: [{hostname: DC01}, {hostname: WS1}, {hostname: WS2, appears: {after: 2m}}]}
  - {name: Lab, devices: [{hostname: LAB1}]}
alerts:
  - {device: DC01, class: perf_disk_usage_ctx, priority: High, after: 30s, every: 10m,
     context: {diskName: "C:", freeSpace: 7, unit: "7", full: true, samples: {"": 1.5}, list: [a]}}
  - {device: "WS*", class: comp_script_ctx, priority: Critical, after: 1m, muted: true, diagnostics: look}
  - {device: LAB1, class: online_offline_status_ctx, after: 1m, resolves: 90s}
)";

const std::string kOpen = "/api/v2/account/alerts/open";
const std::string kResolved = "/api/v2/account/alerts/resolved";

TEST_CASE("an alert is open from its time on and says where it came from", "[sandbox]") {
    ApiFixture fixture(kFleet);
    fixture.pass(seconds{29});
    CHECK(fixture.get_json(kOpen)["alerts"].empty());
    fixture.pass(seconds{2});
    const auto alerts = fixture.get_json(kOpen)["alerts"];
    REQUIRE(alerts.size() == 1);
    const auto& alert = alerts[0];
    CHECK(alert["priority"] == "High");
    CHECK(alert["resolved"] == false);
    CHECK(alert["resolvedOn"].is_null());
    CHECK(alert["muted"] == false);
    CHECK(alert["timestamp"] == to_unix_ms(testing::test_start().utc) + 30'000);
    CHECK(alert["alertSourceInfo"]["deviceUid"] == fixture.device_uid("DC01"));
    CHECK(alert["alertSourceInfo"]["siteName"] == "HQ");
    const auto& context = alert["alertContext"];
    CHECK(context["@class"] == "perf_disk_usage_ctx");
    CHECK(context["diskName"] == "C:");
    CHECK(context["freeSpace"] == 7);
    CHECK(context["unit"] == "7");
    CHECK(context["full"] == true);
    CHECK(context["samples"][""] == 1.5);
    CHECK(context["list"] == json::array({"a"}));
    const std::string uid = alert["alertUid"];
    CHECK(fixture.get_json("/api/v2/alert/" + uid) == alert);
    CHECK(fixture.get("/api/v2/alert/none").status == 404);
}

TEST_CASE("alerts are listed newest first for the account, a site and a device", "[sandbox]") {
    ApiFixture fixture(kFleet);
    fixture.pass(seconds{61});
    const auto count = [&](const std::string& target) { return fixture.get_json(target)["alerts"].size(); };
    const auto all = fixture.get_json(kOpen)["alerts"];
    REQUIRE(all.size() == 3);  // WS2 is not there yet
    CHECK(all[2]["alertContext"]["@class"] == "perf_disk_usage_ctx");
    const auto lab = fixture.world.fleet().sites[1].uid;
    CHECK(count("/api/v2/site/" + lab + "/alerts/open") == 1);
    CHECK(count("/api/v2/device/" + fixture.device_uid("WS1") + "/alerts/open") == 1);
    CHECK(count("/api/v2/device/" + fixture.device_uid("WS1") + "/alerts/resolved") == 0);
    CHECK(count(kOpen + "?muted=true") == 1);
    CHECK(count(kOpen + "?muted=false") == 2);
    CHECK(fixture.get(kOpen + "?muted=maybe").status == 400);
    CHECK(fixture.get("/api/v2/site/none/alerts/open").status == 404);
    CHECK(fixture.get("/api/v2/device/none/alerts/open").status == 404);
    const auto page = fixture.get_json(kOpen + "?max=2");
    CHECK(page["pageDetails"]["totalCount"] == 3);
    CHECK(count(testing::target_of(page["pageDetails"]["nextPageUrl"])) == 1);
}

TEST_CASE("a rule raises again, whether the last alert is resolved or not", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto target = "/api/v2/device/" + fixture.device_uid("DC01") + "/alerts/open";
    fixture.pass(minutes{21});
    const auto open = fixture.get_json(target)["alerts"];
    REQUIRE(open.size() == 3);
    CHECK(open[0]["timestamp"].get<std::int64_t>() - open[1]["timestamp"].get<std::int64_t>() == 600'000);
    CHECK(open[0]["alertUid"] != open[1]["alertUid"]);
}

TEST_CASE("an alert that is resolved moves to the other list and stays there", "[sandbox]") {
    ApiFixture fixture(kFleet);
    fixture.pass(seconds{31});
    const std::string uid = fixture.get_json(kOpen)["alerts"][0]["alertUid"];
    const auto resolve = "/api/v2/alert/" + uid + "/resolve";
    const auto reply = fixture.call("POST", resolve);
    CHECK(reply.status == 200);
    CHECK(reply.body.empty());
    const auto resolved_on = to_unix_ms(fixture.now.utc);
    CHECK(fixture.get_json(kOpen)["alerts"].empty());
    fixture.pass(seconds{1});
    CHECK(fixture.call("POST", resolve).status == 200);
    const auto resolved = fixture.get_json(kResolved)["alerts"];
    REQUIRE(resolved.size() == 1);
    CHECK(resolved[0]["resolvedOn"] == resolved_on);
    CHECK(resolved[0]["resolvedBy"] == "sandbox-api");
    CHECK(fixture.call("POST", "/api/v2/alert/none/resolve").status == 404);
    CHECK(fixture.call("GET", resolve).status == 405);
}

TEST_CASE("an alert may resolve by itself", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto target = "/api/v2/device/" + fixture.device_uid("LAB1") + "/alerts/";
    fixture.pass(seconds{149});
    CHECK(fixture.get_json(target + "open")["alerts"][0]["autoresolveMins"] == 2);
    fixture.pass(seconds{1});
    CHECK(fixture.get_json(target + "open")["alerts"].empty());
    const auto resolved = fixture.get_json(target + "resolved")["alerts"][0];
    CHECK(resolved["resolvedBy"].is_null());
    CHECK(resolved["resolvedOn"] == to_unix_ms(fixture.now.utc));
}

TEST_CASE("resolving is limited as an operation of its own", "[sandbox]") {
    auto yaml = kFleet;
    yaml.replace(yaml.find("limits: off"), 11, "limits: {}");
    ApiFixture fixture(yaml);
    fixture.pass(seconds{31});
    const std::string uid = fixture.get_json(kOpen)["alerts"][0]["alertUid"];
    for (int i = 0; i < 100; ++i) fixture.call("POST", "/api/v2/alert/" + uid + "/resolve");
    CHECK(fixture.call("POST", "/api/v2/alert/" + uid + "/resolve").status == 429);
    CHECK(fixture.call("POST", "/api/v2/alert/" + uid + "/mute").status == 200);
    const auto writes = fixture.get_json("/api/v2/system/request_rate")["operationWriteStatus"];
    CHECK(writes["alert-resolve"]["count"] == 101);
    CHECK(writes["alert-resolve"]["limit"] == 100);
    CHECK(writes.size() == 16);
}

TEST_CASE("speed divides the times of alerts", "[sandbox]") {
    const auto fast = at_speed(testing::fleet_of(kFleet), 10);
    CHECK(fast.alerts[0].after == Millis{3000});
    CHECK(fast.alerts[0].every == Millis{60'000});
    CHECK(fast.alerts[2].resolves == Millis{9000});
}

TEST_CASE("mistakes in alerts are told", "[sandbox]") {
    const auto error_of = [](const std::string& alert) {
        const auto fleet =
            parse_fleet("sites: [{name: A, devices: [{hostname: x}]}]\nalerts: [{" + alert + "}]", "f");
        return fleet ? std::string{} : fleet.error().message;
    };
    CHECK(contains(error_of("class: c"), "alerts[0].device: expected a text, and it must be given"));
    CHECK(contains(error_of("device: y, class: c"), "alerts[0].device: expected the host name"));
    CHECK(contains(error_of("device: x"), "alerts[0].class: expected a text"));
    CHECK(contains(error_of("device: x, class: c, priority: Urgent"),
                   "alerts[0].priority: expected Critical, High, Moderate, Low, Information or Unknown"));
    CHECK(contains(error_of("device: x, class: c, every: 10ms"), "alerts[0].every: expected 1s or more"));
    CHECK(contains(error_of("device: x, class: c, context: [1]"), "alerts[0].context: expected a map"));
    CHECK(contains(error_of("device: x, class: c, afer: 1s"), "did you mean `after`?"));
    CHECK(error_of("device: x, class: c, context: {}").empty());
}

}  // namespace
}  // namespace runbookd::sandbox
