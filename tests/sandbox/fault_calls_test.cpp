// Every fault on every operation, at the first call and at a later one.
#include "fixture.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using testing::ApiFixture;

constexpr const char* kFleet = R"(
limits: off
pickup: 0s
activity_log: {lag: 0s}
sites: [{name: HQ, devices: [{hostname: PC}]}]
components: [{name: Sweep, simulate: {duration: 0s, stdout: out}}]
alerts: [{device: PC, class: comp_script_ctx}]
)";

struct Target {
    const char* operation;
    const char* method;
    std::string path;
    std::string body;
};

/// One call of each operation that has an effect or an answer.
std::vector<Target> targets(ApiFixture& fixture) {
    const auto device = fixture.device_uid("PC");
    const auto job = fixture.created("PC", "Sweep", "before");
    const auto site = fixture.world.fleet().sites[0].uid;
    const json quick_job = {{"jobName", "j"},
                            {"jobComponent", {{"componentUid", fixture.component_uid("Sweep")}}}};
    const auto results = fixture.results_path(job, "PC");
    fixture.world.advance(fixture.now);
    const auto alert = fixture.world.alerts().alerts().front().uid;
    return {{"request_rate", "GET", "/api/v2/system/request_rate", {}},
            {"pagination", "GET", "/api/v2/system/pagination", {}},
            {"sites", "GET", "/api/v2/account/sites", {}},
            {"devices", "GET", "/api/v2/account/devices", {}},
            {"devices", "GET", "/api/v3/account/devices", {}},
            {"site_devices", "GET", "/api/v2/site/" + site + "/devices", {}},
            {"device", "GET", "/api/v2/device/" + device, {}},
            {"components", "GET", "/api/v2/account/components", {}},
            {"quickjob", "PUT", "/api/v2/device/" + device + "/quickjob", quick_job.dump()},
            {"job", "GET", "/api/v2/job/" + job, {}},
            {"job_components", "GET", "/api/v2/job/" + job + "/components", {}},
            {"results", "GET", results, {}},
            {"stdout", "GET", results + "/stdout", {}},
            {"stderr", "GET", results + "/stderr", {}},
            {"activity_logs", "GET", "/api/v2/activity-logs", {}},
            {"filters", "GET", "/api/v2/filter/default-filters", {}},
            {"alerts", "GET", "/api/v2/account/alerts/open", {}},
            {"alerts", "GET", "/api/v2/alert/" + alert, {}},
            {"alert_resolve", "POST", "/api/v2/alert/" + alert + "/resolve", {}},
            {"other", "GET", "/api/v2/account", {}}};
}

void check_struck(const std::string& kind, const Reply& struck, const Reply& plain) {
    CHECK((struck.ending == Ending::reset) == (kind == "reset_before" || kind == "reset_after"));
    CHECK((struck.ending == Ending::cut) == (kind == "cut"));
    CHECK((struck.delay == Millis{7000}) == (kind == "slow" || kind == "status"));
    if (kind == "status") CHECK(struck.status == 503);
    if (kind == "html" || kind == "block") CHECK(struck.content_type == "text/html");
    if (kind == "block") CHECK(struck.status == 403);
    if (kind == "bad_json") CHECK(struck.body.size() <= plain.body.size() / 2 + 40);
}

TEST_CASE("every operation can meet every fault, at the first call and at a later one", "[sandbox]") {
    for (const std::string kind :
         {"status", "reset_before", "reset_after", "slow", "cut", "bad_json", "html", "block"}) {
        ApiFixture fixture(kFleet);
        for (const auto& [operation, method, path, body] : targets(fixture)) {
            for (const int nth : {1, 3}) {
                INFO(kind << " " << method << " " << path << " " << nth);
                const json fault = {{"operation", operation}, {"nth", nth}, {"kind", kind}, {"delay", "7s"}};
                json set = json::array({fault});
                if (kind == "status") set[0]["status"] = 503;
                REQUIRE(fixture.call("PUT", "/sandbox/faults", set.dump()).status == 200);
                Reply plain;
                for (int call = 1; call < nth; ++call) {
                    plain = fixture.call(method, path, body);
                    CHECK(plain.status == 200);
                    CHECK(plain.ending == Ending::whole);
                    CHECK(plain.delay == Millis{0});
                }
                const auto struck = fixture.call(method, path, body);
                if (nth > 1) check_struck(kind, struck, plain);
                CHECK(fixture.get_json("/sandbox/faults")[0]["struck"] == 1);
                if (kind == "block") fixture.pass(minutes{1});  // else everything is refused still
                const auto after = fixture.call(method, path, body);
                CHECK(after.status == 200);
                CHECK(after.ending == Ending::whole);
            }
        }
    }
}

TEST_CASE("the token call meets faults too", "[sandbox]") {
    ApiFixture fixture(kFleet);
    Request request;
    request.method = "POST";
    request.path = "/auth/oauth/token";
    request.content_type = "application/x-www-form-urlencoded";
    request.authorization = "Basic cHVibGljLWNsaWVudDpwdWJsaWM=";
    request.body = "grant_type=password&username=demo-key&password=demo-secret";
    const auto meet = [&](const char* fault) {
        fixture.call("PUT", "/sandbox/faults", fault);
        return fixture.api.handle(request, fixture.now);
    };
    const auto page = meet(R"([{"operation": "token", "kind": "html", "status": 200}])");
    CHECK(page.status == 200);
    CHECK(page.content_type == "text/html");
    CHECK(meet(R"([{"operation": "token", "kind": "status", "status": 400}])").status == 400);
    CHECK(meet(R"([{"operation": "token", "kind": "reset_before"}])").ending == Ending::reset);
    CHECK(meet(R"([{"operation": "any", "kind": "cut"}])").ending == Ending::cut);
    CHECK(meet("[]").status == 200);
}

TEST_CASE("a fault of 429 has the shape of a refusal over the limit", "[sandbox]") {
    ApiFixture fixture(std::string(kFleet) +
                       "unknowns: {over_limit: {body: text, retry_after: seconds}}\n"
                       "faults: [{operation: pagination, kind: status, status: 429}]\n");
    const auto refused = fixture.get("/api/v2/system/pagination");
    CHECK(refused.status == 429);
    CHECK(refused.content_type == "text/plain");
    CHECK(refused.headers.at("Retry-After") == "60");
}

}  // namespace
}  // namespace runbookd::sandbox
