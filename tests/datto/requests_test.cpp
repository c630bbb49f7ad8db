#include "datto/requests.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "datto/addresses.hpp"

using namespace runbookd;
using namespace runbookd::datto;

namespace {

BaseUrl base() { return parse_base_url("https://merlot-api.centrastage.net").value(); }
Result<Request> build(const engine::ApiCall& call) { return build_request(base(), call, secrets::Vault{}); }
std::string target_of(const engine::ApiCall& call) { return build(call).value().target; }

}  // namespace

TEST_CASE("each call is sent to its path", "[datto]") {
    const DeviceUid device{"dev 1"};
    const DattoJobUid job{"job/1"};
    CHECK(target_of(engine::ReadRequestRate{}) == "/api/v2/system/request_rate");
    CHECK(target_of(engine::ReadSites{}) == "/api/v2/account/sites?max=250");
    CHECK(target_of(engine::ReadDevices{}) == "/api/v2/account/devices?max=250");
    CHECK(target_of(engine::ReadComponents{}) == "/api/v2/account/components?max=250");
    CHECK(target_of(engine::ReadSiteDevices{SiteUid{"s 1"}, ""}) == "/api/v2/site/s%201/devices?max=250");
    CHECK(target_of(engine::ReadDevice{device}) == "/api/v2/device/dev%201");
    CHECK(target_of(engine::ReadResult{job, device}) == "/api/v2/job/job%2F1/results/dev%201");
    CHECK(target_of(engine::ReadOutput{job, device, {}, engine::Stream::out}) ==
          "/api/v2/job/job%2F1/results/dev%201/stdout");
    CHECK(target_of(engine::ReadOutput{job, device, {}, engine::Stream::err}) ==
          "/api/v2/job/job%2F1/results/dev%201/stderr");
}

TEST_CASE("a quick job is a PUT with a name, one component and its variables as texts", "[datto]") {
    engine::CreateQuickJob create;
    create.device = DeviceUid{"d1"};
    create.component = ComponentUid{"c1"};
    create.job_name = "clean rb01J00000000000000000000000";
    create.variables = {{"days", templates::Rendered("30")}, {"quote", templates::Rendered("a\"b")}};
    const auto request = build(create).value();
    CHECK(request.method == Method::put);
    CHECK(request.target == "/api/v2/device/d1/quickjob");
    CHECK(request.content_type == "application/json");
    CHECK(nlohmann::json::parse(request.body) == nlohmann::json::parse(R"({
        "jobName": "clean rb01J00000000000000000000000",
        "jobComponent": {"componentUid": "c1", "variables": [
            {"name": "days", "value": "30"}, {"name": "quote", "value": "a\"b"}]}})"));
}

TEST_CASE("secrets get their values in the request, for a runbook that may send them", "[datto]") {
    const secrets::Vault vault({{"api-key", {"the \"real\" value", {"clean-*"}}}});
    engine::CreateQuickJob create;
    create.device = DeviceUid{"d1"};
    create.component = ComponentUid{"c1"};
    create.job_name = "n";
    create.runbook = "clean-temp";
    templates::Rendered header("Bearer ");
    header.add_secret("api-key");
    create.variables = {{"header", header}, {"plain", templates::Rendered("${secret:api-key}")}};
    const auto request = build_request(base(), create, vault).value();
    CHECK(nlohmann::json::parse(request.body)["jobComponent"]["variables"] == nlohmann::json::parse(R"([
        {"name": "header", "value": "Bearer the \"real\" value"},
        {"name": "plain", "value": "${secret:api-key}"}])"));
    create.runbook = "other";
    const auto refused = build_request(base(), create, vault);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "variable 'header': runbook 'other' may not use the secret 'api-key'");
}

TEST_CASE("a quick job without variables sends an empty list", "[datto]") {
    engine::CreateQuickJob create;
    create.device = DeviceUid{"d1"};
    create.component = ComponentUid{"c1"};
    create.job_name = "n";
    const auto body = nlohmann::json::parse(build(create).value().body);
    CHECK(body["jobComponent"]["variables"] == nlohmann::json::array());
}

TEST_CASE("a call that names nobody is not sent", "[datto]") {
    CHECK_FALSE(build(engine::ReadDevice{}));
    CHECK_FALSE(build(engine::ReadSiteDevices{}));
    CHECK_FALSE(build(engine::CreateQuickJob{}));
    CHECK_FALSE(build(engine::ReadResult{}));
    CHECK_FALSE(build(engine::ResolveAlert{}));
}

