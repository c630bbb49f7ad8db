// The rows of a run, over the socket.
#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {

TEST_CASE("the rows of a run are told with their objects", "[http_api][collect]") {
    FakeDaemon daemon;
    daemon.history.collected_pages.emplace_back(
        ports::Rows{{"hostname", "row_no", "data"},
                    {{std::string("ACME-1"), std::int64_t{1}, std::string(R"({"b":1,"a":[true]})")}}});
    daemon.start();
    const auto answer =
        exchange(daemon.socket, "GET",
                 "/v1/runs/01R/collected?customer=acme&site=s1&device=d1&limit=7&after=d%2C1,2,30");
    CHECK(answer.status == 200);
    CHECK(answer.body == R"([{"hostname":"ACME-1","row_no":1,"data":{"b":1,"a":[true]}}])");
    REQUIRE(daemon.history.collected_asked.size() == 1);
    const auto& query = daemon.history.collected_asked[0];
    CHECK(query.run == "01R");
    CHECK(query.customer == "acme");
    CHECK(query.site == "s1");
    CHECK(query.device == "d1");
    CHECK(query.limit == 7);
    REQUIRE(query.after);
    CHECK(query.after->device == "d,1");
    CHECK(query.after->step == 2);
    CHECK(query.after->row_no == 30);
}

TEST_CASE("a page has its bound, and questions that make no sense are refused", "[http_api][collect]") {
    FakeDaemon daemon;
    daemon.start();
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/01R/collected").status == 200);
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/01R/collected?limit=50000").status == 200);
    REQUIRE(daemon.history.collected_asked.size() == 2);
    CHECK_FALSE(daemon.history.collected_asked[0].after);
    CHECK(daemon.history.collected_asked[0].limit == 10'000);
    CHECK(daemon.history.collected_asked[1].limit == 10'000);
    for (const auto* const parameters :
         {"limit=0", "limit=x", "after=", "after=d1", "after=d1,1", "after=,1,1", "after=d1,x,1",
          "after=d1,1,", "after=d1,1,-1", "status=failed"}) {
        INFO(parameters);
        CHECK(exchange(daemon.socket, "GET", std::string("/v1/runs/01R/collected?") + parameters).status ==
              400);
    }
    CHECK(daemon.history.collected_asked.size() == 2);
}

TEST_CASE("a run that is not there, or not one, has no rows", "[http_api][collect]") {
    FakeDaemon daemon;
    daemon.history.collected_pages = {
        fail(ErrorCode::not_found, "no run has a uid that begins with '02'"),
        fail(ErrorCode::conflict, "several runs have uids that begin with '0'")};
    daemon.start();
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/02/collected").status == 404);
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/0/collected").status == 409);
}

}  // namespace runbookd::testing
