// A person says yes or no to what waits for that, over the socket.
#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {

TEST_CASE("a wave is approved by the peer's user", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.approved = {RunUid{"01RUN"}, "clean", 2, {}, {}, {}};
    daemon.start();
    const auto approve = [&] { return exchange(daemon.socket, "POST", "/v1/runs/01R/approve", "{}"); };
    const auto reply = approve();
    CHECK(reply.status == 200);
    CHECK(reply.body ==
          R"({"run_uid":"01RUN","runbook":"clean","wave":2,"approval_uid":null,"nominal_at":null,)"
          R"("devices":null})");
    REQUIRE(daemon.control.approvals_asked.size() == 1);
    CHECK(daemon.control.approvals_asked[0].uid == "01R");
    CHECK_FALSE(daemon.control.approvals_asked[0].actor.empty());
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::conflict, "it waits for nobody"}; });
    CHECK(approve().status == 409);
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::refused_by_rule, "not_starter"}; });
    CHECK(approve().status == 409);
    CHECK(contains(approve().body, "REFUSED_BY_RULE"));
}

TEST_CASE("what is asked ahead is approved with a note", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.approved = {RunUid{}, "clean", 0, ApprovalUid{"01ASK"}, *parse_utc("2026-12-06T01:00:00Z"),
                               40};
    daemon.start();
    const auto reply = exchange(daemon.socket, "POST", "/v1/runs/01ASK/approve", R"({"note":"looks right"})");
    CHECK(reply.status == 200);
    CHECK(reply.body == R"({"run_uid":null,"runbook":"clean","wave":null,"approval_uid":"01ASK",)"
                        R"("nominal_at":"2026-12-06T01:00:00.000Z","devices":40})");
    CHECK(daemon.control.approvals_asked.at(0).words == "looks right");
    const auto unknown = exchange(daemon.socket, "POST", "/v1/runs/01ASK/approve", R"({"reason":"x"})");
    CHECK(unknown.status == 400);
}

TEST_CASE("a rejection needs its reason", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.rejected = {RunUid{"01RUN"}, "clean", 3, {}, {}};
    daemon.start();
    const auto reject = [&](const std::string& body) {
        return exchange(daemon.socket, "POST", "/v1/runs/01R/reject", body);
    };
    CHECK(reject("{}").status == 400);
    CHECK(reject("").status == 400);
    CHECK(daemon.control.rejections_asked.empty());
    const auto reply = reject(R"({"reason":"not on a Friday"})");
    CHECK(reply.status == 200);
    CHECK(reply.body == R"({"run_uid":"01RUN","runbook":"clean","skipped":3,"approval_uid":null,)"
                        R"("nominal_at":null})");
    REQUIRE(daemon.control.rejections_asked.size() == 1);
    CHECK(daemon.control.rejections_asked[0].words == "not on a Friday");
    CHECK_FALSE(daemon.control.rejections_asked[0].actor.empty());
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::not_found, "no run is open"}; });
    CHECK(reject(R"({"reason":"x"})").status == 404);
}

}  // namespace runbookd::testing
