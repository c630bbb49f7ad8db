// Pausing, resuming and verify over the socket.
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

using Json = nlohmann::ordered_json;

const UtcTime kNow = *parse_utc("2026-12-01T02:00:00Z");

}  // namespace

TEST_CASE("a runbook is paused for a while, with a reason, by the peer's user", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.status_now.now = kNow;
    daemon.start();
    const auto reply =
        exchange(daemon.socket, "POST", "/v1/runbooks/clean/pause", R"({"for":"2h","reason":"a freeze"})");
    CHECK(reply.status == 200);
    CHECK(reply.body == R"({"runbook":"clean","customer":null,"device_uid":null,"component_uid":null,)"
                        R"("until":"2026-12-01T04:00:00.000Z"})");
    REQUIRE(daemon.control.pauses_asked.size() == 1);
    const auto& asked = daemon.control.pauses_asked[0];
    CHECK(asked.scope == engine::PauseScope("clean"));
    CHECK(asked.span == std::chrono::hours{2});
    CHECK(asked.reason == "a freeze");
    CHECK_FALSE(asked.actor.empty());

    CHECK(exchange(daemon.socket, "POST", "/v1/pause", R"({"for":"90s","reason":"x"})").body ==
          R"({"runbook":null,"customer":null,"device_uid":null,"component_uid":null,)"
          R"("until":"2026-12-01T02:01:30.000Z"})");
    CHECK(daemon.control.pauses_asked.at(1).scope == engine::PauseScope());
}

TEST_CASE("a store that was put back is accepted, by the peer's user", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    CHECK(exchange(daemon.socket, "POST", "/v1/store/accept-restore", "").body == R"({"status":"accepted"})");
    REQUIRE(daemon.control.restores_accepted.size() == 1);
    CHECK_FALSE(daemon.control.restores_accepted[0].empty());
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::conflict, "nothing is held"}; });
    CHECK(exchange(daemon.socket, "POST", "/v1/store/accept-restore", "").status == 409);
}

TEST_CASE("a pause is resumed by name, or that of all", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    CHECK(exchange(daemon.socket, "POST", "/v1/runbooks/clean/resume", "{}").body ==
          R"({"runbook":"clean","customer":null,"device_uid":null,"component_uid":null,"until":null})");
    CHECK(exchange(daemon.socket, "POST", "/v1/resume", "").body ==
          R"({"runbook":null,"customer":null,"device_uid":null,"component_uid":null,"until":null})");
    CHECK(daemon.control.resumes_asked == std::vector<std::string>{"clean", ""});
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::not_found, "nothing is paused"}; });
    CHECK(exchange(daemon.socket, "POST", "/v1/resume", "").status == 404);
    CHECK(exchange(daemon.socket, "POST", "/v1/pause", R"({"for":"2h","reason":"x"})").status == 404);
}

TEST_CASE("a customer, a device or a component is paused by the body", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    for (const auto* what : {"customer", "device", "component"}) {
        const auto named = std::string("{\"") + what + "\":\"X\"";
        CHECK(exchange(daemon.socket, "POST", "/v1/pause", named + R"(,"for":"2h","reason":"x"})").status ==
              200);
        CHECK(daemon.control.pauses_asked.back().scope == engine::PauseScope(std::string(what) + ":X"));
        CHECK(exchange(daemon.socket, "POST", "/v1/resume", named + "}").status == 200);
        CHECK(daemon.control.resumes_asked.back() == std::string(what) + ":X");
    }
}

