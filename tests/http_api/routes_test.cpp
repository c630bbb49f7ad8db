// Every route, over a real socket.
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

using Json = nlohmann::ordered_json;

ports::Rows runs(std::vector<std::string> uids) {
    ports::Rows rows{{"run_uid", "runbook"}, {}};
    for (auto& uid : uids) rows.rows.push_back({std::move(uid), std::string("clean")});
    return rows;
}

engine::Device device(std::string uid, std::string host, std::string site, bool online) {
    engine::Device made;
    made.uid = DeviceUid{std::move(uid)};
    made.hostname = std::move(host);
    made.site_name = std::move(site);
    made.online = online;
    return made;
}

engine::Component component(std::string uid, std::string name) {
    engine::Component made;
    made.uid = ComponentUid{std::move(uid)};
    made.name = std::move(name);
    return made;
}

std::string user_name() {
    FakeDaemon daemon;
    daemon.start();
    exchange(daemon.socket, "POST", "/v1/runs", R"({"runbook":"a"})");
    return daemon.control.runs_asked.at(0).actor;
}

}  // namespace

TEST_CASE("a run is started as it was asked for, by the peer's user", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    const auto reply =
        exchange(daemon.socket, "POST", "/v1/runs",
                 R"({"runbook":"clean","devices":["A"],"sites":["Acme*"],"customers":["acme"],)"
                 R"("variables":{"days":30},"note":"ticket 7","override":["guard"],"reason":"ticket 8"})");
    CHECK(reply.status == 201);
    CHECK(reply.body == R"({"run_uid":"01RUN00000000000000000000A","status":"planned"})");
    REQUIRE(daemon.control.runs_asked.size() == 1);
    const auto& asked = daemon.control.runs_asked[0];
    CHECK(asked.runbook == "clean");
    CHECK(asked.devices == std::vector<std::string>{"A"});
    CHECK(asked.sites == std::vector<std::string>{"Acme*"});
    CHECK(asked.customers == std::vector<std::string>{"acme"});
    CHECK(asked.variables.at("days") == "30");
    CHECK(asked.note == "ticket 7");
    CHECK(asked.overrides == std::vector<std::string>{"guard"});
    CHECK(asked.reason == "ticket 8");
    CHECK_FALSE(asked.actor.empty());
    CHECK(asked.actor != "unknown");
}

TEST_CASE("errors of the daemon keep their kind and their words", "[http_api]") {
    const auto refused = [](ErrorCode code) {
        FakeDaemon daemon;
        daemon.control.on_run = [code](const auto&) { return fail(code, "because"); };
        daemon.start();
        const auto reply = exchange(daemon.socket, "POST", "/v1/runs", R"({"runbook":"clean"})");
        const auto body = Json::parse(reply.body);
        CHECK(body["message"] == "because");
        CHECK(body["details"].is_object());
        return std::to_string(reply.status) + " " + body["errorCode"].get<std::string>();
    };
    CHECK(refused(ErrorCode::invalid_input) == "400 INVALID_REQUEST");
    CHECK(refused(ErrorCode::not_found) == "404 NOT_FOUND");
    CHECK(refused(ErrorCode::conflict) == "409 CONFLICT");
    CHECK(refused(ErrorCode::refused_by_rule) == "409 REFUSED_BY_RULE");
    CHECK(refused(ErrorCode::not_supported) == "501 NOT_SUPPORTED");
    CHECK(refused(ErrorCode::permission) == "403 PERMISSION_DENIED");
    CHECK(refused(ErrorCode::device_offline) == "400 DEVICE_OFFLINE");
    CHECK(refused(ErrorCode::unavailable) == "503 UNAVAILABLE");
    CHECK(refused(ErrorCode::internal) == "500 INTERNAL");
}

TEST_CASE("bodies that are at fault never reach the daemon", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    for (const auto* body : {"", "nonsense", "[]", "{}", R"({"runbook":7})",
                             R"({"runbook":"a","devices":"b"})", R"({"runbook":"a","colour":"red"})"}) {
        INFO(body);
        const auto reply = exchange(daemon.socket, "POST", "/v1/runs", body);
        CHECK(reply.status == 400);
        CHECK(Json::parse(reply.body)["errorCode"] == "INVALID_REQUEST");
    }
    CHECK(exchange(daemon.socket, "POST", "/v1/runs", R"({"runbook":"a","at":"x"})").status == 501);
    CHECK(daemon.control.runs_asked.empty());
}

