// What nobody knows of the live API, each setting of it.
#include "fixture.hpp"
#include "sandbox/refusals.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ApiFixture;
using testing::contains;
using testing::later;

/// A small world with these settings; `more` are further keys of the file.
std::string world_with(const std::string& unknowns, const std::string& more = "limits: off\n") {
    return R"(
pickup: 2s
expiry: 1h
activity_log: {lag: 0s}
sites:
  - name: HQ
    devices:
      - {hostname: PC}
      - {hostname: HALTED, suspended: true}
      - {hostname: GONE, deleted: true}
      - {hostname: PRINTER, class: printer}
  - {name: Visits, on_demand: true, devices: [{hostname: VISIT}]}
components:
  - name: Sweep
    variables:
      - {name: days, type: number, default: "7"}
      - {name: deep, type: boolean, default: "false"}
      - {name: mode, type: selection, options: [soft, hard], default: soft}
      - {name: since, type: date, default: 2026-01-01}
      - {name: host}
    simulate: {duration: 30s, stdout: "swept {hostname} äöü", stderr: careful}
  - {name: Endless, timeout: 20s, simulate: {duration: 1h, stdout: partly}}
  - {name: Admin, credentials_required: true, simulate: {duration: 10s}}
)" + more + "unknowns: {" +
           unknowns + "}\n";
}

json job_of(const Reply& reply) {
    REQUIRE(reply.status == 200);
    return json::parse(reply.body)["job"];
}

TEST_CASE("times of jobs and devices come in the form that is set", "[sandbox]") {
    const auto look = [](const std::string& form) {
        ApiFixture fixture(world_with("times: {date_created: " + form + ", ran_on: " + form +
                                      ", devices: " + form + ", activity_log: " + form + "}"));
        const auto job = job_of(fixture.create("PC", "Sweep", "j"));
        const auto created = job["dateCreated"];
        fixture.pass(seconds{2});
        const auto results = fixture.get_json(fixture.results_path(job["uid"], "PC"));
        CHECK(results["ranOn"].type() == created.type());
        CHECK(fixture.get_json("/api/v2/device/" + fixture.device_uid("PC"))["lastSeen"].type() ==
              created.type());
        CHECK(fixture.get_json("/api/v2/activity-logs")["activities"][0]["date"].type() == created.type());
        return created;
    };
    const auto start = to_unix_ms(testing::test_start().utc);
    CHECK(look("ms") == start);
    CHECK(look("iso") == "2026-12-01T02:00:00.000Z");
    CHECK(look("seconds").get<double>() == Approx(static_cast<double>(start) / 1000));
}

TEST_CASE("before the end componentResults are null or an empty list", "[sandbox]") {
    ApiFixture lists(world_with("empty_results: list"));
    const auto uid = lists.created("PC", "Sweep", "j");
    CHECK(lists.get_json(lists.results_path(uid, "PC"))["componentResults"] == json::array());
    ApiFixture nulls(world_with("empty_results: null"));
    const auto other = nulls.created("PC", "Sweep", "j");
    CHECK(nulls.get_json(nulls.results_path(other, "PC"))["componentResults"].is_null());
}

TEST_CASE("the signs of a job's end come in the order that is set", "[sandbox]") {
    ApiFixture fixture(world_with("order: {completed: 5s, result: 10s, output: 20s}"));
    const auto uid = fixture.created("PC", "Sweep", "j");
    const auto results = fixture.results_path(uid, "PC");
    fixture.pass(seconds{32});
    CHECK(fixture.get_json("/api/v2/job/" + uid)["status"] == "active");
    CHECK(fixture.witness.lines.back() == "finished j at 02:00:32 Success");
    fixture.pass(seconds{5});
    CHECK(fixture.get_json("/api/v2/job/" + uid)["status"] == "completed");
    CHECK(fixture.status_of(uid, "PC") == "Running");
    CHECK(fixture.get_json(results)["componentResults"].is_null());
    fixture.pass(seconds{5});
    CHECK(fixture.status_of(uid, "PC") == "Success");
    CHECK(fixture.get_json(results)["componentResults"][0]["hasStdOut"] == true);
    CHECK(fixture.get_json(results + "/stdout").empty());
    fixture.pass(seconds{10});
    CHECK(fixture.get_json(results + "/stdout").size() == 1);
}

TEST_CASE("a job that expires shows as pending until its result is out", "[sandbox]") {
    ApiFixture fixture(world_with("order: {result: 10s}"));
    const auto uid = fixture.created("HALTED", "Sweep", "j");
    fixture.pass(hours{1});
    CHECK(fixture.status_of(uid, "HALTED") == "Pending");
    fixture.pass(seconds{10});
    CHECK(fixture.status_of(uid, "HALTED") == "Expired");
}

