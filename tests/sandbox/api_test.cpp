#include "sandbox/api.hpp"

#include "fixture.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ApiFixture;
using testing::contains;

constexpr const char* kFleet = R"(
pickup: 2s
expiry: 1h
token_life: 10m
activity_log: {lag: 5s}
limits: {reads: 20, writes: 10, device_job_create: 5}
sites:
  - name: Acme HQ
    devices:
      - {hostname: ACME-DC01, os: Microsoft Windows Server 2022, type: Server, udf: {5: gold}}
      - {hostname: "ACME-WS{n}", count: 600, os: Microsoft Windows 11 Pro}
      - {hostname: ACME-OFF, online: false, last_seen: 1d}
      - {hostname: ACME-OLD, deleted: true}
      - {hostname: ACME-PRINT, class: printer, type: Printer}
  - {name: Globex, on_demand: true, devices: [{hostname: GX1}]}
components:
  - name: Sweep
    variables: [{name: days, default: "7"}, {name: deep, type: boolean}]
    simulate: {duration: 30s, stdout: "swept {hostname}"}
  - {name: Warn, simulate: {duration: 1s, outcome: {Warning: 100%}}}
filters: [{name: Servers, os: "*server*"}]
)";

std::string unlimited() {
    std::string text = kFleet;
    const auto begin = text.find("limits: {");
    return text.replace(begin, text.find('\n', begin) - begin, "limits: off");
}

TEST_CASE("only the right client, key, secret and grant get a token", "[sandbox]") {
    ApiFixture fixture(kFleet);
    Request request;
    request.method = "POST";
    request.path = "/auth/oauth/token";
    request.content_type = "application/x-www-form-urlencoded";
    request.body = "grant_type=password&username=demo-key&password=demo-secret";
    CHECK(fixture.api.handle(request, fixture.now).status == 401);
    request.authorization = "Basic cHVibGljLWNsaWVudDpwdWJsaWM=";
    const auto granted = json::parse(fixture.api.handle(request, fixture.now).body);
    CHECK(granted["token_type"] == "bearer");
    CHECK(granted["expires_in"] == 600);
    request.body = "grant_type=password&username=demo-key&password=wrong";
    CHECK(fixture.api.handle(request, fixture.now).status == 401);
    request.body = "grant_type=client_credentials&username=demo-key&password=demo-secret";
    CHECK(fixture.api.handle(request, fixture.now).status == 400);
    request.path = "/api/auth/oauth/token";
    CHECK(fixture.api.handle(request, fixture.now).status == 404);
}

TEST_CASE("a call without a good token is answered with 401 and uses up nothing", "[sandbox]") {
    ApiFixture fixture(kFleet);
    CHECK(fixture.get("/api/v2/account").status == 200);
    fixture.pass(minutes{10});
    const auto refused = fixture.get("/api/v2/account");
    CHECK(refused.status == 401);
    CHECK(json::parse(refused.body)["error"] == "Unauthorized");
    fixture.log_in();
    CHECK(fixture.get_json("/api/v2/system/request_rate")["accountCount"] == 1);
    fixture.bearer.clear();
    CHECK(fixture.get("/api/v2/system/status").status == 200);
}

TEST_CASE("devices come in pages of at most 250 that lead to the next", "[sandbox]") {
    ApiFixture fixture(kFleet);
    auto page = fixture.get_json("/api/v2/account/devices?max=1000");
    CHECK(page["devices"].size() == 250);
    CHECK(page["pageDetails"]["count"] == 250);
    CHECK(page["pageDetails"]["totalCount"] == 605);
    CHECK(page["pageDetails"]["prevPageUrl"].is_null());
    std::size_t seen = 0;
    std::string url = "http://127.0.0.1:8781/api/v2/account/devices?hostname=acme-ws";
    while (true) {
        CHECK(contains(url, "http://127.0.0.1:8781/"));
        page = fixture.get_json(url.substr(url.find("/api")));
        seen += page["devices"].size();
        if (page["pageDetails"]["nextPageUrl"].is_null()) break;
        url = page["pageDetails"]["nextPageUrl"];
    }
    CHECK(seen == 600);
    CHECK(fixture.get_json("/api/v2/account/devices?page=99")["devices"].empty());
    CHECK(fixture.get("/api/v2/account/devices?page=x").status == 400);
    CHECK(fixture.get("/api/v2/account/devices?max=-1").status == 400);
}

