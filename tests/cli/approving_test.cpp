// approve and reject, against the real server over fakes.
#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {

TEST_CASE("approve says what may begin now", "[cli]") {
    FakeDaemon daemon;
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    daemon.control.approved = {RunUid{"01RUN"}, "sweep", 2, {}, {}, {}};
    daemon.start();
    CHECK(session.run({"approve", "01R"}) == 0);
    CHECK(session.out == "run 01RUN of sweep: wave 2 has begun\n");
    daemon.on_loop([&] { daemon.control.approved.devices = 40; });
    CHECK(session.run({"approve", "01R", "--note", "looks right"}) == 0);
    CHECK(session.out == "run 01RUN of sweep: approved for 40 devices, and has begun\n");
    CHECK(daemon.control.approvals_asked.at(1).words == "looks right");
    daemon.on_loop([&] {
        daemon.control.approved = {
            RunUid{}, "sweep", 0, ApprovalUid{"01ASK"}, *parse_utc("2026-12-06T01:00:00Z"), 1};
    });
    CHECK(session.run({"approve", "sweep", "--reason", "as planned"}) == 0);
    CHECK(session.out ==
          "the run of sweep at 2026-12-06 01:00:00 UTC: approved for 1 device; it has not begun yet\n");
    CHECK(daemon.control.approvals_asked.at(2).words == "as planned");
    CHECK(session.run({"approve", "sweep", "--json"}) == 0);
    CHECK(contains(session.out, "\"approval_uid\": \"01ASK\""));
    daemon.on_loop([&] {
        daemon.control.refusal = Error{ErrorCode::refused_by_rule, "run 01RUN may not be approved by you"};
    });
    CHECK(session.run({"approve", "01R"}) == 4);
    CHECK(session.err == "runbookctl: run 01RUN may not be approved by you\n");
    CHECK(session.run({"approve"}) == 2);
}

TEST_CASE("reject needs a reason, and says what gets no job", "[cli]") {
    FakeDaemon daemon;
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    daemon.control.rejected = {RunUid{"01RUN"}, "sweep", 3, {}, {}};
    daemon.start();
    CHECK(session.run({"reject", "01R"}) == 2);
    CHECK(session.run({"reject", "01R", "--reason", ""}) == 2);
    CHECK(session.run({"reject", "01R", "--reason", "not on a Friday"}) == 0);
    CHECK(session.out == "run 01RUN of sweep is rejected: 3 devices get no job\n");
    CHECK(daemon.control.rejections_asked.at(0).words == "not on a Friday");
    daemon.on_loop([&] {
        daemon.control.rejected = {RunUid{}, "sweep", 0, ApprovalUid{"01ASK"},
                                   *parse_utc("2026-12-06T01:00:00Z")};
    });
    CHECK(session.run({"reject", "01A", "--reason", "no"}) == 0);
    CHECK(session.out ==
          "the run of sweep at 2026-12-06 01:00:00 UTC is rejected: nothing of it will be created\n");
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::conflict, "it waits for nobody"}; });
    CHECK(session.run({"reject", "01R", "--reason", "no"}) == 1);
}

TEST_CASE("show tells of a run who approved it, and of what was asked ahead of one", "[cli]") {
    FakeDaemon daemon;
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    daemon.history.on_query = [](const ports::Query& query) {
        if (query.view == ports::View::runs && query.uid == "01RUN")
            return ports::Rows{{"run_uid", "runbook", "status"},
                               {{std::string("01RUN"), std::string("sweep"), std::string("running")}}};
        if (query.view == ports::View::approvals && (query.run == "01RUN" || query.uid == "01ASK"))
            return ports::Rows{
                {"approval_uid", "runbook", "revision", "state", "actor", "note", "decided_at", "devices"},
                {{std::string("01ASK"), std::string("sweep"), std::int64_t{2}, std::string("approved"),
                  std::string("carol"), std::string("looks right"), std::string("2026-12-05T09:12:40.000Z"),
                  std::int64_t{40}}}};
        return ports::Rows{};
    };
    daemon.start();
    CHECK(session.run({"show", "01RUN"}) == 0);
    CHECK(contains(session.out, "approval:      approved by carol, 2026-12-05 09:12:40 UTC: looks right\n"));
    CHECK(session.run({"show", "01ASK"}) == 0);
    CHECK(contains(session.out, "runbook:       sweep (revision 2)\n"));
    CHECK(contains(session.out, "devices:       40\n"));
}

TEST_CASE("run --wait says what it waits for, and that nobody approved it", "[cli]") {
    FakeDaemon daemon;
    int looks = 0;
    daemon.history.on_query = [&looks](const ports::Query& query) {
        if (query.view != ports::View::runs) return ports::Rows{};
        const bool is_first = looks++ == 0;
        return ports::Rows{{"run_uid", "runbook", "status", "reason"},
                           {{std::string("01RUN00000000000000000000A"), std::string("clean"),
                             std::string(is_first ? "waiting" : "completed"),
                             std::string(is_first ? "approval" : "not_approved")}}};
    };
    daemon.start();
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    CHECK(session.run({"run", "clean", "--wait"}) == 4);
    CHECK(contains(session.err,
                   "clean: waiting for approval (runbookctl approve 01RUN00000000000000000000A)\n"));
    CHECK(contains(session.out, "completed (not_approved)"));
}

}  // namespace runbookd::testing