TEST_CASE("output may be cut, in the middle of a letter too", "[sandbox]") {
    const auto stdout_of = [](const std::string& unknowns) {
        ApiFixture fixture(world_with(unknowns));
        const auto uid = fixture.created("PC", "Sweep", "j");
        fixture.pass(minutes{1});
        return fixture.get(fixture.results_path(uid, "PC") + "/stdout").body;
    };
    CHECK(json::parse(stdout_of("output: {max_bytes: 8}"))[0]["stdData"] == "swept PC");
    CHECK(json::parse(stdout_of("output: {max_bytes: 10}"))[0]["stdData"] == "swept PC \xEF\xBF\xBD");
    CHECK(
        contains(stdout_of("output: {max_bytes: 10, invalid_utf8: raw}"), "\"stdData\":\"swept PC \xC3\"}]"));
    CHECK(json::parse(stdout_of("output: {invalid_utf8: raw}"))[0]["stdData"] == "swept PC äöü");
}

TEST_CASE("raw output is still quoted as JSON", "[sandbox]") {
    ApiFixture fixture(
        "pickup: 0s\nsites: [{name: A, devices: [{hostname: PC}]}]\nunknowns: {output: {invalid_utf8: raw}}\n"
        "components: [{name: Q, simulate: {duration: 0s, stdout: \"a\\\"b\\\\c\\nd\\x01\"}}]\n");
    const auto uid = fixture.created("PC", "Q", "j");
    fixture.pass(seconds{1});
    CHECK(fixture.get_json(fixture.results_path(uid, "PC") + "/stdout")[0]["stdData"] == "a\"b\\c\nd\x01");
}

TEST_CASE("a job past its retention is not found, whatever is asked of it", "[sandbox]") {
    ApiFixture fixture(world_with("job_retention: 1d"));
    const auto uid = fixture.created("PC", "Sweep", "j");
    const auto results = fixture.results_path(uid, "PC");
    const std::vector<std::string> paths = {"/api/v2/job/" + uid, "/api/v2/job/" + uid + "/components",
                                            results, results + "/stdout", results + "/stderr"};
    fixture.pass(hours{24});
    for (const auto& path : paths) CHECK(fixture.get(path).status == 200);
    fixture.pass(Millis{1});
    for (const auto& path : paths) CHECK(fixture.get(path).status == 404);
}

TEST_CASE("what is wrong with a quick job has the status that is set, or is let through", "[sandbox]") {
    const auto variable = [](const char* name, const char* value) {
        return json::array({{{"name", name}, {"value", value}}});
    };
    ApiFixture fixture(world_with("refusals: {component: 404, variable: 422, value: 409, missing: 412}"));
    const auto path = "/api/v2/device/" + fixture.device_uid("PC") + "/quickjob";
    const json unknown = {{"jobName", "j"}, {"jobComponent", {{"componentUid", "none"}}}};
    CHECK(fixture.call("PUT", path, unknown.dump()).status == 404);
    CHECK(fixture.create("PC", "Sweep", "j", variable("Days", "1")).status == 422);
    CHECK(fixture.create("PC", "Sweep", "j", variable("days", "many")).status == 409);
    CHECK(fixture.create("PC", "Sweep", "j", variable("days", "1")).status == 412);
    CHECK(fixture.create("PC", "Sweep", "j", variable("host", "h")).status == 200);
    CHECK(fixture.witness.lines.size() == 1);

    ApiFixture lenient(world_with("refusals: {variable: accept, value: accept, missing: accept}"));
    CHECK(lenient.create("PC", "Sweep", "j", variable("Days", "1")).status == 200);
    CHECK(lenient.create("PC", "Sweep", "j", variable("days", "many")).status == 200);
}

TEST_CASE("values are held against the types of their variables", "[sandbox]") {
    ApiFixture fixture(world_with(""));
    const auto status = [&](const char* name, const char* value) {
        return fixture.create("PC", "Sweep", "j", json::array({{{"name", name}, {"value", value}}})).status;
    };
    CHECK(status("days", "14") == 200);
    CHECK(status("days", "-1.5") == 200);
    CHECK(status("days", "14d") == 400);
    CHECK(status("deep", "true") == 200);
    CHECK(status("deep", "True") == 400);
    CHECK(status("mode", "hard") == 200);
    CHECK(status("mode", "harder") == 400);
    CHECK(status("since", "2026-11-30") == 200);
    CHECK(status("since", "tomorrow") == 400);
    CHECK(status("host", "") == 200);
}

TEST_CASE("types of variables are spelt as set", "[sandbox]") {
    ApiFixture fixture(world_with("variable_types: {boolean: Bool, selection: List}"));
    const auto variables = fixture.get_json("/api/v2/account/components")["components"][0]["variables"];
    CHECK(variables[0]["type"] == "number");
    CHECK(variables[1]["type"] == "Bool");
    CHECK(variables[2]["type"] == "List");
    CHECK(fixture.create("PC", "Sweep", "j", {{{"name", "deep"}, {"value", "no"}}}).status == 400);
}

