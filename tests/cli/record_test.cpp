// outputs, failures and the verbs below audit.
#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {
namespace {

ports::Rows groups() {
    const std::string run = "01RUN00000000000000000000A";
    const auto row = [&](std::int64_t number, std::int64_t devices, std::int64_t near,
                         std::int64_t near_devices, const std::string& sample) {
        return std::vector<ports::Cell>{run,
                                        std::string("Clear"),
                                        std::int64_t{1},
                                        std::string("stdout"),
                                        number,
                                        std::string("ab"),
                                        devices,
                                        std::int64_t{9},
                                        sample,
                                        near,
                                        near_devices};
    };
    return {{"run_uid", "component_name", "step", "stream", "group_no", "output_sha256", "devices", "bytes",
             "sample", "near_group", "near_devices"},
            {row(1, 498, 1, 500, "swept\nall"), row(2, 9, 2, 9, "disk full"), row(3, 2, 1, 500, "swept 1")}};
}

}  // namespace

TEST_CASE("outputs says how many said the same, and shows first lines", "[cli]") {
    FakeDaemon daemon;
    daemon.history.groups_found = groups();
    daemon.start();
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    CHECK(session.run({"outputs", "01RUN"}) == 0);
    CHECK(contains(
        session.out,
        "Clear: 498 said the same, 500 but for numbers, times, ids and names; 9 said something else\n"));
    CHECK_FALSE(contains(session.out, "all"));
    CHECK(session.run({"outputs", "01RUN", "--csv"}) == 0);
    CHECK(contains(session.out, "group_no,output_sha256,devices,bytes,sample,near_group,near_devices\n"));

    daemon.history.devices_found =
        ports::Rows{{"hostname", "site_name", "disposition", "job_uid"},
                    {{std::string("ACME-7"), std::string("HQ"), std::string("failed"), std::string("01J")}}};
    CHECK(session.run({"outputs", "01RUN", "--group", "2"}) == 0);
    CHECK(contains(session.out, "ACME-7"));
    CHECK(daemon.history.groups_asked.back() == std::pair<std::string, std::int64_t>{"01RUN", 2});
    CHECK(session.run({"outputs"}) == 2);
}

TEST_CASE("failures are of the last day unless something else is said", "[cli]") {
    FakeDaemon daemon;
    daemon.start();
    Session session;
    session.clock.set(from_unix_ms(100'000'000));
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    CHECK(session.run({"failures", "--customer", "acme"}) == 0);
    CHECK(session.run({"failures", "--since", "1h"}) == 0);
    REQUIRE(daemon.history.queries_asked.size() == 2);
    CHECK(daemon.history.queries_asked[0].since_ms == 100'000'000 - 86'400'000);
    CHECK(daemon.history.queries_asked[0].customer == "acme");
    CHECK(daemon.history.queries_asked[1].since_ms == 100'000'000 - 3'600'000);
}

TEST_CASE("audit has verbs of its own", "[cli]") {
    FakeDaemon daemon;
    ports::PruneReport report;
    report.horizons.history = from_unix_ms(0);
    report.counts.runs = 1;
    report.counts.jobs = 20;
    daemon.retention.report = report;
    daemon.start();
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    CHECK(session.run({"audit", "exceptions", "--kind", "clock", "--run", "01R"}) == 0);
    REQUIRE(daemon.history.queries_asked.size() == 1);
    CHECK(daemon.history.queries_asked[0].view == ports::View::exceptions);
    CHECK(daemon.history.queries_asked[0].status == "clock");
    CHECK(daemon.history.queries_asked[0].run == "01R");
    CHECK(session.run({"audit", "prune", "--dry-run"}) == 0);
    CHECK(session.out ==
          "would be removed, at most:\n  outputs: kept for ever\n"
          "  1 run with 0 targets and 20 jobs, 0 verdicts, before 1970-01-01 00:00:00 UTC\n  events: kept "
          "for ever\n");
    CHECK(daemon.retention.asked.at(0).first == ports::Retention::Mode::dry_run);
    CHECK(session.run({"audit"}) == 2);
}

}  // namespace runbookd::testing