TEST_CASE("what a device was audited for is served, or null where nobody knows", "[sandbox]") {
    ApiFixture fixture(R"(
limits: off
sites:
  - name: Acme HQ
    devices:
      - {hostname: A1, domain: corp, udf: {5: gold, 300: last}, reboot_required: true, patch_status: RebootRequired}
      - {hostname: A2, reboot_required: false}
      - {hostname: A3}
)");
    const auto devices = fixture.get_json("/api/v2/account/devices")["devices"];
    REQUIRE(devices.size() == 3);
    CHECK(devices[0]["domain"] == "corp");
    CHECK(devices[0]["udf"]["udf5"] == "gold");
    CHECK(devices[0]["udf"]["udf300"] == "last");
    CHECK(devices[0]["udf"]["udf6"].is_null());
    CHECK(devices[0]["rebootRequired"] == true);
    CHECK(devices[0]["patchManagement"]["patchStatus"] == "RebootRequired");
    CHECK(devices[1]["rebootRequired"] == false);
    CHECK(devices[2]["rebootRequired"].is_null());
    CHECK(devices[2]["patchManagement"].is_null());
    CHECK(devices[2]["domain"].is_null());
}

TEST_CASE("filters are the vendor's or the account's, and their pages keep the filter", "[sandbox]") {
    ApiFixture fixture(R"(
limits: off
sites:
  - name: Acme HQ
    devices:
      - {hostname: "W{n}", count: 300, os: Windows 11, domain: corp}
      - {hostname: L1, os: Debian}
filters:
  - {name: All Windows, os: "*Windows*", default: true}
  - {name: Corp, domain: corp}
  - {name: Nobody, hostname: none}
)");
    const auto defaults = fixture.get_json("/api/v2/filter/default-filters")["filters"];
    REQUIRE(defaults.size() == 1);
    CHECK(defaults[0]["name"] == "All Windows");
    CHECK(defaults[0]["type"] == "rmm_default");
    const auto customs = fixture.get_json("/api/v2/filter/custom-filters")["filters"];
    REQUIRE(customs.size() == 2);
    CHECK(customs[0]["type"] == "custom");
    const auto id = std::to_string(customs[0]["id"].get<int>());
    const auto first = fixture.get_json("/api/v2/account/devices?max=250&filterId=" + id);
    CHECK(first["devices"].size() == 250);
    CHECK(first["pageDetails"]["totalCount"] == 300);
    CHECK(contains(first["pageDetails"]["nextPageUrl"].get<std::string>(), "filterId=" + id));
    const auto rest = fixture.get_json("/api/v2/account/devices?max=250&page=1&filterId=" + id);
    CHECK(rest["devices"].size() == 50);
    CHECK(fixture.get_json("/api/v2/account/devices?filterId=3")["devices"].empty());
}

TEST_CASE("devices are filtered by substrings without case, and by filterId before all", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto count = [&](const std::string& query) {
        return fixture.get_json("/api/v2/account/devices?" + query)["pageDetails"]["totalCount"].get<int>();
    };
    CHECK(count("hostname=dc01") == 1);
    CHECK(count("operatingSystem=SERVER%202022") == 1);
    CHECK(count("deviceType=print") == 1);
    CHECK(count("siteName=globex&hostname=x") == 1);
    CHECK(count("filterId=1&hostname=nothing") == 1);
    CHECK(fixture.get("/api/v2/account/devices?filterId=9").status == 404);
    CHECK(fixture.get_json("/api/v2/filter/custom-filters")["filters"][0]["name"] == "Servers");
}

