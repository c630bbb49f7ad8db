// The verbs that ask the daemon, against the real server over fakes.
#include "base/time.hpp"
#include "catch.hpp"
#include "cli/client.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

using ports::Cell;

ports::Rows run_rows(const std::string& status, std::int64_t succeeded, std::int64_t failed,
                     std::int64_t pending) {
    return {{"run_uid", "runbook", "trigger", "status", "targets", "pending", "succeeded", "failed"},
            {{std::string("01RUN00000000000000000000A"), std::string("clean"), std::string("manual"), status,
              succeeded + failed + pending, pending, succeeded, failed}}};
}

/// A daemon whose run goes through the given states, one per look.
struct RunningDaemon : FakeDaemon {
    std::deque<ports::Rows> looks;
    explicit RunningDaemon(std::deque<ports::Rows> states) : looks(std::move(states)) {
        history.on_query = [this](const ports::Query& query) {
            if (query.view != ports::View::runs) return jobs;
            auto now = looks.front();
            if (looks.size() > 1) looks.pop_front();
            return now;
        };
        start();
    }
    ports::Rows jobs{{"job_uid", "status", "reason"},
                     {{std::string("01JOB00000000000000000000A"), std::string("completed"), std::string()}}};
};

int exit_of_run(const std::string& status) {
    RunningDaemon daemon({run_rows(status, 1, 0, 0)});
    Session session;
    return session.run({"--socket", daemon.socket, "run", "clean", "--wait"});
}

}  // namespace

TEST_CASE("run says its uid at once, and what the daemon was asked for", "[cli]") {
    FakeDaemon daemon;
    daemon.start();
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    CHECK(session.run({"run", "clean", "--device", "A", "--var", "days=30", "--note", "why", "--json"}) == 0);
    CHECK(session.out == "{\n  \"run_uid\": \"01RUN00000000000000000000A\",\n  \"status\": \"planned\"\n}\n");
    REQUIRE(daemon.control.runs_asked.size() == 1);
    CHECK(daemon.control.runs_asked[0].devices == std::vector<std::string>{"A"});
    CHECK(daemon.control.runs_asked[0].variables.at("days") == "30");
    CHECK(daemon.control.runs_asked[0].note == "why");
}

TEST_CASE("run --wait shows each change and ends with a summary", "[cli]") {
    RunningDaemon daemon({run_rows("planned", 0, 0, 0), run_rows("running", 1, 0, 2),
                          run_rows("running", 1, 0, 2), run_rows("failed", 2, 1, 0)});
    Session session;
    CHECK(session.run({"--socket", daemon.socket, "run", "clean", "--wait"}) == 1);
    CHECK(session.err ==
          "clean: planned\n"
          "clean: running, 1 of 3 done: 1 succeeded, 2 pending\n"
          "clean: failed, 3 of 3 done: 2 succeeded, 1 failed\n");
    CHECK(session.out ==
          "run 01RUN00000000000000000000A of clean: failed; 2 succeeded, 1 failed\n"
          "look closer: runbookctl targets 01RUN00000000000000000000A\n");
}

TEST_CASE("on a terminal progress rewrites one line", "[cli]") {
    RunningDaemon daemon({run_rows("running", 0, 0, 1), run_rows("completed", 1, 0, 0)});
    Session session;
    session.err_is_terminal = true;
    CHECK(session.run({"--socket", daemon.socket, "run", "clean", "--wait"}) == 0);
    CHECK(session.err ==
          "\r\x1b[Kclean: running, 0 of 1 done: 1 pending"
          "\r\x1b[Kclean: completed, 1 of 1 done: 1 succeeded\n");
}

TEST_CASE("the exit status of a waited run is its fate", "[cli]") {
    CHECK(exit_of_run("completed") == 0);
    CHECK(exit_of_run("failed") == 1);
    CHECK(exit_of_run("cancelled") == 1);
    CHECK(exit_of_run("aborted") == 4);
}

TEST_CASE("the exit status of a refusal is its kind", "[cli]") {
    const auto exit_of = [](ErrorCode code) {
        FakeDaemon daemon;
        daemon.control.on_run = [code](const auto&) { return fail(code, "because of this"); };
        daemon.start();
        Session session;
        const int status = session.run({"--socket", daemon.socket, "run", "clean"});
        CHECK(session.err == "runbookctl: because of this\n");
        return status;
    };
    CHECK(exit_of(ErrorCode::not_found) == 1);
    CHECK(exit_of(ErrorCode::invalid_input) == 1);
    CHECK(exit_of(ErrorCode::conflict) == 1);
    CHECK(exit_of(ErrorCode::unavailable) == 3);
    CHECK(exit_of(ErrorCode::refused_by_rule) == 4);
}

