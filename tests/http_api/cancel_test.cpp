// A run is called off over the socket.
#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {

TEST_CASE("a run is called off by the peer's user, with or without a reason", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.cancelled = {RunUid{"01RUN"}, "sweep", false, 3, 2};
    daemon.start();
    const auto reply = exchange(daemon.socket, "POST", "/v1/runs/01R/cancel", R"({"reason":"wrong day"})");
    CHECK(reply.status == 200);
    CHECK(reply.body ==
          R"({"run_uid":"01RUN","runbook":"sweep","was_planned":false,"cancelled":3,"still_running":2})");
    CHECK(exchange(daemon.socket, "POST", "/v1/runs/01R/cancel").status == 200);
    REQUIRE(daemon.control.cancels_asked.size() == 2);
    CHECK(daemon.control.cancels_asked[0].run == "01R");
    CHECK(daemon.control.cancels_asked[0].reason == "wrong day");
    CHECK_FALSE(daemon.control.cancels_asked[0].actor.empty());
    CHECK(daemon.control.cancels_asked[1].reason.empty());
    CHECK(exchange(daemon.socket, "POST", "/v1/runs/01R/cancel", R"({"why":"x"})").status == 400);
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/01R/cancel").status == 405);
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::conflict, "it is over"}; });
    const auto refused = exchange(daemon.socket, "POST", "/v1/runs/01R/cancel");
    CHECK(refused.status == 409);
    CHECK(contains(refused.body, "it is over"));
}

}  // namespace runbookd::testing
