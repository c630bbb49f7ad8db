#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "datto/addresses.hpp"
#include "datto/dialect.hpp"

using namespace runbookd;
using namespace runbookd::datto;
using engine::DeploymentStatus;
using engine::FailureKind;
using nlohmann::json;

namespace {

const Dialect& seed() {
    static const auto dialect = make_seed_dialect(parse_base_url("https://runbookd.example:8780").value());
    return *dialect;
}

Result<Request> build(const engine::ApiCall& call) { return seed().request(call, secrets::Vault{}); }
Result<engine::ApiReply> read(const engine::ApiCall& call, const std::string& body) {
    return seed().reply(call, "/api/v2/components?max=250", body);
}
engine::JobResult result_of(const std::string& body) {
    const auto reply = read(engine::ReadResult{}, body);
    INFO((reply ? std::string() : reply.error().message));
    REQUIRE(reply);
    return std::get<engine::JobResult>(*reply);
}

engine::CreateQuickJob create() {
    engine::CreateQuickJob call;
    call.device = DeviceUid{"d/1"};
    call.component = ComponentUid{"c1"};
    call.job_name = "clean rb01ARZ3NDEKTSV4RRFFQ69G5FAV";
    call.variables = {{"days", templates::Rendered("30")}, {"quote", templates::Rendered("a\"b")}};
    return call;
}

FailureKind judged(FailureKind kind, const engine::ApiCall& call, const std::string& body) {
    engine::ApiFailure failure;
    failure.kind = kind;
    seed().judge(failure, call, body);
    return failure.kind;
}

}  // namespace

TEST_CASE("a seed's create is a POST of a flat body under its job's own idempotency key", "[datto]") {
    const auto request = build(create()).value();
    CHECK(request.method == Method::post);
    CHECK(request.target == "/api/v2/device/d%2F1/quickjob");
    CHECK(request.idempotency_key == "rb01ARZ3NDEKTSV4RRFFQ69G5FAV");
    CHECK(request.content_type == "application/json");
    CHECK(json::parse(request.body) ==
          json::parse(R"({"componentUid": "c1", "variables": {"days": "30", "quote": "a\"b"}})"));
    auto bare = create();
    bare.variables.clear();
    CHECK(json::parse(build(bare).value().body)["variables"] == json::object());
    bare.job_name = "clean";
    CHECK_FALSE(build(bare));
}

TEST_CASE("a seed's job is read whole, and its outputs from the same place", "[datto]") {
    const DattoJobUid job{"j/1"};
    CHECK(build(engine::ReadResult{job, DeviceUid{"d"}}).value().target == "/api/v2/job/j%2F1");
    CHECK(build(engine::ReadOutput{job, DeviceUid{"d"}, ComponentUid{"c"}, engine::Stream::err})
              .value()
              .target == "/api/v2/job/j%2F1");
    CHECK_FALSE(build(engine::ReadResult{}));
}

TEST_CASE("lists, the device, the rate and the log are asked of a seed as of the real API", "[datto]") {
    const auto target = [](const engine::ApiCall& call) { return build(call).value().target; };
    CHECK(target(engine::ReadComponents{}) == "/api/v2/components?max=250");
    CHECK(target(engine::ReadComponents{"/api/v2/components?max=250&page=1"}) ==
          "/api/v2/components?max=250&page=1");
    CHECK_FALSE(build(engine::ReadComponents{"https://evil.example/api/v2/components"}));
    CHECK(target(engine::ReadDevice{DeviceUid{"d1"}}) == "/api/v2/device/d1");
    CHECK(target(engine::ReadSites{}) == "/api/v2/account/sites?max=250");
    CHECK(target(engine::ReadDevices{}) == "/api/v2/account/devices?max=250");
    CHECK(target(engine::ReadSiteDevices{SiteUid{"s"}, ""}) == "/api/v2/site/s/devices?max=250");
    CHECK(target(engine::ReadRequestRate{}) == "/api/v2/system/request_rate");
    CHECK(target(engine::SearchActivities{}).starts_with("/api/v2/activity-logs?"));
}

TEST_CASE("what a seed has not is not asked for", "[datto]") {
    for (const engine::ApiCall& call :
         {engine::ApiCall{engine::ReadDefaultFilters{}}, engine::ApiCall{engine::ReadCustomFilters{}},
          engine::ApiCall{engine::ReadFilterDevices{}}, engine::ApiCall{engine::ReadAlerts{}},
          engine::ApiCall{engine::ResolveAlert{AlertUid{"a"}}}})
        CHECK(build(call).error().code == ErrorCode::not_supported);
}

TEST_CASE("a seed's created job is known by jobUid", "[datto]") {
    const auto reply = read(create(), R"({"jobUid": "j1", "status": "queued", "deviceUid": "d1",
        "componentUid": "c1", "createdAt": 1767225600000})");
    CHECK(std::get<engine::CreatedJob>(reply.value()).job == DattoJobUid{"j1"});
    for (const auto* body : {"", "{}", R"({"jobUid": null})", "<html>", R"({"job": {"uid": "j1"}})"})
        CHECK_FALSE(read(create(), body));
}