TEST_CASE("pauses that are at fault never reach the daemon", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    for (const auto* body :
         {"", "{}", R"({"for":"2h"})", R"({"reason":"x"})", R"({"for":"soon","reason":"x"})",
          R"({"for":"2h","reason":""})", R"({"for":"2h","reason":"x","colour":"red"})"}) {
        INFO(body);
        CHECK(exchange(daemon.socket, "POST", "/v1/runbooks/clean/pause", body).status == 400);
    }
    for (const auto* body : {R"({"for":"2h","reason":"x","device":""})",
                             R"({"for":"2h","reason":"x","device":"A","customer":"b"})",
                             R"({"for":"2h","reason":"x","component":7})"})
        CHECK(exchange(daemon.socket, "POST", "/v1/pause", body).status == 400);
    CHECK(exchange(daemon.socket, "POST", "/v1/runbooks/clean/pause",
                   R"({"for":"2h","reason":"x","device":"A"})")
              .status == 400);
    CHECK(exchange(daemon.socket, "GET", "/v1/pause").status == 405);
    CHECK(daemon.control.pauses_asked.empty());
    CHECK(daemon.control.resumes_asked.empty());
}

TEST_CASE("status and runbooks tell pauses, a clock in doubt, and the last verify", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.status_now.pauses = {{"", kNow, kNow + std::chrono::hours{1}, "a freeze", "ana"}};
    daemon.control.status_now.clock_hold = "the clock was set by 3 h";
    daemon.control.status_now.verified = ports::VerifyStatus{kNow, 43'200, 2};
    ports::RunbookStatus known;
    known.name = "clean";
    known.paused_until = kNow;
    daemon.control.runbooks_known = {known};
    daemon.start();
    const auto status = Json::parse(exchange(daemon.socket, "GET", "/v1/status").body);
    CHECK(
        status["pauses"].dump() ==
        R"([{"runbook":null,"customer":null,"device_uid":null,"component_uid":null,"since":"2026-12-01T02:00:00.000Z","until":"2026-12-01T03:00:00.000Z",)"
        R"("reason":"a freeze","actor":"ana"}])");
    CHECK(status["clock_hold"] == "the clock was set by 3 h");
    CHECK(status["verified"].dump() ==
          R"({"at":"2026-12-01T02:00:00.000Z","instants":43200,"unexplained":2})");
    CHECK(Json::parse(exchange(daemon.socket, "GET", "/v1/runbooks").body)[0]["paused_until"] ==
          "2026-12-01T02:00:00.000Z");
}

TEST_CASE("verify answers with what it computed and what is not explained", "[http_api]") {
    FakeDaemon daemon;
    verify::Report report;
    report.since = kNow;
    report.until = kNow + std::chrono::hours{1};
    report.runbooks = 2;
    report.instants = 60;
    daemon.verification.report = report;
    daemon.start();
    CHECK(exchange(daemon.socket, "GET", "/v1/verify").body ==
          R"({"since":"2026-12-01T02:00:00.000Z","until":"2026-12-01T03:00:00.000Z","runbooks":2,)"
          R"("instants":60,"pending":0,"complete":true,"unexplained_instants":0,"unexplained":[]})");
    CHECK_FALSE(daemon.verification.asked.at(0));
    daemon.on_loop([&] {
        daemon.verification.report->add({"clean", "UTC", "", kNow, kNow, 1, verify::Kind::no_verdict, "why"});
    });
    const auto spoilt =
        Json::parse(exchange(daemon.socket, "GET", "/v1/verify?since=2026-12-01T02:00:00Z").body);
    CHECK(daemon.verification.asked.at(1) == kNow);
    CHECK(spoilt["complete"] == false);
    CHECK(spoilt["unexplained"].dump() ==
          R"([{"runbook":"clean","zone":"UTC","customer":null,)"
          R"("nominal_at":"2026-12-01T02:00:00.000Z",)"
          R"("nominal_until":"2026-12-01T02:00:00.000Z","count":1,"kind":"no_verdict","message":"why"}])");
    CHECK(exchange(daemon.socket, "GET", "/v1/verify?since=soon").status == 400);
    CHECK(exchange(daemon.socket, "GET", "/v1/verify?until=2026-12-01").status == 400);
    daemon.on_loop([&] { daemon.verification.report = fail(ErrorCode::unavailable, "no disk"); });
    CHECK(exchange(daemon.socket, "GET", "/v1/verify").status == 503);
}

}  // namespace runbookd::testing