TEST_CASE("lists are bare arrays and their filters reach the history", "[http_api]") {
    FakeDaemon daemon;
    daemon.history.on_query = [](const auto&) { return runs({"01A", "01B"}); };
    daemon.start();
    const auto reply = exchange(daemon.socket, "GET", "/v1/runs?runbook=clean&status=failed&limit=2");
    CHECK(reply.status == 200);
    CHECK(reply.body == R"([{"run_uid":"01A","runbook":"clean"},{"run_uid":"01B","runbook":"clean"}])");
    CHECK(contains(reply.head, "application/json"));
    CHECK(contains(reply.head, "runbookd/9.9.9"));
    REQUIRE(daemon.history.queries_asked.size() == 1);
    CHECK(daemon.history.queries_asked[0].view == ports::View::runs);
    CHECK(daemon.history.queries_asked[0].status == "failed");
    for (const auto* path :
         {"/v1/targets?run=01A", "/v1/jobs", "/v1/occurrences", "/v1/events", "/v1/exclusions?run=1"})
        CHECK(exchange(daemon.socket, "GET", path).status == 200);
    CHECK(daemon.history.queries_asked[1].run == "01A");
    CHECK(daemon.history.queries_asked[5].view == ports::View::exclusions);
    CHECK(exchange(daemon.socket, "GET", "/v1/runs?colour=red").status == 400);
}

TEST_CASE("one thing is found by an unambiguous prefix", "[http_api]") {
    FakeDaemon daemon;
    daemon.history.on_query = [](const ports::Query& query) {
        if (query.uid == "01A") return runs({"01AX", "01AY"});
        if (query.uid == "01AX") return runs({"01AX", "01AXY"});
        if (query.uid == "01B") return runs({"01BZ"});
        return runs({});
    };
    daemon.start();
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/01B").body == R"({"run_uid":"01BZ","runbook":"clean"})");
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/01AX").body == R"({"run_uid":"01AX","runbook":"clean"})");
    const auto several = exchange(daemon.socket, "GET", "/v1/runs/01A");
    CHECK(several.status == 409);
    CHECK(Json::parse(several.body)["details"]["candidates"] == Json::parse(R"(["01AX","01AY"])"));
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/02").status == 404);
}

TEST_CASE("a job is shown with its outputs, and an output alone as it is", "[http_api]") {
    FakeDaemon daemon;
    daemon.history.on_query = [](const auto&) {
        return ports::Rows{{"job_uid", "status"}, {{std::string("01JX"), std::string("completed")}}};
    };
    daemon.history.on_output = [](const std::string& job,
                                  bool of_stderr) -> Result<std::optional<std::string>> {
        if (job != "01JX") return fail(ErrorCode::not_found, "no such job");
        if (of_stderr) return std::optional<std::string>{};
        return std::optional<std::string>{"line\n"};
    };
    daemon.start();
    CHECK(exchange(daemon.socket, "GET", "/v1/jobs/01J").body ==
          R"({"job_uid":"01JX","status":"completed","stdout":"line\n","stderr":null})");
    const auto raw = exchange(daemon.socket, "GET", "/v1/jobs/01J/output");
    CHECK(raw.body == "line\n");
    CHECK(contains(raw.head, "text/plain"));
    CHECK(exchange(daemon.socket, "GET", "/v1/jobs/01J/output?stream=stderr").status == 404);
    CHECK(exchange(daemon.socket, "GET", "/v1/jobs/01J/output?stream=out").status == 400);
}

