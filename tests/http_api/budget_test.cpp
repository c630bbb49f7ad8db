// The accounts' budgets over the socket.
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "catch.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {

TEST_CASE("the budget of each account is told, and what is not known is null", "[http_api]") {
    FakeDaemon daemon;
    ports::AccountBudget budget;
    budget.account = "main";
    budget.limits_source = "auto";
    budget.share = 0.8;
    budget.reads = {600, 480, 12, 3};
    budget.writes = {600, 480, 80, 0};
    budget.creates = {100, 80, 80, 0};
    budget.checked_at = parse_utc("2026-12-01T02:00:00Z").value();
    budget.creates_under_way = 2;
    budget.creates_waiting = 120;
    budget.next_create_at = parse_utc("2026-12-01T02:01:00.250Z").value();
    ports::AccountBudget other;
    other.account = "other";
    other.limits_source = "off";
    other.held_until = parse_utc("2026-12-01T02:05:00Z").value();
    other.held_because = "blocked";
    daemon.control.budgets_now = {budget, other};
    daemon.start();
    const auto reply = exchange(daemon.socket, "GET", "/v1/budget");
    CHECK(reply.status == 200);
    CHECK(reply.body ==
          R"([{"account":"main","limits_source":"auto","share":0.8,)"
          R"("reads":{"limit":600,"allowed":480,"used":12,"others":3},)"
          R"("writes":{"limit":600,"allowed":480,"used":80,"others":0},)"
          R"("creates":{"limit":100,"allowed":80,"used":80,"others":0},)"
          R"("checked_at":"2026-12-01T02:00:00.000Z","held_until":null,"held_because":null,)"
          R"("creates_under_way":2,"creates_waiting":120,"next_create_at":"2026-12-01T02:01:00.250Z"},)"
          R"({"account":"other","limits_source":"off","share":1.0,)"
          R"("reads":{"limit":null,"allowed":null,"used":0,"others":null},)"
          R"("writes":{"limit":null,"allowed":null,"used":0,"others":null},)"
          R"("creates":{"limit":null,"allowed":null,"used":0,"others":null},)"
          R"("checked_at":null,"held_until":"2026-12-01T02:05:00.000Z","held_because":"blocked",)"
          R"("creates_under_way":0,"creates_waiting":0,"next_create_at":null}])");
    CHECK(exchange(daemon.socket, "GET", "/v1/budget?account=main").status == 400);
}

}  // namespace runbookd::testing
