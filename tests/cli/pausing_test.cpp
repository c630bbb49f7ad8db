// pause, resume and verify, against the real server over fakes.
#include "base/time.hpp"
#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {
namespace {

const UtcTime kNow = *parse_utc("2026-12-01T02:00:00Z");

struct PausedDaemon : FakeDaemon {
    Session session;
    PausedDaemon() {
        control.status_now.now = kNow;
        session.environment["RUNBOOKD_SOCKET"] = socket;
        session.clock.set(kNow);
        start();
    }
};

}  // namespace

TEST_CASE("pause says until when and how to end it", "[cli]") {
    PausedDaemon daemon;
    auto& session = daemon.session;
    CHECK(session.run({"pause", "clean", "--for", "2h", "--reason", "a freeze"}) == 0);
    CHECK(contains(session.out, "clean is paused until 2026-12-01 04:00:00 UTC ("));
    CHECK(contains(session.out, "to end it before: runbookctl resume clean\n"));
    REQUIRE(daemon.control.pauses_asked.size() == 1);
    CHECK(daemon.control.pauses_asked[0].reason == "a freeze");
    CHECK(session.run({"pause", "--all", "--for", "30m", "--reason", "x", "--json"}) == 0);
    CHECK(session.out ==
          "{\n  \"runbook\": null,\n  \"customer\": null,\n  \"device_uid\": null,\n  "
          "\"component_uid\": null,\n  \"until\": \"2026-12-01T02:30:00.000Z\"\n}\n");
    CHECK(session.run({"pause", "--all", "--for", "30m", "--reason", "x"}) == 0);
    CHECK(contains(session.out, "everything is paused until"));
    CHECK(contains(session.out, "runbookctl resume --all\n"));
}

TEST_CASE("resume ends the pause of a runbook, or that of all", "[cli]") {
    PausedDaemon daemon;
    auto& session = daemon.session;
    CHECK(session.run({"resume", "clean"}) == 0);
    CHECK(session.out == "the pause of clean has ended\n");
    CHECK(session.run({"resume", "--all"}) == 0);
    CHECK(daemon.control.resumes_asked == std::vector<std::string>{"clean", ""});
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::not_found, "nothing is paused"}; });
    CHECK(session.run({"resume", "clean"}) == 1);
    CHECK(session.err == "runbookctl: nothing is paused\n");
}

TEST_CASE("a customer, a device or a component is paused and resumed by name", "[cli]") {
    FakeDaemon daemon;
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    daemon.start();
    CHECK(session.run({"pause", "--customer", "acme", "--for", "2h", "--reason", "y"}) == 0);
    CHECK(contains(session.out, "customer acme is paused until "));
    CHECK(contains(session.out, "runbookctl resume --customer acme\n"));
    CHECK(session.run({"pause", "--component", "Clear Temp Files", "--for", "2h", "--reason", "y"}) == 0);
    CHECK(contains(session.out, "runbookctl resume --component 'Clear Temp Files'\n"));
    CHECK(session.run({"resume", "--device", "ACME-01"}) == 0);
    CHECK(session.out == "the pause of device ACME-01 has ended\n");
    CHECK(daemon.control.pauses_asked.at(0).scope == engine::PauseScope("customer:acme"));
    CHECK(daemon.control.resumes_asked == std::vector<std::string>{"device:ACME-01"});
}

TEST_CASE("a pause without an end, a reason or a scope is usage", "[cli]") {
    Session session;
    using Words = std::vector<std::string>;
    for (const auto& words : {
             Words{"pause", "clean", "--for", "2h"},
             Words{"pause", "clean", "--reason", "x"},
             Words{"pause", "--for", "2h", "--reason", "x"},
             Words{"pause", "clean", "--all", "--for", "2h", "--reason", "x"},
             Words{"pause", "clean", "--for", "soon", "--reason", "x"},
             Words{"pause", "clean", "--for", "2h", "--reason", ""},
             Words{"resume"},
             Words{"resume", "clean", "--all"},
         }) {
        INFO(words.back());
        CHECK(session.run(words) == 2);
        CHECK_FALSE(session.err.empty());
    }
    for (const auto* scope : {"--customer", "--device", "--component"}) {
        CHECK(session.run({"pause", "clean", scope, "x", "--for", "2h", "--reason", "y"}) == 2);
        CHECK(contains(session.err, "one thing at a time"));
        CHECK(session.run({"resume", "--all", scope, "x"}) == 2);
    }
}

TEST_CASE("verify says in a line that all is explained, or shows what is not", "[cli]") {
    PausedDaemon daemon;
    auto& session = daemon.session;
    daemon.on_loop([&] {
        daemon.verification.report->since = kNow;
        daemon.verification.report->until = kNow;
        daemon.verification.report->runbooks = 12;
        daemon.verification.report->instants = 43'200;
    });
    CHECK(session.run({"verify"}) == 0);
    CHECK(session.out == "12 runbooks, 43,200 instants since 2026-12-01 02:00:00 UTC: all explained\n");
    CHECK(session.run({"verify", "--since", "2h", "--json"}) == 0);
    CHECK(contains(session.out, "\"complete\": true"));
    CHECK(daemon.verification.asked.at(1) == kNow - std::chrono::hours{2});

    daemon.on_loop([&] {
        daemon.verification.report->pending = 1;
        daemon.verification.report->add(
            {"clean", "UTC", "", kNow, kNow, 3, verify::Kind::no_verdict, "no verdict"});
    });
    CHECK(session.run({"verify"}) == 1);
    CHECK(contains(session.out, "RUNBOOK"));
    CHECK(contains(session.out, "no_verdict"));
    CHECK(contains(session.out,
                   "43,200 instants since 2026-12-01 02:00:00 UTC (1 not decided yet): 3 not explained\n"));
    CHECK(session.run({"verify", "--json"}) == 1);
    CHECK(session.run({"verify", "--since", "yesterday"}) == 1);
}

TEST_CASE("status tells pauses, a clock in doubt, and the last verify", "[cli]") {
    PausedDaemon daemon;
    daemon.on_loop([&] {
        auto& status = daemon.control.status_now;
        status.pauses = {{"", kNow, kNow + std::chrono::hours{1}, "a freeze", "ana"},
                         {"clean", kNow, kNow + std::chrono::hours{2}, "tests", "ben"}};
        status.clock_hold = "the clock was set by 3 h";
        status.verified = ports::VerifyStatus{kNow, 43'200, 2};
    });
    CHECK(daemon.session.run({"status"}) == 0);
    CHECK(contains(daemon.session.out,
                   "paused:        everything until 2026-12-01 03:00:00 UTC by ana: a freeze\n"));
    CHECK(contains(daemon.session.out, "paused:        clean until 2026-12-01 04:00:00 UTC by ben: tests\n"));
    CHECK(contains(daemon.session.out, "clock:         the clock was set by 3 h\n"));
    CHECK(contains(daemon.session.out,
                   "verified:      2026-12-01 02:00:00 UTC, 43200 instants, 2 not explained\n"));
}

}  // namespace runbookd::testing