TEST_CASE("devices are filtered, and an unread fleet is not an empty one", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    CHECK(exchange(daemon.socket, "GET", "/v1/devices").status == 503);
    daemon.on_loop([&] {
        daemon.control.fleet_now.read_at = from_unix_ms(0);
        daemon.control.fleet_now.devices = {device("d1", "ACME-DC01", "Acme HQ", true),
                                            device("d2", "ACME-WS01", "Acme HQ", false),
                                            device("d3", "BETA-WS01", "Beta", true)};
    });
    const auto hosts = [&](const char* filters) {
        std::string names;
        for (const auto& found : Json::parse(exchange(daemon.socket, "GET", filters).body))
            names += found["hostname"].get<std::string>() + " ";
        return names;
    };
    CHECK(hosts("/v1/devices") == "ACME-DC01 ACME-WS01 BETA-WS01 ");
    CHECK(hosts("/v1/devices?site=acme%20hq&status=online") == "ACME-DC01 ");
    CHECK(hosts("/v1/devices?device=*ws01") == "ACME-WS01 BETA-WS01 ");
    CHECK(hosts("/v1/devices?device=D3") == "BETA-WS01 ");
    CHECK(hosts("/v1/devices?limit=1") == "ACME-DC01 ");
    CHECK(exchange(daemon.socket, "GET", "/v1/devices?status=idle").status == 400);
    daemon.on_loop([&] { daemon.control.customers[SiteUid{}] = "acme"; });
    CHECK(hosts("/v1/devices?customer=acme&status=online") == "ACME-DC01 BETA-WS01 ");
    CHECK(Json::parse(exchange(daemon.socket, "GET", "/v1/devices?limit=1").body)[0]["customer"] == "acme");
    CHECK(hosts("/v1/devices?customer=acm").empty());
}

TEST_CASE("devices tell when they were first seen, and those that are gone come last, from the record",
          "[http_api]") {
    FakeDaemon daemon;
    daemon.control.fleet_now.read_at = from_unix_ms(0);
    daemon.control.fleet_now.devices = {{device("d1", "ACME-DC01", "Acme HQ", true), "main"}};
    daemon.control.first_seen[DeviceUid{"d1"}] = from_unix_ms(1'764'554'400'000);
    ports::Query asked;
    daemon.history.on_query = [&](const ports::Query& query) -> Result<ports::Rows> {
        asked = query;
        return ports::Rows{
            {"device_uid", "hostname", "site_uid", "site_name", "online", "gone_at"},
            {{"d8", "BETA-OLD", "s2", "Beta", std::int64_t{0}, "2026-01-01T00:00:00.000Z"},
             {"d9", "ACME-OLD", "s1", "Acme HQ", std::int64_t{0}, "2026-01-02T00:00:00.000Z"}}};
    };
    daemon.start();
    const auto get = [&](const char* path) { return Json::parse(exchange(daemon.socket, "GET", path).body); };
    const auto all = get("/v1/devices");
    REQUIRE(all.size() == 3);
    CHECK(all[0]["first_seen_at"] == "2025-12-01T02:00:00.000Z");
    CHECK(all[0]["gone_at"].is_null());
    CHECK(all[0]["account"] == "main");
    CHECK(all[2]["hostname"] == "ACME-OLD");
    CHECK(all[2]["online"] == false);
    CHECK(all[2]["gone_at"] == "2026-01-02T00:00:00.000Z");
    CHECK(asked.view == ports::View::devices);
    CHECK(asked.status == "gone");
    CHECK(get("/v1/devices?site=acme*&status=gone").size() == 1);
    CHECK(get("/v1/devices?status=online").size() == 1);
    CHECK(get("/v1/devices?limit=1").size() == 1);
}

