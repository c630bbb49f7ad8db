// A person lets the next wave of a run begin, over the socket.
#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {

TEST_CASE("a wave is approved by the peer's user", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.approved = {RunUid{"01RUN"}, "clean", 2};
    daemon.start();
    const auto approve = [&] { return exchange(daemon.socket, "POST", "/v1/runs/01R/approve", "{}"); };
    const auto reply = approve();
    CHECK(reply.status == 200);
    CHECK(reply.body == R"({"run_uid":"01RUN","runbook":"clean","wave":2})");
    REQUIRE(daemon.control.approvals_asked.size() == 1);
    CHECK(daemon.control.approvals_asked[0].first == "01R");
    CHECK_FALSE(daemon.control.approvals_asked[0].second.empty());
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::conflict, "it waits for nobody"}; });
    CHECK(approve().status == 409);
}

}  // namespace runbookd::testing
