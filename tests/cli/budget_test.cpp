// budget, against the real server over fakes.
#include "base/time.hpp"
#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {
namespace {

ports::AccountBudget busy() {
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
    return budget;
}

}  // namespace

TEST_CASE("budget shows each kind of calls, what waits, and what holds", "[cli]") {
    FakeDaemon daemon;
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    daemon.control.budgets_now = {busy()};
    daemon.start();
    CHECK(session.run({"budget"}) == 0);
    CHECK(session.out ==
          "ACCOUNT  CALLS    LIMIT  ALLOWED  USED IN 60 S  BY OTHERS\n"
          "main     reads      600      480            12          3\n"
          "main     writes     600      480            80          0\n"
          "main     creates    100       80            80          0\n"
          "main: limits as the API says, 80% of them for runbookd; the API's counters were read at "
          "2026-12-01 02:00:00 UTC\n"
          "main: 120 creates wait, 2 under way; the next can go at 2026-12-01 02:01:00 UTC\n");
    daemon.on_loop([&] {
        auto& budget = daemon.control.budgets_now[0];
        budget.limits_source = "fixed";
        budget.creates_waiting = 1;
        budget.held_until = parse_utc("2026-12-01T02:05:00Z").value();
        budget.held_because = "the API has blocked this address (403)";
        budget.next_create_at.reset();
    });
    CHECK(session.run({"budget"}) == 0);
    CHECK(contains(session.out, "main: limits as the configuration says, 80% of them for runbookd;"));
    CHECK(contains(session.out,
                   "main: 1 create waits, 2 under way; the next can go when an answer has come\n"));
    CHECK(contains(session.out,
                   "main: nothing goes out until 2026-12-01 02:05:00 UTC: the API has blocked this address"));
}

TEST_CASE("budget without limits, as JSON and as CSV", "[cli]") {
    FakeDaemon daemon;
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    ports::AccountBudget budget;
    budget.account = "main";
    budget.limits_source = "off";
    daemon.control.budgets_now = {budget};
    daemon.start();
    CHECK(session.run({"budget"}) == 0);
    CHECK(contains(session.out, "main: limits are off; the API has not told its counters yet\n"));
    CHECK(session.run({"budget", "--csv"}) == 0);
    CHECK(session.out ==
          "account,calls,limit,allowed,used,others\nmain,reads,,,0,\nmain,writes,,,0,\nmain,creates,,,0,\n");
    CHECK(session.run({"budget", "--json"}) == 0);
    CHECK(contains(session.out, "\"account\": \"main\""));
    CHECK(session.out.front() == '[');
    CHECK(session.run({"budget", "--json", "--csv"}) == 2);
    CHECK(session.run({"budget", "main"}) == 2);
}

}  // namespace runbookd::testing