TEST_CASE("state is told from memory: runbooks, components, status, health", "[http_api]") {
    FakeDaemon daemon;
    ports::RunbookStatus known;
    known.name = "clean";
    known.next_at = from_unix_ms(1'764'554'400'000);
    known.lanes = {{"acme", "Europe/Berlin", known.next_at, {}}, {"", "UTC", {}, {}}};
    daemon.control.runbooks_known = {known};
    daemon.control.components_known = {component("c1", "Clear Temp Files")};
    daemon.control.status_now.state = "running";
    daemon.start();
    const auto runbooks = Json::parse(exchange(daemon.socket, "GET", "/v1/runbooks").body);
    CHECK(runbooks[0]["runbook"] == "clean");
    CHECK(runbooks[0]["next_at"] == "2025-12-01T02:00:00.000Z");
    CHECK(runbooks[0]["problem"].is_null());
    REQUIRE(runbooks[0]["lanes"].size() == 2);
    CHECK(runbooks[0]["lanes"][0]["customer"] == "acme");
    CHECK(runbooks[0]["lanes"][0]["next_at"] == "2025-12-01T02:00:00.000Z");
    CHECK(runbooks[0]["lanes"][1]["customer"].is_null());
    const auto components = Json::parse(exchange(daemon.socket, "GET", "/v1/components").body);
    CHECK(components[0]["component_uid"] == "c1");
    CHECK(components[0]["account"] == "main");
    CHECK(Json::parse(exchange(daemon.socket, "GET", "/v1/status").body)["state"] == "running");
    CHECK(exchange(daemon.socket, "GET", "/healthz").status == 200);
    daemon.on_loop([&] { daemon.control.status_now.state = "degraded"; });
    CHECK(exchange(daemon.socket, "GET", "/healthz").status == 503);
    CHECK(exchange(daemon.socket, "GET", "/v1/status").status == 200);
}

TEST_CASE("the status tells each account by itself", "[http_api]") {
    FakeDaemon daemon;
    ports::AccountStatus main, japan;
    main.account = "main";
    main.state = "running";
    main.reads = {12, 480};
    main.fleet_devices = 40;
    main.fleet_read_at = from_unix_ms(1'764'554'400'000);
    japan.account = "japan";
    japan.state = "degraded";
    japan.problems = {"the API does not answer"};
    daemon.control.status_now.accounts = {main, japan};
    daemon.start();
    const auto accounts = Json::parse(exchange(daemon.socket, "GET", "/v1/status").body)["accounts"];
    REQUIRE(accounts.size() == 2);
    CHECK(accounts[0].dump() ==
          R"({"account":"main","state":"running","problems":[],"runbooks":0,"open_runs":0,"open_jobs":0,)"
          R"("reads":{"used":12,"allowed":480},"creates":{"used":0,"allowed":null},"fleet_devices":40,)"
          R"("fleet_read_at":"2025-12-01T02:00:00.000Z"})");
    CHECK(accounts[1]["problems"][0] == "the API does not answer");
    CHECK(accounts[1]["fleet_read_at"].is_null());
}

TEST_CASE("the seed's quick job is answered in the seed's shape", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    const auto reply = exchange(daemon.socket, "POST", "/api/v2/device/dev-1/quickjob",
                                R"({"componentUid":"comp-1","variables":{"days":"7"}})");
    CHECK(reply.status == 200);
    CHECK(reply.body == R"({"jobUid":"01JOB00000000000000000000A","status":"queued","deviceUid":"dev-1",)"
                        R"("componentUid":"comp-1","createdAt":1764554400123})");
    REQUIRE(daemon.control.quick_jobs_asked.size() == 1);
    CHECK(daemon.control.quick_jobs_asked[0].from_api);
    CHECK(daemon.control.quick_jobs_asked[0].device == "dev-1");
}

TEST_CASE("the seed's errors say which of the two was not found", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.on_quick_job = [](const auto&) { return fail(ErrorCode::not_found, "no such thing"); };
    daemon.control.fleet_now.devices = {device("dev-1", "A", "S", true)};
    daemon.control.components_known = {component("c-1111-2222", "Clear Temp Files"),
                                       component("zz", "Reboot")};
    daemon.start();
    const auto ask = [&](const char* device_uid) {
        const auto reply =
            exchange(daemon.socket, "POST", std::string("/api/v2/device/") + device_uid + "/quickjob",
                     R"({"componentUid":"Clear Temp File"})");
        CHECK(reply.status == 404);
        return Json::parse(reply.body);
    };
    const auto component_missing = ask("dev-1");
    CHECK(component_missing["errorCode"] == "COMPONENT_NOT_FOUND");
    CHECK(component_missing["details"]["suggestions"][0] == "Clear Temp Files");
    CHECK(ask("dev-2")["errorCode"] == "DEVICE_NOT_FOUND");
    const auto unknown_job = exchange(daemon.socket, "GET", "/api/v2/job/01X");
    CHECK(unknown_job.status == 404);
    CHECK(Json::parse(unknown_job.body)["errorCode"] == "JOB_NOT_FOUND");
    CHECK(exchange(daemon.socket, "POST", "/api/v2/device/dev-1/quickjob", "{}").status == 400);
}

