// Outputs in groups, exceptions, failures and pruning, over the socket.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {

using Mode = ports::Retention::Mode;

TEST_CASE("a run's outputs are told in groups, and who is in one", "[http_api]") {
    FakeDaemon daemon;
    daemon.history.groups_found =
        ports::Rows{{"group_no", "devices"}, {{std::int64_t{1}, std::int64_t{498}}}};
    daemon.history.devices_found = ports::Rows{{"hostname"}, {{std::string("ACME-1")}}};
    daemon.start();
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/01R/outputs").body == R"([{"group_no":1,"devices":498}])");
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/01R/outputs?group=2").body ==
          R"([{"hostname":"ACME-1"}])");
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/01R/outputs?group=0").status == 400);
    CHECK(exchange(daemon.socket, "GET", "/v1/runs/01R/outputs?group=x").status == 400);
    CHECK(daemon.history.groups_asked ==
          std::vector<std::pair<std::string, std::int64_t>>{{"01R", 0}, {"01R", 2}});
}

TEST_CASE("failures and exceptions are lists like the others", "[http_api]") {
    FakeDaemon daemon;
    daemon.start();
    CHECK(exchange(daemon.socket, "GET", "/v1/failures?since=2026-12-01T02:00:00Z").status == 200);
    CHECK(exchange(daemon.socket, "GET", "/v1/exceptions?status=clock&customer=acme").status == 200);
    REQUIRE(daemon.history.queries_asked.size() == 2);
    CHECK(daemon.history.queries_asked[0].view == ports::View::failures);
    CHECK(daemon.history.queries_asked[1].view == ports::View::exceptions);
    CHECK(daemon.history.queries_asked[1].status == "clock");
}

TEST_CASE("pruning is asked for by the peer's user, or only counted", "[http_api]") {
    FakeDaemon daemon;
    ports::PruneReport report;
    report.horizons.outputs = from_unix_ms(0);
    report.counts.outputs = 7;
    daemon.retention.report = report;
    daemon.start();
    const auto counted = exchange(daemon.socket, "POST", "/v1/audit/prune", R"({"dry_run":true})");
    CHECK(counted.status == 200);
    CHECK(counted.body ==
          R"({"dry_run":true,"outputs_before":"1970-01-01T00:00:00.000Z","history_before":null,)"
          R"("events_before":null,"outputs":7,"runs":0,"targets":0,"jobs":0,"occurrences":0,"events":0})");
    CHECK(exchange(daemon.socket, "POST", "/v1/audit/prune", "{}").status == 200);
    CHECK(exchange(daemon.socket, "POST", "/v1/audit/prune", R"({"dry_run":1})").status == 400);
    REQUIRE(daemon.retention.asked.size() == 2);
    CHECK(daemon.retention.asked[0].first == Mode::dry_run);
    CHECK(daemon.retention.asked[1].first == Mode::remove);
    CHECK_FALSE(daemon.retention.asked[1].second.empty());
}

}  // namespace runbookd::testing