TEST_CASE("the activity log is searched from an explicit instant, oldest first", "[datto]") {
    engine::SearchActivities search;
    search.from = parse_utc("2026-01-01T00:00:00.999Z").value();
    CHECK(target_of(search) ==
          "/api/v2/"
          "activity-logs?size=250&order=asc&from=2026-01-01T00%3A00%3A00Z&entities=device&categories=job"
          "&actions=create");
}

TEST_CASE("filters that a next page has lost are put back", "[datto]") {
    engine::SearchActivities search;
    search.from = parse_utc("2026-01-01T00:00:00Z").value();
    search.cursor = "/api/v2/activity-logs?searchAfter=x&page=next&order=asc";
    CHECK(target_of(search) ==
          "/api/v2/"
          "activity-logs?searchAfter=x&page=next&order=asc&from=2026-01-01T00%3A00%3A00Z&entities=device"
          "&categories=job&actions=create");
}

TEST_CASE("endings of jobs are searched as deployments, on every page", "[datto]") {
    engine::SearchActivities search;
    search.from = parse_utc("2026-01-01T00:00:00Z").value();
    search.kind = engine::ActivityKind::ended;
    CHECK(target_of(search) ==
          "/api/v2/"
          "activity-logs?size=250&order=asc&from=2026-01-01T00%3A00%3A00Z&entities=device&categories=job"
          "&actions=deployment");
    search.cursor = "/api/v2/activity-logs?searchAfter=x&page=next&order=asc";
    CHECK(target_of(search) ==
          "/api/v2/"
          "activity-logs?searchAfter=x&page=next&order=asc&from=2026-01-01T00%3A00%3A00Z&entities=device"
          "&categories=job&actions=deployment");
}

TEST_CASE("open alerts are a list, and resolving one is a POST without a body", "[datto]") {
    CHECK(target_of(engine::ReadAlerts{}) == "/api/v2/account/alerts/open?max=250");
    CHECK(target_of(engine::ReadAlerts{"/api/v2/account/alerts/open?max=250&page=2"}) ==
          "/api/v2/account/alerts/open?max=250&page=2");
    const auto request = build(engine::ResolveAlert{AlertUid{"a/1"}}).value();
    CHECK(request.method == Method::post);
    CHECK(request.target == "/api/v2/alert/a%2F1/resolve");
    CHECK(request.body.empty());
    CHECK(request.content_type.empty());
}

TEST_CASE("filters are listed, and a filter's devices read by its id on every page", "[datto]") {
    CHECK(target_of(engine::ReadDefaultFilters{}) == "/api/v2/filter/default-filters?max=250");
    CHECK(target_of(engine::ReadCustomFilters{}) == "/api/v2/filter/custom-filters?max=250");
    CHECK(target_of(engine::ReadFilterDevices{17, ""}) == "/api/v2/account/devices?max=250&filterId=17");
    CHECK(target_of(engine::ReadFilterDevices{17, "/api/v2/account/devices?max=250&page=1"}) ==
          "/api/v2/account/devices?max=250&page=1&filterId=17");
    CHECK(target_of(engine::ReadFilterDevices{17, "/api/v2/account/devices?max=250&filterId=17&page=1"}) ==
          "/api/v2/account/devices?max=250&filterId=17&page=1");
}

TEST_CASE("a cursor that leaves the account is refused", "[datto]") {
    CHECK_FALSE(build(engine::ReadDevices{"https://evil.example/api/v2/account/devices"}));
    CHECK_FALSE(build(engine::ReadDevices{"//evil.example/api"}));
    CHECK(target_of(engine::ReadDevices{"/api/v2/account/devices?max=250&page=3"}) ==
          "/api/v2/account/devices?max=250&page=3");
}

TEST_CASE("the token call is the password grant outside /api, with key and secret encoded", "[datto]") {
    const auto request = token_request(base(), "K&1", "s=%+");
    CHECK(request.method == Method::post);
    CHECK(request.target == "/auth/oauth/token");
    CHECK(request.authorization == Authorization::public_client);
    CHECK(request.content_type == "application/x-www-form-urlencoded");
    CHECK(request.body == "grant_type=password&username=K%261&password=s%3D%25%2B");
}