TEST_CASE("a device tells what the fleet file says of it", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto device = fixture.get_json("/api/v2/device/" + fixture.device_uid("ACME-DC01"));
    CHECK(device["online"] == true);
    CHECK(device["lastSeen"] == to_unix_ms(fixture.now.utc));
    CHECK(device["udf"]["udf5"] == "gold");
    CHECK(device["udf"]["udf6"].is_null());
    CHECK(device["deviceType"]["category"] == "Server");
    CHECK(device["siteName"] == "Acme HQ");
    const auto by_id = fixture.get_json("/api/v2/device/id/" + std::to_string(device["id"].get<long long>()));
    CHECK(by_id["uid"] == device["uid"]);
    const auto off = fixture.get_json("/api/v2/device/" + fixture.device_uid("ACME-OFF"));
    CHECK(off["online"] == false);
    CHECK(off["lastSeen"] == to_unix_ms(fixture.now.utc) - 86'400'000);
    CHECK(fixture.get_json("/api/v2/device/" + fixture.device_uid("ACME-OLD"))["deleted"] == true);
    CHECK(fixture.get("/api/v2/device/nobody").status == 404);
}

TEST_CASE("sites and their devices are listed", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto sites = fixture.get_json("/api/v2/account/sites")["sites"];
    REQUIRE(sites.size() == 2);
    CHECK(sites[0]["devicesStatus"]["numberOfDevices"] == 603);
    CHECK(sites[0]["devicesStatus"]["numberOfOfflineDevices"] == 1);
    CHECK(sites[1]["onDemand"] == true);
    const std::string uid = sites[1]["uid"];
    CHECK(fixture.get_json("/api/v2/site/" + uid)["name"] == "Globex");
    CHECK(fixture.get_json("/api/v2/site/" + uid + "/devices")["devices"][0]["hostname"] == "GX1");
    CHECK(fixture.get("/api/v2/site/none/devices").status == 404);
    CHECK(fixture.get_json("/api/v2/account")["devicesStatus"]["numberOfOnDemandDevices"] == 1);
}

