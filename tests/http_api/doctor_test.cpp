// The daemon's health, point by point.
#include "http_api/doctor.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

using http_api::Check;
using http_api::examine;
using http_api::Health;
using Json = nlohmann::json;

constexpr std::int64_t kNow = 1'764'554'400'000;  // 2025-12-01T02:00:00Z

ports::DaemonStatus healthy() {
    ports::DaemonStatus status;
    status.version = "1.0.0";
    status.state = "running";
    status.started_at = from_unix_ms(kNow - 60'000);
    status.now = from_unix_ms(kNow);
    status.is_clock_synchronised = true;
    status.fleet_devices = 40;
    status.fleet_read_at = from_unix_ms(kNow - 30'000);
    ports::AccountStatus main;
    main.account = "main";
    main.state = "running";
    main.reads = {12, 480};
    main.creates = {0, 80};
    status.accounts = {main};
    return status;
}

ports::HeldStatus held() {
    ports::HeldStatus one;
    one.account = "main";
    one.why = "event 7 was acknowledged";
    one.held_at = from_unix_ms(kNow - 60'000);
    one.since = from_unix_ms(kNow - 3'600'000);
    one.searched_until = from_unix_ms(kNow - 30'000);
    one.known_jobs = 3;
    one.found_jobs = 2;
    return one;
}

std::vector<Check> of(const std::vector<Check>& checks, const std::string& name) {
    std::vector<Check> found;
    std::copy_if(checks.begin(), checks.end(), std::back_inserter(found),
                 [&](const Check& check) { return check.name == name; });
    return found;
}

Health health_of(const ports::DaemonStatus& status, const std::string& name) {
    const auto found = of(examine(status), name);
    REQUIRE(found.size() == 1);
    return found[0].health;
}

}  // namespace

TEST_CASE("each point of the daemon's health is one check", "[http_api]") {
    auto status = healthy();
    CHECK(is_healthy(examine(status)));
    for (const auto& check : examine(status)) {
        INFO(check.name);
        CHECK(check.health == Health::ok);
        CHECK_FALSE(check.message.empty());
    }
    SECTION("warnings leave it healthy") {
        status.is_clock_synchronised = false;
        status.pauses.push_back({engine::PauseScope("clean"), status.now, status.now, "a freeze", "ana"});
        status.fleet_read_at.reset();
        status.accounts[0].creates = {80, 80};
        status.accounts.push_back(status.accounts[0]);
        status.accounts[1].account = "japan";
        status.accounts[1].state = "absent";
        for (const auto* name : {"clock", "pauses", "fleet", "budget"}) {
            INFO(name);
            CHECK(health_of(status, name) == Health::warning);
        }
        REQUIRE(of(examine(status), "account").size() == 2);
        CHECK(of(examine(status), "account")[1].health == Health::warning);
        CHECK(is_healthy(examine(status)));
    }
    SECTION("the clock") {
        status.clock_hold = "the clock was set 1h forward";
        CHECK(health_of(status, "clock") == Health::failed);
    }
    SECTION("the store") {
        status.store_trouble = "disk full";
        status.problems = {"store: disk full"};
        CHECK(health_of(status, "store") == Health::failed);
        CHECK(health_of(status, "configuration") == Health::ok);
    }
    SECTION("a store that was put back") {
        status.held = {held()};
        CHECK(health_of(status, "restore") == Health::failed);
    }
    SECTION("an account") {
        status.accounts[0].state = "degraded";
        status.accounts[0].problems = {"the API does not answer"};
        CHECK(health_of(status, "account") == Health::failed);
        CHECK(contains(of(examine(status), "account")[0].message, "the API does not answer"));
    }
    SECTION("the fleet") {
        status.fleet_read_at = status.now - std::chrono::hours{2};
        CHECK(health_of(status, "fleet") == Health::failed);
    }
    SECTION("the record") {
        status.verified = ports::VerifyStatus{status.now, 100, 2};
        CHECK(health_of(status, "record") == Health::failed);
        status.verified->unexplained = 0;
        CHECK(health_of(status, "record") == Health::ok);
    }
    SECTION("files that are not in force") {
        status.problems = {"clean.yaml:3:1: unknown key", "two.yaml: the name is taken"};
        CHECK(of(examine(status), "configuration").size() == 2);
        CHECK_FALSE(is_healthy(examine(status)));
    }
    SECTION("a daemon that stops") {
        status.state = "stopping";
        CHECK(health_of(status, "daemon") == Health::failed);
    }
}

TEST_CASE("the doctor says what was found, and what accepting does", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.status_now = healthy();
    daemon.start();
    auto answer = Json::parse(exchange(daemon.socket, "GET", "/v1/doctor").body);
    CHECK(answer["healthy"] == true);
    CHECK(answer["held"].empty());
    CHECK(answer["accepting"].is_null());
    CHECK(answer["checks"][1]["check"] == "clock");
    CHECK(answer["checks"][1]["status"] == "ok");
    daemon.on_loop([&] { daemon.control.status_now.held = {held()}; });
    answer = Json::parse(exchange(daemon.socket, "GET", "/v1/doctor").body);
    CHECK(answer["healthy"] == false);
    CHECK(answer["held"][0].dump() ==
          R"({"accepted_by":null,"account":"main","found_jobs":2,"held_at":"2025-12-01T01:59:00.000Z",)"
          R"("known_jobs":3,"pages":0,"problem":null,"searched_until":"2025-12-01T01:59:30.000Z",)"
          R"("searched_whole":false,"since":"2025-12-01T01:00:00.000Z","why":"event 7 was acknowledged"})");
    CHECK(contains(answer["accepting"].get<std::string>(), "2 jobs"));
    CHECK(contains(answer["accepting"].get<std::string>(), "has not been read whole"));
    CHECK(Json::parse(exchange(daemon.socket, "GET", "/v1/status").body)["held"].size() == 1);
    CHECK(exchange(daemon.socket, "GET", "/v1/doctor?x=1").status == 400);
    CHECK(exchange(daemon.socket, "POST", "/v1/store/accept-restore", "").body ==
          R"({"status":"waits_for_search"})");
}

}  // namespace runbookd::testing
