// What would happen, over the socket.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "http_api/coming_why.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

using Json = nlohmann::ordered_json;

engine::Preview one_device() {
    engine::Preview preview;
    preview.runbook = "clean";
    preview.revision = 3;
    preview.at = *parse_utc("2026-12-01T02:00:00Z");
    preview.window_end = *parse_utc("2026-12-01T03:00:00Z");
    preview.fleet_read_at = *parse_utc("2026-12-01T01:59:50Z");
    preview.component = ComponentUid{"c1"};
    preview.component_name = "Clean";
    preview.inputs = {{"days", "string", "30", "7"}, {"path", "string", std::nullopt, ""}};
    preview.targets = {
        {{DeviceUid{"d1"}, SiteUid{"s1"}, "Acme HQ", "A", 1, true}, engine::Disposition::pending, "", ""},
        {{DeviceUid{"d2"}, SiteUid{"s1"}, "Acme HQ", "B", 1, false},
         engine::Disposition::skipped,
         "offline",
         "it sleeps"}};
    preview.exclusions = {{DeviceUid{"d3"}, "C", "Acme HQ", "deleted", "gone"}};
    preview.wanted = 1;
    preview.reads = 5;
    preview.creates = {preview.at, preview.at, 1, 0};
    return preview;
}

}  // namespace

TEST_CASE("a plan says each device's fate, the variables and the times", "[http_api]") {
    FakeDaemon daemon;
    daemon.planning.preview = one_device();
    daemon.start();
    const auto reply = exchange(daemon.socket, "POST", "/v1/plan",
                                R"({"runbook":"clean","devices":["A"],"at":"2026-12-01T02:00:00Z"})");
    REQUIRE(reply.status == 200);
    const auto& asked = daemon.planning.plans_asked.at(0);
    CHECK(asked.devices == std::vector<std::string>{"A"});
    CHECK(asked.at == parse_utc("2026-12-01T02:00:00Z").value());
    CHECK_FALSE(asked.actor.empty());
    const auto plan = Json::parse(reply.body);
    CHECK(plan["refusal"].is_null());
    CHECK(plan["creates"] == 1);
    CHECK(plan["last_create_at"] == "2026-12-01T02:00:00.000Z");
    CHECK(plan["variables"][0].dump() ==
          R"({"name":"days","type":"string","value":"30","from":"runbook","default_value":"7"})");
    CHECK(plan["variables"][1]["from"] == "none");
    CHECK(plan["waves"].dump() == R"([{"wave":1,"targets":2}])");
    CHECK(plan["targets"][0]["disposition"] == "pending");
    CHECK(plan["targets"][1]["message"] == "it sleeps");
    CHECK(plan["exclusions"][0].dump() ==
          R"({"device_uid":"d3","hostname":"C","site_name":"Acme HQ","rule":"deleted","reason":"gone"})");
}

TEST_CASE("plans that are at fault never reach the daemon, and what it refuses is told", "[http_api]") {
    FakeDaemon daemon;
    daemon.planning.preview = tl::unexpected<Error>({ErrorCode::not_found, "no runbook of that name"});
    daemon.start();
    for (const auto* body :
         {"", "{}", R"({"runbook":"clean","at":"soon"})", R"({"runbook":"clean","x":1})"}) {
        INFO(body);
        CHECK(exchange(daemon.socket, "POST", "/v1/plan", body).status == 400);
    }
    CHECK(daemon.planning.plans_asked.empty());
    CHECK(exchange(daemon.socket, "POST", "/v1/plan", R"({"runbook":"clean"})").status == 404);
}

TEST_CASE("a text is checked against the account", "[http_api]") {
    FakeDaemon daemon;
    daemon.planning.findings =
        std::vector<ports::CheckFinding>{{"variables.dais", true, "unknown_variable", "no such", "days"}};
    daemon.start();
    const auto reply =
        exchange(daemon.socket, "POST", "/v1/check", R"({"yaml":"component: Clean\n","name":"clean"})");
    CHECK(reply.status == 200);
    CHECK(reply.body == R"([{"path":"variables.dais","severity":"error","code":"unknown_variable",)"
                        R"("message":"no such","suggestion":"days"}])");
    CHECK(daemon.planning.checks_asked.at(0).name == "clean");
    CHECK(exchange(daemon.socket, "POST", "/v1/check", R"({"name":"clean"})").status == 400);
}

TEST_CASE("a forecast is a list of runs", "[http_api]") {
    FakeDaemon daemon;
    ports::ForecastRun run;
    run.run.runbook = "clean";
    run.run.nominal = run.run.starts = *parse_utc("2026-12-01T02:00:00Z");
    run.run.window_end = *parse_utc("2026-12-01T03:00:00Z");
    run.targets = run.creates = 5000;
    run.drained = {run.run.starts, *parse_utc("2026-12-01T02:59:59Z"), 4800, 200};
    daemon.planning.coming = std::vector{run};
    daemon.start();
    const auto reply = exchange(daemon.socket, "GET", "/v1/forecast?until=2026-12-02T00:00:00Z");
    REQUIRE(reply.status == 200);
    const auto list = Json::parse(reply.body);
    CHECK(list[0]["would_expire"] == 200);
    CHECK(list[0]["run_uid"].is_null());
    CHECK(daemon.planning.forecasts_asked.at(0) == parse_utc("2026-12-02T00:00:00Z").value());
    CHECK(exchange(daemon.socket, "GET", "/v1/forecast").status == 200);
    CHECK_FALSE(daemon.planning.forecasts_asked.at(1));
    CHECK(exchange(daemon.socket, "GET", "/v1/forecast?until=soon").status == 400);
}

TEST_CASE("why at a time to come is the plan of that time, in a sentence", "[http_api]") {
    const auto answer = [](const engine::Preview& preview, const char* uid, const char* hostname) {
        const auto view = http_api::coming_why_view(preview, {uid, hostname});
        return view["rule"].get<std::string>() + ": " + view["answer"].get<std::string>();
    };
    auto preview = one_device();
    const std::string when = ", if clean starts at 2026-12-01 02:00:00 UTC";
    const std::string as_of = " (As the fleet was at 2026-12-01 01:59:50 UTC.)";
    CHECK(answer(preview, "d1", "A") == "selected: Yes: A gets its job" + when + "." + as_of);
    CHECK(answer(preview, "d2", "B") == "offline: No: B would be skipped" + when + ": it sleeps." + as_of);
    CHECK(answer(preview, "d3", "C") ==
          "deleted: No: C is left out" + when + ", by the rule deleted: gone." + as_of);
    CHECK(answer(preview, "d9", "X") ==
          "not_selected: No: no include of revision 3 matches X" + when + "." + as_of);
    preview.targets[1] = {preview.targets[1].row, engine::Disposition::pending, "offline",
                          "waited for until the window closes"};
    CHECK(answer(preview, "d2", "B") ==
          "offline: Perhaps: B is offline now, and is waited for until the window closes" + when + "." +
              as_of);
    preview.refusal = "guard: too many";
    CHECK(answer(preview, "d1", "A") ==
          "refused: No: clean would not run" + when + ": guard: too many." + as_of);
    CHECK(http_api::coming_why_view(preview, {"d1", "A"})["evidence"][0]["view"] == "plan");
}

}  // namespace runbookd::testing