TEST_CASE("a quick job is accepted, followed and read", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto reply = fixture.create("ACME-DC01", "Sweep", "clear rb01",
                                      json::array({{{"name", "days"}, {"value", "14"}}}));
    REQUIRE(reply.status == 200);
    const auto created = json::parse(reply.body);
    CHECK(created["job"]["name"] == "clear rb01");
    CHECK(created["job"]["status"] == "active");
    CHECK(created["job"]["dateCreated"] == to_unix_ms(fixture.now.utc));
    CHECK(created["jobComponents"][0]["variables"][0]["value"] == "14");
    const std::string uid = created["job"]["uid"];
    const auto path = fixture.results_path(uid, "ACME-DC01");
    auto results = fixture.get_json(path);
    CHECK(results["jobDeploymentStatus"] == "Pending");
    CHECK(results["ranOn"].is_null());
    CHECK(fixture.get_json(path + "/stdout").empty());
    fixture.pass(seconds{2});
    CHECK(fixture.status_of(uid, "ACME-DC01") == "Running");
    fixture.pass(seconds{30});
    results = fixture.get_json(path);
    CHECK(results["jobDeploymentStatus"] == "Success");
    CHECK(results["ranOn"] == to_unix_ms(fixture.now.utc) - 30'000);
    CHECK(results["componentResults"][0]["hasStdOut"] == true);
    CHECK(results["componentResults"][0]["hasStdErr"] == false);
    CHECK(fixture.get_json(path + "/stdout")[0]["stdData"] == "swept ACME-DC01");
    CHECK(fixture.get_json(path + "/stderr").empty());
    CHECK(fixture.get_json("/api/v2/job/" + uid)["status"] == "completed");
    CHECK(fixture.get_json("/api/v2/job/" + uid + "/components")["jobComponents"][0]["name"] == "Sweep");
    CHECK(fixture.get(fixture.results_path(uid, "ACME-WS1")).status == 404);
    CHECK(fixture.get("/api/v2/job/none").status == 404);
}

TEST_CASE("a warning is a success with a number of warnings", "[sandbox]") {
    ApiFixture fixture(kFleet);
    const auto uid = fixture.created("ACME-DC01", "Warn", "w");
    fixture.pass(seconds{10});
    const auto results = fixture.get_json(fixture.results_path(uid, "ACME-DC01"));
    CHECK(results["jobDeploymentStatus"] == "Warning");
    CHECK(results["componentResults"][0]["componentStatus"] == "Success");
    CHECK(results["componentResults"][0]["numberOfWarnings"] == 1);
}

TEST_CASE("a job for an offline device stays pending and expires", "[sandbox]") {
    ApiFixture fixture(unlimited());
    const auto uid = fixture.created("ACME-OFF", "Sweep", "off");
    fixture.pass(minutes{9});
    CHECK(fixture.status_of(uid, "ACME-OFF") == "Pending");
    fixture.pass(minutes{51});
    fixture.log_in();
    CHECK(fixture.status_of(uid, "ACME-OFF") == "Expired");
    CHECK(fixture.get_json("/api/v2/job/" + uid)["status"] == "completed");
}

TEST_CASE("a quick job that the API would not take is refused, and nothing is created", "[sandbox]") {
    ApiFixture fixture(unlimited());
    const auto path = "/api/v2/device/" + fixture.device_uid("ACME-DC01") + "/quickjob";
    const auto sweep = fixture.component_uid("Sweep");
    const auto put = [&](const json& body) { return fixture.call("PUT", path, body.dump()); };

    const auto flat = put({{"componentUid", sweep}, {"variables", {{"days", "1"}}}});
    CHECK(flat.status == 400);
    CHECK(flat.body == R"({"errorMessage":"Failed to read request"})");
    CHECK(fixture.call("PUT", path, "{").body == flat.body);
    CHECK(put({{"jobName", "x"}, {"jobComponent", {{"componentUid", sweep}, {"variables", {{"days", "1"}}}}}})
              .body == flat.body);

    const auto no_name = put({{"jobComponent", {{"componentUid", sweep}}}});
    CHECK(no_name.status == 400);
    CHECK(json::parse(no_name.body)["error"] == "Bad Request");
    CHECK(json::parse(no_name.body)["path"] == path);
    CHECK(put({{"jobName", "x"}}).status == 400);
    CHECK(put({{"jobName", "x"}, {"jobComponent", {{"componentUid", "none"}}}}).status == 400);
    CHECK(fixture.create("ACME-DC01", "Sweep", "x", {{{"name", "Days"}, {"value", "1"}}}).status == 400);
    CHECK(fixture.create("ACME-DC01", "Sweep", "x", {{{"name", "deep"}, {"value", "maybe"}}}).status == 400);
    CHECK(fixture.create("ACME-PRINT", "Sweep", "x").status == 400);
    CHECK(fixture.create("ACME-OLD", "Sweep", "x").status == 404);
    CHECK(fixture.call("POST", path, "{}").status == 405);
    CHECK(fixture.call("PUT", "/api/v2/device/none/quickjob", R"({"jobName":"x"})").status == 404);
    CHECK(fixture.witness.lines.empty());
    CHECK(fixture.create("ACME-DC01", "Sweep", "x", {{{"name", "deep"}, {"value", "true"}}}).status == 200);
}

TEST_CASE("job creates are slowed, then refused, and free again after a minute", "[sandbox]") {
    ApiFixture fixture(kFleet);
    for (int i = 0; i < 4; ++i) CHECK(fixture.create("ACME-WS1", "Sweep", "j").delay == Millis{0});
    CHECK(fixture.create("ACME-WS1", "Sweep", "j").delay == Millis{1000});
    const auto refused = fixture.create("ACME-WS1", "Sweep", "j");
    CHECK(refused.status == 429);
    CHECK(fixture.witness.lines.size() == 5);
    const auto rate = fixture.get_json("/api/v2/system/request_rate");
    CHECK(rate["operationWriteStatus"]["device-job-create"]["count"] == 6);
    CHECK(rate["operationWriteStatus"]["device-job-create"]["limit"] == 5);
    CHECK(rate["accountWriteCount"] == 6);
    CHECK(rate["accountCount"] == 1);
    fixture.pass(seconds{60});
    CHECK(fixture.create("ACME-WS1", "Sweep", "j").status == 200);
}

TEST_CASE("reads have a window of their own, and without limits a million is reported", "[sandbox]") {
    ApiFixture fixture(kFleet);
    for (int i = 0; i < 20; ++i) CHECK(fixture.get("/api/v2/system/pagination").status == 200);
    CHECK(fixture.get("/api/v2/system/pagination").status == 429);
    CHECK(fixture.create("ACME-WS1", "Sweep", "j").status == 200);
    ApiFixture free(unlimited());
    for (int i = 0; i < 1000; ++i) free.get("/api/v2/system/pagination");
    CHECK(free.get_json("/api/v2/system/request_rate")["accountRateLimit"] == 1'000'000);
}

TEST_CASE("results may be hidden for a while after the create", "[sandbox]") {
    ApiFixture fixture(unlimited() + "results_404_for: 3s\n");
    const auto uid = fixture.created("ACME-DC01", "Sweep", "j");
    CHECK(fixture.get(fixture.results_path(uid, "ACME-DC01")).status == 404);
    CHECK(fixture.get("/api/v2/job/" + uid).status == 200);
    fixture.pass(seconds{3});
    CHECK(fixture.get(fixture.results_path(uid, "ACME-DC01")).status == 200);
}

TEST_CASE("faults without an effect create nothing, the others have created the job", "[sandbox]") {
    ApiFixture fixture(unlimited());
    const auto meet = [&](const json& fault) {
        auto with_operation = fault;
        with_operation["operation"] = "quickjob";
        REQUIRE(fixture.call("PUT", "/sandbox/faults", json::array({with_operation}).dump()).status == 200);
        fixture.witness.lines.clear();
        return fixture.create("ACME-WS1", "Sweep", "j");
    };
    CHECK(meet({{"kind", "reset_before"}}).ending == Ending::reset);
    CHECK(fixture.witness.lines.empty());
    CHECK(meet({{"kind", "status"}, {"status", 503}}).status == 503);
    CHECK(fixture.witness.lines.empty());
    const auto html = meet({{"kind", "html"}});
    CHECK(html.status == 502);
    CHECK(html.content_type == "text/html");
    CHECK(fixture.witness.lines.empty());
    CHECK(meet({{"kind", "reset_after"}}).ending == Ending::reset);
    CHECK(fixture.witness.lines.size() == 1);
    CHECK(meet({{"kind", "slow"}, {"delay", "2s"}}).delay == Millis{2000});
    CHECK(fixture.witness.lines.size() == 1);
    CHECK(meet({{"kind", "cut"}}).ending == Ending::cut);
    CHECK(fixture.witness.lines.size() == 1);
    CHECK(json::parse(meet({{"kind", "bad_json"}}).body, nullptr, false).is_discarded());
    CHECK(fixture.witness.lines.size() == 1);
}

TEST_CASE("a block answers everything under the API with 403 until it ends", "[sandbox]") {
    ApiFixture fixture(unlimited());
    const std::string block = R"([{"operation": "devices", "kind": "block", "delay": "60s"}])";
    fixture.call("PUT", "/sandbox/faults", block);
    CHECK(fixture.get("/api/v2/account").status == 200);
    CHECK(fixture.get("/api/v2/account/devices").status == 403);
    CHECK(fixture.get("/api/v2/account").status == 403);
    fixture.pass(seconds{60});
    CHECK(fixture.get("/api/v2/account").status == 200);
}

TEST_CASE("faults can be read, replaced, and are refused as a whole when one is wrong", "[sandbox]") {
    ApiFixture fixture(unlimited());
    fixture.call("PUT", "/sandbox/faults", R"([{"operation": "device", "kind": "status", "times": 0}])");
    fixture.get("/api/v2/device/x");
    const auto faults = fixture.get_json("/sandbox/faults");
    CHECK(faults[0]["operation"] == "device");
    CHECK(faults[0]["struck"] == 1);
    const auto wrong =
        fixture.call("PUT", "/sandbox/faults", R"([{"operation": "devise", "kind": "status"}])");
    CHECK(wrong.status == 400);
    CHECK(contains(wrong.body, "did you mean `device`?"));
    CHECK(fixture.get("/api/v2/device/x").status == 500);
    fixture.call("PUT", "/sandbox/faults", "[]");
    CHECK(fixture.get("/api/v2/device/x").status == 404);
}

TEST_CASE("paths and verbs that do not exist are told apart", "[sandbox]") {
    ApiFixture fixture(unlimited());
    CHECK(fixture.get("/api/v2/devices").status == 404);
    CHECK(fixture.get("/").status == 404);
    CHECK(fixture.call("DELETE", "/api/v2/account/devices").status == 405);
    CHECK(fixture.get("/api/v2/account/").status == 404);
    CHECK(fixture.get("/api/v2/account/alerts/open").status == 200);
}

}  // namespace
}  // namespace runbookd::sandbox