TEST_CASE("an absent, dead or silent daemon is exit status 3 with advice", "[cli]") {
    const TempFolder folder;
    Session session;
    CHECK(session.run({"--socket", folder.file("none.sock").string(), "status"}) == 3);
    CHECK(contains(session.err, folder.file("none.sock").string()));
    CHECK(contains(session.err, "systemctl status runbookd"));
    const auto path = folder.file("dead.sock").string();
    {
        boost::asio::io_context loop;
        boost::asio::local::stream_protocol::acceptor dead(loop, path);
    }
    CHECK(session.run({"--socket", path, "status"}) == 3);
    CHECK(contains(session.err, "nobody answers"));
    CHECK(session.run({"--socket", std::string(200, 'x'), "status"}) == 1);
    CHECK(contains(session.err, "too long"));
}

TEST_CASE("a daemon that accepts and says nothing is given up on", "[cli]") {
    const TempFolder folder;
    const auto path = folder.file("silent.sock").string();
    boost::asio::io_context loop;
    const boost::asio::local::stream_protocol::acceptor silent(loop, path);
    const cli::Client client(path, Millis{20});
    const auto answer = client.get(cli::Target("/v1/status"));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::unavailable);
    CHECK(contains(answer.error().message, "did not answer within 20ms"));
}

TEST_CASE("a path with odd letters arrives whole", "[cli]") {
    FakeDaemon daemon;
    daemon.start();
    const cli::Client client(daemon.socket);
    const auto answer = client.get(cli::Target("/nothing").segment("a b/c").parameter("q", "x&y"));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::not_found);
}

TEST_CASE("a daemon that goes away while we wait is waited for, for a while", "[cli]") {
    Session session;
    RunningDaemon daemon({run_rows("running", 0, 0, 1)});
    session.on_pause = [&] { daemon.on_loop([&] { daemon.server().stop(); }); };
    const auto before = session.clock.now().steady;
    CHECK(session.run({"--socket", daemon.socket, "run", "clean", "--wait"}) == 3);
    CHECK(session.clock.now().steady - before >= std::chrono::minutes{1});
    CHECK(contains(session.err, "the daemon does not answer; waiting for it"));
    CHECK(contains(session.err, "the run goes on: runbookctl show 01RUN00000000000000000000A"));
}

TEST_CASE("quickjob --wait gives back what the job printed", "[cli]") {
    RunningDaemon daemon({run_rows("running", 0, 0, 1), run_rows("completed", 1, 0, 0)});
    daemon.history.on_output = [](const std::string&, bool of_stderr) -> Result<std::optional<std::string>> {
        return std::optional<std::string>{of_stderr ? "grumble\n" : "done\n"};
    };
    Session session;
    CHECK(session.run(
              {"--socket", daemon.socket, "quickjob", "--device", "A", "--component", "C", "--wait"}) == 0);
    CHECK(session.out == "done\n");
    CHECK(contains(session.err, "grumble\njob 01JOB00000000000000000000A: completed\n"));
    CHECK(session.run(
              {"--socket", daemon.socket, "quickjob", "--device", "A", "--component", "C", "--json"}) == 0);
    CHECK(contains(session.out, "\"job_uid\": \"01JOB00000000000000000000A\""));
    CHECK(contains(session.out, "\"run_uid\": \"01RUN00000000000000000000B\""));
}

TEST_CASE("filters reach the daemon; a span is that long ago", "[cli]") {
    FakeDaemon daemon;
    daemon.start();
    Session session;
    session.clock.set(*parse_utc("2026-12-01T12:00:00Z"));
    CHECK(session.run({"--socket", daemon.socket, "jobs", "--site", "Acme HQ & Co", "--since", "2h",
                       "--until", "2026-12-01T11:00:00+01:00", "--limit", "3"}) == 0);
    CHECK(session.out.empty());
    CHECK(session.err == "nothing to show\n");
    REQUIRE(daemon.history.queries_asked.size() == 1);
    const auto& query = daemon.history.queries_asked[0];
    CHECK(query.site == "Acme HQ & Co");
    CHECK(query.since_ms == to_unix_ms(*parse_utc("2026-12-01T10:00:00Z")));
    CHECK(query.until_ms == to_unix_ms(*parse_utc("2026-12-01T10:00:00Z")));
    CHECK(query.limit == 3);
    CHECK(session.run({"--socket", daemon.socket, "jobs", "--since", "yesterday"}) == 1);
    CHECK(contains(session.err, "--since: 'yesterday' is neither"));
}

