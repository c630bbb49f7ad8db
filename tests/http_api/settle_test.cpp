// A person's word on a lost job, over the socket.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

using Word = ports::SettleRequest::Word;

ports::SettleAccepted accepted() {
    ports::SettleAccepted settled;
    settled.job = JobUid{"01JOB"};
    settled.run = RunUid{"01RUN"};
    settled.device = DeviceUid{"d1"};
    settled.hostname = "ACME-01";
    settled.disposition = "failed";
    settled.reason = "by_person";
    return settled;
}

}  // namespace

TEST_CASE("a job is settled by the peer's user, with a reason", "[http_api]") {
    FakeDaemon daemon;
    daemon.control.settled = accepted();
    daemon.start();
    const auto reply = exchange(daemon.socket, "POST", "/v1/jobs/01J/settle",
                                R"({"outcome":"not_run","reason":"I looked"})");
    CHECK(reply.status == 200);
    CHECK(reply.body == R"({"job_uid":"01JOB","run_uid":"01RUN","device_uid":"d1","hostname":"ACME-01",)"
                        R"("disposition":"failed","reason":"by_person","new_run_uid":null})");
    REQUIRE(daemon.control.settles_asked.size() == 1);
    CHECK(daemon.control.settles_asked[0].job == "01J");
    CHECK(daemon.control.settles_asked[0].word == Word::not_run);
    CHECK(daemon.control.settles_asked[0].reason == "I looked");
    CHECK_FALSE(daemon.control.settles_asked[0].actor.empty());
    daemon.on_loop([&] { daemon.control.settled.new_run = RunUid{"01NEW"}; });
    const auto again =
        exchange(daemon.socket, "POST", "/v1/jobs/01J/settle", R"({"outcome":"redispatch","reason":"x"})");
    CHECK(again.status == 201);
    CHECK(contains(again.body, R"("new_run_uid":"01NEW")"));
    const auto settle = [&] {
        return exchange(daemon.socket, "POST", "/v1/jobs/01J/settle", R"({"outcome":"ran","reason":"x"})");
    };
    CHECK(settle().status == 201);
    CHECK(daemon.control.settles_asked.at(1).word == Word::redispatch);
    CHECK(daemon.control.settles_asked.at(2).word == Word::ran);
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::conflict, "it is not unknown"}; });
    CHECK(settle().status == 409);
}

TEST_CASE("words on a job that are at fault never reach the daemon", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    for (const auto* body :
         {"", "{}", R"({"outcome":"ran"})", R"({"reason":"x"})", R"({"outcome":"maybe","reason":"x"})",
          R"({"outcome":"ran","reason":""})", R"({"outcome":"ran","reason":"x","colour":"red"})"}) {
        INFO(body);
        CHECK(exchange(daemon.socket, "POST", "/v1/jobs/01J/settle", body).status == 400);
    }
    CHECK(exchange(daemon.socket, "GET", "/v1/jobs/01J/settle").status == 405);
    CHECK(daemon.control.settles_asked.empty());
}

}  // namespace runbookd::testing