TEST_CASE("a quick job that something speaks against meets the fate that is set", "[sandbox]") {
    struct Case {
        const char* key;
        const char* device;
        const char* component;
    };
    const std::vector<Case> cases = {{"on_demand", "VISIT", "Sweep"},
                                     {"suspended", "HALTED", "Sweep"},
                                     {"deleted", "GONE", "Sweep"},
                                     {"other_class", "PRINTER", "Sweep"},
                                     {"credentials", "PC", "Admin"}};
    for (const auto& [key, device, component] : cases) {
        INFO(key);
        const auto with = [&, name = std::string(key)](const std::string& fate) {
            return world_with("jobs_for: {" + name + ": " + fate + "}");
        };
        for (const int status : {400, 403, 409}) {
            ApiFixture refusing(with(std::to_string(status)));
            CHECK(refusing.create(device, component, "j").status == status);
            CHECK(refusing.witness.lines.empty());
        }
        ApiFixture running(with("run"));
        const auto run = running.created(device, component, "j");
        running.pass(minutes{1});
        CHECK(running.status_of(run, device) == "Success");

        ApiFixture waiting(with("wait"));
        const auto wait = waiting.created(device, component, "j");
        waiting.pass(minutes{59});
        CHECK(waiting.status_of(wait, device) == "Pending");
        waiting.pass(minutes{1});
        CHECK(waiting.status_of(wait, device) == "Expired");

        ApiFixture failing(with("fail"));
        const auto fail = failing.created(device, component, "j");
        failing.pass(seconds{2});
        const auto results = failing.get_json(failing.results_path(fail, device));
        CHECK(results["jobDeploymentStatus"] == "Failure");
        CHECK(results["ranOn"].is_null());
        CHECK(results["componentResults"][0]["hasStdOut"] == false);
    }
}

TEST_CASE("components that ask for credentials say so, and run unless set otherwise", "[sandbox]") {
    ApiFixture fixture(world_with(""));
    const auto components = fixture.get_json("/api/v2/account/components")["components"];
    CHECK(components[0]["credentialsRequired"] == false);
    CHECK(components[2]["credentialsRequired"] == true);
    CHECK(fixture.create("PC", "Admin", "j").status == 200);
}

TEST_CASE("a component that runs into its timeout ends as set", "[sandbox]") {
    for (const std::string status : {"Failure", "Expired", "Warning", "Retired"}) {
        ApiFixture fixture(world_with("timed_out: " + status));
        const auto uid = fixture.created("PC", "Endless", "j");
        fixture.pass(seconds{21});
        CHECK(fixture.status_of(uid, "PC") == "Running");
        fixture.pass(seconds{1});
        CHECK(fixture.status_of(uid, "PC") == status);
        const bool has_output = status == "Failure" || status == "Warning";
        CHECK(fixture.get_json(fixture.results_path(uid, "PC") + "/stdout").size() == (has_output ? 1 : 0));
    }
}

TEST_CASE("a refusal over the limit has the shape that is set", "[sandbox]") {
    const auto refused = [](const std::string& shape) {
        ApiFixture fixture(world_with("over_limit: {" + shape + "}", "limits: {reads: 1}\n"));
        fixture.get("/api/v2/system/pagination");
        return fixture.get("/api/v2/system/pagination");
    };
    const auto plain = refused("");
    CHECK(plain.status == 429);
    CHECK(json::parse(plain.body)["status"] == 429);
    CHECK(plain.headers.empty());
    CHECK(refused("retry_after: seconds").headers.at("Retry-After") == "60");
    CHECK(refused("retry_after: date").headers.at("Retry-After") == "Tue, 01 Dec 2026 02:01:00 GMT");
    CHECK(refused("body: html").content_type == "text/html");
    CHECK(refused("body: text").body == "429 Too Many Requests\n");
    CHECK(refused("body: empty").body.empty());
    CHECK(refused("status: 503").status == 503);
}