TEST_CASE("a seed's statuses become what the real API calls them", "[datto]") {
    const auto [body, status] = GENERATE(table<std::string, DeploymentStatus>(
        {{R"({"status": "created"})", DeploymentStatus::pending},
         {R"({"status": "queued", "exitCode": null})", DeploymentStatus::pending},
         {R"({"status": "running"})", DeploymentStatus::running},
         {R"({"status": "completed", "exitCode": 0})", DeploymentStatus::success},
         {R"({"status": "completed"})", DeploymentStatus::success},
         {R"({"status": "COMPLETED", "exitCode": "0"})", DeploymentStatus::success},
         {R"({"status": "completed", "exitCode": 0, "reason": "warnings"})", DeploymentStatus::warning},
         {R"({"status": "completed", "exitCode": 3})", DeploymentStatus::failure},
         {R"({"status": "failed", "exitCode": 0})", DeploymentStatus::failure},
         {R"({"status": "failed", "reason": "datto_expired"})", DeploymentStatus::expired},
         {R"({"status": "failed", "reason": "retired"})", DeploymentStatus::retired},
         {R"({"status": "timeout"})", DeploymentStatus::expired},
         {R"({"status": "hibernated"})", DeploymentStatus::other},
         {R"({"status": null})", DeploymentStatus::other}}));
    CAPTURE(body);
    CHECK(result_of(body).status == status);
}

TEST_CASE("one read of a seed's job brings all that there is", "[datto]") {
    const auto result =
        result_of(R"({"jobUid": "j1", "status": "failed", "reason": "exit_code", "exitCode": 7,
        "startedAt": 1767225645000, "completedAt": 1767225650000, "stdout": "out\n", "stderr": ""})");
    CHECK(result.status == DeploymentStatus::failure);
    CHECK(result.status_text == "failed / exit_code");
    CHECK(result.exit_code == 7);
    CHECK(format_utc(result.ran_on.value()) == "2026-01-01T00:00:45.000Z");
    CHECK(result.out == "out\n");
    CHECK(result.err == "");
    CHECK(result.has_stdout);
    CHECK(result.has_stderr);
    const auto bare = result_of(R"({"status": "completed", "stdout": null})");
    CHECK_FALSE(bare.out);
    CHECK_FALSE(bare.has_stdout);
    CHECK_FALSE(bare.exit_code);
    // What is not over may say more later.
    const auto running = result_of(R"({"status": "running", "stdout": "so far"})");
    CHECK_FALSE(running.out);
    CHECK_FALSE(running.has_stdout);
}

TEST_CASE("an output is read from a seed's job where it is asked for by itself", "[datto]") {
    engine::ReadOutput call;
    const std::string body = R"({"status": "completed", "stdout": "out", "stderr": null})";
    CHECK(std::get<engine::Output>(read(call, body).value()).text == "out");
    call.stream = engine::Stream::err;
    CHECK_FALSE(std::get<engine::Output>(read(call, body).value()).text);
}

TEST_CASE("what is no job is refused", "[datto]") {
    for (const auto* body : {"", "[]", "{}", "null", "<html>maintenance</html>", R"({"status": "complet)"}) {
        CHECK_FALSE(read(engine::ReadResult{}, body));
        CHECK_FALSE(read(engine::ReadOutput{}, body));
    }
}

TEST_CASE("a seed's components and devices are read in its own words", "[datto]") {
    const auto components = std::get<engine::Page<engine::Component>>(
        read(engine::ReadComponents{}, R"({"components": [{"uid": "c1", "name": "Clear", "description": "d",
            "category": "Maintenance", "osType": null, "variables": [{"name": "days", "type": "string",
            "required": false, "defaultValue": "7", "description": null}]}]})")
            .value());
    REQUIRE(components.items.size() == 1);
    CHECK(components.items[0].category == "Maintenance");
    REQUIRE(components.items[0].variables.size() == 1);
    CHECK(components.items[0].variables[0].default_value == "7");
    CHECK(components.items[0].variables[0].input);
    const auto device = std::get<engine::Device>(
        read(engine::ReadDevice{},
             R"({"uid": "d1", "hostname": "A", "status": "online", "lastSeen": 1767225600000})")
            .value());
    CHECK(device.online);
}

TEST_CASE("a 409 to a seed's create is a doubt, unless it says what stands against the create", "[datto]") {
    const auto conflict = FailureKind::conflict;
    CHECK(judged(conflict, create(), R"({"errorCode": "CONFLICT", "message": "key", "details": {}})") ==
          conflict);
    CHECK(judged(conflict, create(), "") == conflict);
    CHECK(judged(conflict, create(), "<html>") == conflict);
    CHECK(judged(conflict, create(), R"({"errorCode": "REFUSED_BY_RULE", "details": {}})") ==
          FailureKind::rejected);
    CHECK(judged(conflict, create(), R"({"errorCode": "CONFLICT", "details": {"deviceUid": "d1"}})") ==
          FailureKind::rejected);
    CHECK(judged(conflict, engine::ReadSites{}, R"({"errorCode": "REFUSED_BY_RULE"})") == conflict);
    CHECK(judged(FailureKind::server_error, create(), R"({"errorCode": "REFUSED_BY_RULE"})") ==
          FailureKind::server_error);
}