TEST_CASE("targets are those of the newest run unless one is named", "[cli]") {
    FakeDaemon daemon;
    daemon.history.on_query = [](const ports::Query& query) {
        return query.view == ports::View::runs ? run_rows("completed", 1, 0, 0) : ports::Rows{};
    };
    daemon.start();
    Session session;
    CHECK(session.run({"--socket", daemon.socket, "targets"}) == 0);
    CHECK(daemon.history.queries_asked.at(0).limit == 1);
    CHECK(daemon.history.queries_asked.at(1).run == "01RUN00000000000000000000A");
    CHECK(session.run({"--socket", daemon.socket, "targets", "01RUN"}) == 0);
    CHECK(daemon.history.queries_asked.at(2).uid == "01RUN");
    daemon.on_loop([&] { daemon.history.on_query = [](const auto&) { return ports::Rows{}; }; });
    CHECK(session.run({"--socket", daemon.socket, "targets"}) == 1);
    CHECK(contains(session.err, "there is no run yet"));
}

TEST_CASE("an ambiguous uid names its candidates", "[cli]") {
    FakeDaemon daemon;
    daemon.history.on_query = [](const ports::Query& query) {
        if (query.view != ports::View::jobs) return ports::Rows{};
        return ports::Rows{{"job_uid"}, {{std::string("01JA")}, {std::string("01JB")}}};
    };
    daemon.start();
    Session session;
    CHECK(session.run({"--socket", daemon.socket, "output", "01J"}) == 1);
    CHECK(contains(session.err, "candidates: 01JA, 01JB"));
    CHECK(session.run({"--socket", daemon.socket, "show", "01J"}) == 1);
    CHECK(contains(session.err, "candidates: 01JA, 01JB"));
}

TEST_CASE("show finds a run or a job by the beginning of its uid", "[cli]") {
    FakeDaemon daemon;
    daemon.history.on_query = [](const ports::Query& query) {
        if (query.view == ports::View::runs && query.uid == "01RUN") return run_rows("failed", 1, 1, 0);
        if (query.view == ports::View::targets)
            return ports::Rows{{"hostname", "disposition", "reason"},
                               {{std::string("GOOD"), std::string("succeeded"), std::string()},
                                {std::string("BAD"), std::string("failed"), std::string("datto_failure")}}};
        if (query.view == ports::View::exceptions && query.run == "01RUN00000000000000000000A")
            return ports::Rows{
                {"kind", "device_uid", "reason"},
                {{std::string("late"), std::monostate{}, std::string()},
                 {std::string("refused"), std::monostate{}, std::string("run.refused: 9 devices, of 5")},
                 {std::string("unknown"), std::string("d1"), std::string("no answer")}}};
        if (query.view == ports::View::jobs && query.uid == "01JOB")
            return ports::Rows{{"job_uid", "hostname", "status", "variables"},
                               {{std::string("01JOBX"), std::string("ACME-DC01"), std::string("completed"),
                                 std::string(R"({"days":"7"})")}}};
        return ports::Rows{};
    };
    daemon.history.on_output = [](const std::string&, bool of_stderr) -> Result<std::optional<std::string>> {
        if (of_stderr) return std::optional<std::string>{};
        return std::optional<std::string>{"line one\nline \x1b[2Jtwo"};
    };
    daemon.start();
    Session session;
    CHECK(session.run({"--socket", daemon.socket, "show", "01RUN"}) == 0);
    CHECK(contains(session.out, "targets:       2: 1 succeeded, 1 failed\n"));
    CHECK(contains(session.out, "exception:     late\nexception:     refused: 9 devices, of 5\n\n"));
    CHECK(contains(session.out, "not succeeded (1):\n"));
    CHECK(contains(session.out, "BAD"));
    CHECK_FALSE(contains(session.out, "GOOD"));
    CHECK(session.run({"--socket", daemon.socket, "show", "01JOB"}) == 0);
    CHECK(contains(session.out, "variable:      days=7\n"));
    CHECK(contains(session.out, "\nstdout:\nline one\nline ?[2Jtwo\n"));
    CHECK(session.run({"--socket", daemon.socket, "output", "01JOB"}) == 0);
    CHECK(session.out == "line one\nline \x1b[2Jtwo");
    CHECK(session.run({"--socket", daemon.socket, "output", "01JOB", "--stderr"}) == 1);
    CHECK(session.run({"--socket", daemon.socket, "show", "01X"}) == 1);
    CHECK(contains(session.err, "no run and no job"));
}