TEST_CASE("an offline device is told with its uid and when it was last seen", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.on_quick_job = [](const auto&) { return fail(ErrorCode::device_offline, "A is offline"); };
    daemon.control.fleet_now.devices = {device("dev-1", "A", "S", false)};
    daemon.control.fleet_now.devices[0].last_seen = from_unix_ms(5000);
    daemon.start();
    const auto reply =
        exchange(daemon.socket, "POST", "/api/v2/device/dev-1/quickjob", R"({"componentUid":"c"})");
    CHECK(reply.status == 400);
    CHECK(reply.body == R"({"errorCode":"DEVICE_OFFLINE","message":"A is offline",)"
                        R"("details":{"deviceUid":"dev-1","lastSeen":5000}})");
}

TEST_CASE("components are searched by name, and an unread list is not an empty one", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.has_read_components = false;
    daemon.control.components_known = {component("c1", "Reboot"), component("c2", "Reboot later")};
    daemon.control.components_known[0].variables = {{"days", "string", "7", "", true},
                                                    {"path", "string", "", "where", true},
                                                    {"freed", "number", "", "", false}};
    daemon.start();
    for (const auto* path : {"/v1/components", "/api/v2/components", "/api/v2/component/c1"})
        CHECK(exchange(daemon.socket, "GET", path).status == 503);
    daemon.on_loop([&] { daemon.control.has_read_components = true; });
    const auto found = [&](const char* path) {
        return Json::parse(exchange(daemon.socket, "GET", path).body);
    };
    CHECK(found("/v1/components?name=REBOOT").size() == 1);
    CHECK(found("/v1/components?name=c2")[0]["component_name"] == "Reboot later");
    CHECK(found("/v1/components?name=boot").size() == 2);
    CHECK(found("/v1/components")[0]["variables"][1]["required"] == true);
    const auto none = exchange(daemon.socket, "GET", "/v1/components?name=Rebot");
    CHECK(none.status == 404);
    CHECK(Json::parse(none.body)["details"]["suggestions"][0] == "Reboot");
    const auto seed = found("/api/v2/component/C1");
    CHECK(seed == Json::parse(R"({"uid":"c1","name":"Reboot","description":"","category":"","osType":null,
        "variables":[{"name":"days","type":"string","required":false,"defaultValue":"7","description":""},
                     {"name":"path","type":"string","required":true,"defaultValue":null,"description":"where"}]})"));
    CHECK(found("/api/v2/components?max=1")["components"].size() == 1);
    CHECK(found("/api/v2/components?max=99999999999999999999")["components"].size() == 2);
    for (const auto* path : {"/api/v2/components?max=0", "/api/v2/components?max=-1",
                             "/api/v2/components?max=x", "/api/v2/components?limit=1"})
        CHECK(exchange(daemon.socket, "GET", path).status == 400);
    CHECK(found("/api/v2/component/zz")["errorCode"] == "COMPONENT_NOT_FOUND");
}

TEST_CASE("wrong variables of a quick job are told with the names and the nearest", "[http_api]") {
    FakeDaemon daemon;
    auto code = ErrorCode::invalid_variable;
    daemon.control.on_quick_job = [&](const auto&) -> Result<ports::QuickJobAccepted> {
        return tl::unexpected<Error>(Error{code, "no such variable", {"Days"}});
    };
    daemon.control.components_known = {component("c1", "Sweep")};
    daemon.control.components_known[0].variables = {{"days", "string", "7", "", true}};
    daemon.start();
    const auto ask = [&] {
        const auto reply =
            exchange(daemon.socket, "POST", "/api/v2/device/d1/quickjob", R"({"componentUid":"c1"})");
        CHECK(reply.status == 400);
        return Json::parse(reply.body);
    };
    CHECK(ask() == Json::parse(R"({"errorCode":"INVALID_VARIABLE","message":"no such variable",
        "details":{"componentUid":"c1","names":["Days"],"suggestions":["days"]}})"));
    daemon.on_loop([&] { code = ErrorCode::missing_variable; });
    CHECK(ask() == Json::parse(R"({"errorCode":"MISSING_VARIABLE","message":"no such variable",
        "details":{"componentUid":"c1","names":["Days"]}})"));
    const auto own = exchange(daemon.socket, "POST", "/v1/quickjobs", R"({"device":"d1","component":"c1"})");
    CHECK(own.status == 400);
    CHECK(Json::parse(own.body)["details"]["names"][0] == "Days");
}