TEST_CASE("who goes on over the limit is blocked for a while", "[sandbox]") {
    ApiFixture fixture(world_with("blocked: {body: text, retry_after: seconds}",
                                  "limits: {reads: 2, block: {after: 3, for: 5m}}\n"));
    const auto ask = [&] { return fixture.get("/api/v2/system/pagination"); };
    for (int i = 0; i < 2; ++i) CHECK(ask().status == 200);
    for (int i = 0; i < 3; ++i) CHECK(ask().status == 429);
    const auto blocked = ask();
    CHECK(blocked.status == 403);
    CHECK(blocked.content_type == "text/plain");
    CHECK(blocked.headers.at("Retry-After") == "300");
    fixture.pass(minutes{5} - Millis{1});
    CHECK(ask().headers.at("Retry-After") == "1");
    CHECK(fixture.create("PC", "Sweep", "j").status == 403);
    fixture.pass(Millis{1});
    CHECK(ask().status == 200);
    ApiFixture patient(world_with("", "limits: {reads: 1, block: {after: 3}}\n"));
    for (int i = 0; i < 10; ++i) {
        patient.get("/api/v2/system/pagination");
        CHECK(patient.get("/api/v2/system/pagination").status == 429);
        patient.pass(minutes{1});
    }
}

TEST_CASE("token calls may be limited, and refused with another status", "[sandbox]") {
    const auto ask = [](ApiFixture& fixture, const std::string& body) {
        Request request;
        request.method = "POST";
        request.path = "/auth/oauth/token";
        request.content_type = "application/x-www-form-urlencoded";
        request.authorization = "Basic cHVibGljLWNsaWVudDpwdWJsaWM=";
        request.body = body;
        return fixture.api.handle(request, fixture.now);
    };
    const std::string good = "grant_type=password&username=demo-key&password=demo-secret";
    ApiFixture fixture(world_with("token: {per_minute: 3, refused: 400}"));  // the fixture logs in once
    const auto refused = ask(fixture, "grant_type=password&username=demo-key&password=x");
    CHECK(refused.status == 400);
    CHECK(json::parse(refused.body)["error"] == "invalid_grant");
    CHECK(ask(fixture, good).status == 200);
    CHECK(ask(fixture, good).status == 429);
    fixture.pass(minutes{1});
    const auto given = ask(fixture, good);
    CHECK(given.status == 200);
    CHECK_FALSE(json::parse(given.body).contains("refresh_token"));
    CHECK(ask(fixture, "grant_type=refresh_token&refresh_token=x").status == 400);
}

TEST_CASE("a refresh token is good for one other token", "[sandbox]") {
    ApiFixture fixture(world_with("token: {refresh_token: true}"));
    Request request;
    request.method = "POST";
    request.path = "/auth/oauth/token";
    request.content_type = "application/x-www-form-urlencoded";
    request.authorization = "Basic cHVibGljLWNsaWVudDpwdWJsaWM=";
    request.body = "grant_type=password&username=demo-key&password=demo-secret";
    const auto first = json::parse(fixture.api.handle(request, fixture.now).body);
    request.body = "grant_type=refresh_token&refresh_token=" + first["refresh_token"].get<std::string>();
    const auto second = fixture.api.handle(request, fixture.now);
    REQUIRE(second.status == 200);
    fixture.bearer = "Bearer " + json::parse(second.body)["access_token"].get<std::string>();
    CHECK(fixture.get("/api/v2/account").status == 200);
    CHECK(fixture.api.handle(request, fixture.now).status == 401);
}

TEST_CASE("the rate call may know nothing of writes", "[sandbox]") {
    ApiFixture fixture(world_with("request_rate: {write_fields: false}"));
    const auto rate = fixture.get_json("/api/v2/system/request_rate");
    CHECK(rate.contains("accountCount"));
    for (const auto* key : {"accountWriteRateLimit", "accountWriteCount", "operationWriteStatus"})
        CHECK_FALSE(rate.contains(key));
}

TEST_CASE("mistakes among the unknowns are told with what was expected", "[sandbox]") {
    const auto error_of = [](const std::string& unknowns) {
        const auto fleet = parse_fleet("unknowns: {" + unknowns + "}", "f");
        return fleet ? std::string{} : fleet.error().message;
    };
    CHECK(contains(error_of("times: {ran_on: epoch}"),
                   "f:1: unknowns.times.ran_on: expected ms, iso or seconds, not `epoch`"));
    CHECK(contains(error_of("jobs_for: {deleted: ignore}"),
                   "unknowns.jobs_for.deleted: expected run, wait, fail, or a status such as 400"));
    CHECK(contains(error_of("refusals: {value: 200}"),
                   "unknowns.refusals.value: expected accept, or a status"));
    CHECK(
        contains(error_of("refusals: {component: accept}"), "unknowns.refusals.component: expected a whole"));
    CHECK(contains(error_of("timed_out: Success"),
                   "unknowns.timed_out: expected Failure, Expired, Warning or"));
    CHECK(contains(error_of("variable_types: [a]"), "unknowns.variable_types: expected a map"));
    CHECK(contains(error_of("orders: {}"), "unknowns.orders: unknown key; did you mean `order`?"));
    CHECK(contains(error_of("token: 3"), "unknowns.token: expected a map"));
}

}  // namespace
}  // namespace runbookd::sandbox
