// settle, against the real server over fakes.
#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {
namespace {

using Word = ports::SettleRequest::Word;

}  // namespace

TEST_CASE("settle says what the target is now, and which run was started for it", "[cli]") {
    FakeDaemon daemon;
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    auto& settled = daemon.control.settled;
    settled.job = JobUid{"01JOB"};
    settled.run = RunUid{"01RUN"};
    settled.hostname = "ACME-01";
    settled.disposition = "succeeded";
    settled.reason = "by_person";
    daemon.start();
    CHECK(session.run({"settle", "01J", "--ran", "--reason", "I looked"}) == 0);
    CHECK(session.out == "job 01JOB on ACME-01: succeeded / by_person\n");
    daemon.on_loop([&] {
        daemon.control.settled.disposition = "failed";
        daemon.control.settled.new_run = RunUid{"01NEW"};
    });
    CHECK(session.run({"settle", "01J", "--redispatch", "--reason", "again"}) == 0);
    CHECK(session.out == "job 01JOB on ACME-01: failed / by_person\nrun 01NEW is planned for it\n");
    CHECK(session.run({"settle", "01J", "--not-run", "--reason", "x", "--json"}) == 0);
    CHECK(contains(session.out, "\"new_run_uid\": \"01NEW\""));
    REQUIRE(daemon.control.settles_asked.size() == 3);
    CHECK(daemon.control.settles_asked[0].word == Word::ran);
    CHECK(daemon.control.settles_asked[0].reason == "I looked");
    CHECK(daemon.control.settles_asked[1].word == Word::redispatch);
    CHECK(daemon.control.settles_asked[2].word == Word::not_run);
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::conflict, "it is not unknown"}; });
    CHECK(session.run({"settle", "01J", "--ran", "--reason", "x"}) == 1);
    CHECK(session.err == "runbookctl: it is not unknown\n");
}

TEST_CASE("settle without a job, one outcome and a reason is usage", "[cli]") {
    Session session;
    using Words = std::vector<std::string>;
    for (const auto& words :
         {Words{"settle"}, Words{"settle", "01J"}, Words{"settle", "01J", "--ran"},
          Words{"settle", "01J", "--reason", "x"}, Words{"settle", "--ran", "--reason", "x"},
          Words{"settle", "01J", "--ran", "--reason", ""},
          Words{"settle", "01J", "--ran", "--not-run", "--reason", "x"}}) {
        INFO(words.back());
        CHECK(session.run(words) == 2);
        CHECK_FALSE(session.err.empty());
    }
}

}  // namespace runbookd::testing