TEST_CASE("a device and its jobs are told in the seed's shape", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    CHECK(exchange(daemon.socket, "GET", "/api/v2/device/d1").status == 503);
    daemon.on_loop([&] {
        daemon.control.fleet_now.read_at = from_unix_ms(0);
        daemon.control.fleet_now.devices = {device("d1", "A", "S", true)};
        daemon.history.on_query = [](const ports::Query& query) {
            if (query.device == "d9") return ports::Rows{{"job_uid"}, {}};
            return ports::Rows{{"job_uid"}, {{std::string("01B")}, {std::string("01A")}}};
        };
        daemon.history.on_job = [](const std::string& uid) {
            return ports::Rows{{"job_uid", "status", "stdout"},
                               {{uid, std::string("completed"), std::string("long")}}};
        };
    });
    const auto found = [&](const char* path) {
        return Json::parse(exchange(daemon.socket, "GET", path).body);
    };
    CHECK(found("/api/v2/device/D1")["hostname"] == "A");
    CHECK(found("/api/v2/device/d1")["status"] == "online");
    CHECK(found("/api/v2/device/d9")["errorCode"] == "DEVICE_NOT_FOUND");
    const auto jobs = found("/api/v2/device/d1/jobs?max=2");
    CHECK(jobs["jobs"].size() == 2);
    CHECK(jobs["jobs"][0] == Json::parse(R"({"jobUid":"01B","status":"completed","summary":"succeeded"})"));
    CHECK(jobs["pageDetails"]["count"] == 2);
    CHECK(daemon.history.queries_asked.back().device == "d1");
    CHECK(daemon.history.queries_asked.back().limit == 2);
    CHECK(found("/api/v2/site/s1/jobs")["jobs"].size() == 2);
    CHECK(daemon.history.queries_asked.back().site == "s1");
    CHECK(daemon.history.queries_asked.back().limit == 50);
    CHECK(found("/api/v2/device/d9/jobs")["errorCode"] == "DEVICE_NOT_FOUND");
    CHECK(exchange(daemon.socket, "GET", "/api/v2/device/d1/jobs?max=none").status == 400);
}

TEST_CASE("every body passes the redaction", "[http_api]") {
    http_api::ServerSettings settings;
    settings.redact = [](std::string body) {
        if (const auto at = body.find("hunter2"); at != std::string::npos) body.replace(at, 7, "[secret:x]");
        return body;
    };
    FakeDaemon daemon(std::move(settings));
    daemon.start();
    const auto reply = exchange(daemon.socket, "GET", "/api/v2/job/hunter2");
    CHECK(reply.status == 404);
    CHECK(contains(reply.body, "[secret:x]"));
    CHECK(contains(exchange(daemon.socket, "GET", "/v1/runs?hunter2=1").body, "[secret:x]"));
}

TEST_CASE("an Idempotency-Key starts one job however often it is sent", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    const auto send = [&](const char* key) {
        return exchange(daemon.socket, "POST", "/v1/quickjobs", R"({"device":"d","component":"c"})",
                        std::string("Idempotency-Key: ") + key + "\r\n");
    };
    const auto first = send("one");
    const auto again = send("one");
    CHECK(first.status == 201);
    CHECK(again.body == first.body);
    CHECK(contains(again.head, "Idempotency-Replayed: true"));
    CHECK(daemon.control.quick_jobs_asked.size() == 1);
    send("two");
    CHECK(daemon.control.quick_jobs_asked.size() == 2);
    CHECK_FALSE(daemon.control.quick_jobs_asked[0].from_api);
}

TEST_CASE("the actor is a user's name", "[http_api]") { CHECK_FALSE(user_name().empty()); }

}  // namespace runbookd::testing