TEST_CASE("components are found by name, else by a part of it", "[cli]") {
    FakeDaemon daemon;
    for (const auto* name : {"Reboot", "Reboot later", "Clear Temp Files"}) {
        engine::Component component;
        component.name = name;
        component.uid = ComponentUid{std::string("uid-") + name};
        component.variables = {{"days", "string", "7", "", true}};
        daemon.control.components_known.push_back(component);
    }
    daemon.start();
    Session session;
    CHECK(session.run({"--socket", daemon.socket, "components", "reboot"}) == 0);
    CHECK(contains(session.out, "uid-Reboot  Reboot"));
    CHECK(contains(session.out, "days: string = 7"));
    CHECK_FALSE(contains(session.out, "later"));
    CHECK(session.err.empty());
    CHECK(session.run({"--socket", daemon.socket, "components", "Clear Temp Flies"}) == 1);
    CHECK(contains(session.err, "did you mean: Clear Temp Files"));
}

TEST_CASE("a component's name that fits several is listed, and told to be ambiguous", "[cli]") {
    FakeDaemon daemon;
    for (const auto* uid : {"u1", "u2"})
        daemon.control.components_known.push_back({ComponentUid{uid}, "Twin", "", "", {}});
    daemon.control.components_known.push_back({ComponentUid{"u3"}, "Twin engine", "", "", {}});
    daemon.start();
    Session session;
    CHECK(session.run({"--socket", daemon.socket, "components", "twin", "--json"}) == 1);
    CHECK(contains(session.out, "\"u2\""));
    CHECK_FALSE(contains(session.out, "engine"));
    CHECK(session.err == "runbookctl: 'twin' is ambiguous: it is the name of 2 components; give a uid\n");
    CHECK(session.run({"--socket", daemon.socket, "components", "win"}) == 1);
    CHECK(session.err ==
          "runbookctl: 'win' is ambiguous: it is part of the names of 3 components; give a whole name or a "
          "uid\n");
    CHECK(session.run({"--socket", daemon.socket, "components", "U2"}) == 0);
    CHECK(session.run({"--socket", daemon.socket, "components"}) == 0);
}

TEST_CASE("status tells the daemon's health and is done when it answers", "[cli]") {
    FakeDaemon daemon;
    daemon.control.status_now.state = "degraded";
    daemon.control.status_now.version = "9.9.9";
    daemon.control.status_now.problems = {"the disk is full"};
    daemon.control.status_now.reads = {12, 480};
    daemon.start();
    Session session;
    CHECK(session.run({"--socket", daemon.socket, "status"}) == 0);
    CHECK(contains(session.out, "state:         degraded\nproblem:       the disk is full\n"));
    CHECK(contains(session.out, "reads:         12 of 480 in the last 60 s\n"));
    CHECK(contains(session.out, "creates:       0 of unlimited in the last 60 s\n"));
    CHECK(session.run({"--socket", daemon.socket, "status", "--json"}) == 0);
    CHECK(contains(session.out, "\"state\": \"degraded\""));
    CHECK(session.run({"--socket", daemon.socket, "devices"}) == 3);
    CHECK(contains(session.err, "has not been read yet"));
}

TEST_CASE("a table names accounts where there are several, and a name may be taken once in each", "[cli]") {
    FakeDaemon daemon;
    daemon.control.components_known = {{ComponentUid{"u1"}, "Twin", "", "", {}}};
    daemon.start();
    Session session;
    CHECK(session.run({"--socket", daemon.socket, "components", "twin"}) == 0);
    CHECK_FALSE(contains(session.out, "ACCOUNT"));
    daemon.on_loop([&] {
        daemon.control.components_elsewhere = {
            {engine::Component{ComponentUid{"u1"}, "Twin", "", "", {}}, "japan"}};
    });
    CHECK(session.run({"--socket", daemon.socket, "components", "twin"}) == 0);
    CHECK(contains(session.out, "ACCOUNT"));
    CHECK(contains(session.out, "japan"));
    CHECK(session.err.empty());
}

TEST_CASE("status has a line for each account where there are several", "[cli]") {
    FakeDaemon daemon;
    ports::AccountStatus main, japan;
    main.account = "main";
    main.state = "running";
    main.reads = {12, 480};
    main.creates = {3, 80};
    main.fleet_devices = 40;
    japan.account = "japan";
    japan.state = "degraded";
    daemon.control.status_now.accounts = {main};
    daemon.start();
    Session session;
    CHECK(session.run({"--socket", daemon.socket, "status"}) == 0);
    CHECK_FALSE(contains(session.out, "main:"));
    daemon.on_loop([&] { daemon.control.status_now.accounts = {main, japan}; });
    CHECK(session.run({"--socket", daemon.socket, "status"}) == 0);
    CHECK(contains(session.out, "main:          running: 12 of 480 reads, 3 of 80 creates; 40 devices\n"));
    CHECK(contains(session.out, "japan:         degraded: 0 reads, 0 creates; 0 devices\n"));
}

}  // namespace runbookd::testing
