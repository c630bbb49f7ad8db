// plan, forecast and validate --online, against the real server over fakes.
#include <fstream>

#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {
namespace {

engine::Preview two_devices() {
    engine::Preview preview;
    preview.runbook = "clean";
    preview.revision = 3;
    preview.at = *parse_utc("2026-12-01T02:00:00Z");
    preview.window_end = *parse_utc("2026-12-01T03:00:00Z");
    preview.fleet_read_at = *parse_utc("2026-12-01T01:59:50Z");
    preview.component = ComponentUid{"c1"};
    preview.component_name = "Clean";
    preview.inputs = {{"days", "string", "30", "7"}, {"keep", "string", std::nullopt, "all"}};
    preview.targets = {
        {{DeviceUid{"d2"}, SiteUid{"s1"}, "Acme HQ", "B", 1, false},
         engine::Disposition::skipped,
         "offline",
         ""},
        {{DeviceUid{"d1"}, SiteUid{"s1"}, "Acme HQ", "C", 1, true}, engine::Disposition::pending, "", ""}};
    preview.exclusions = {{DeviceUid{"d3"}, "D", "Acme HQ", "deleted", "it is deleted"}};
    preview.wanted = 1;
    preview.reads = 5;
    preview.creates = {preview.at, preview.at, 1, 0};
    return preview;
}

}  // namespace

TEST_CASE("plan says who is in and who is out, and why", "[cli]") {
    FakeDaemon daemon;
    daemon.planning.preview = two_devices();
    daemon.start();
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    CHECK(session.run({"plan", "clean", "--at", "2026-12-01T02:00:00Z"}) == 0);
    CHECK(session.out ==
          "clean (revision 3) at 2026-12-01 02:00:00 UTC: Clean on 2 devices, 1 left out; the fleet as of "
          "2026-12-01 01:59:50 UTC\n"
          "  days = 30\n"
          "  keep = all (the component's default)\n"
          "1 job, about 5 reads; creates from 2026-12-01 02:00:00 to 2026-12-01 02:00:00 UTC, window until "
          "2026-12-01 03:00:00 UTC\n"
          "\n"
          "HOSTNAME  SITE     DEVICE  ONLINE  WHAT     WHY\n"
          "C         Acme HQ  d1      yes     in\n"
          "B         Acme HQ  d2              skipped  offline\n"
          "D         Acme HQ  d3              out      deleted: it is deleted\n");
    CHECK(daemon.planning.plans_asked.at(0).at == parse_utc("2026-12-01T02:00:00Z").value());
}

TEST_CASE("plan says what would refuse the run, what would not be reached, and what is waited for", "[cli]") {
    FakeDaemon daemon;
    auto preview = two_devices();
    preview.refusal = "runbook 'clean' is disabled";
    preview.warnings = "input 'path' gets nothing";
    preview.offline = 2;
    preview.creates.left = 40;
    daemon.planning.preview = preview;
    daemon.start();
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    CHECK(session.run({"plan", "clean"}) == 0);
    CHECK(contains(session.out, "would not run: runbook 'clean' is disabled\n"));
    CHECK(contains(session.out, "beware: input 'path' gets nothing\n"));
    CHECK(contains(session.out, "2 devices are offline and waited for\n"));
    CHECK(contains(session.out, "40 devices would not be reached before the window closes"));
    CHECK(session.run({"plan", "clean", "--at", "soon"}) == 1);
    CHECK(contains(session.err, "--at: 'soon' is neither a span ahead (2h, 7d) nor a time"));
}

TEST_CASE("plan says what each step runs, and when", "[cli]") {
    FakeDaemon daemon;
    auto preview = two_devices();
    preview.component = ComponentUid{};
    preview.component_name.clear();
    preview.inputs.clear();
    engine::PreviewedStep check;
    check.name = "check";
    check.component_name = "Check Backup";
    check.timeout = std::chrono::hours{1};
    check.goes_on_after_failure = true;
    check.inputs = {{"days", "string", "30", "7"}};
    auto repair = check;
    repair.name = "repair";
    repair.when = {"check.failed", "check.timeout"};
    repair.goes_on_after_failure = false;
    repair.inputs.clear();
    engine::PreviewedStep back;
    back.name = "back";
    back.expect = runbook::ExpectedReturn{true, true, std::chrono::minutes{20}};
    preview.steps = {check, repair, back};
    daemon.planning.preview = preview;
    daemon.start();
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    CHECK(session.run({"plan", "clean"}) == 0);
    CHECK(contains(session.out, " UTC: 3 steps on 2 devices"));
    CHECK(contains(session.out,
                   "  check: Check Backup, at most 1h, goes on after a failure\n    days = 30\n"
                   "  repair: Check Backup, at most 1h, when check.failed or check.timeout\n"
                   "  back: expects the device back within 20m (online, rebooted)\n"));
    CHECK(session.run({"plan", "clean", "--json"}) == 0);
    CHECK(contains(session.out, "\"on_failure\": \"continue\""));
    CHECK(contains(session.out, "\"component_uid\": null"));
}

TEST_CASE("forecast lists the coming runs and sums up what would not go out", "[cli]") {
    FakeDaemon daemon;
    ports::ForecastRun run;
    run.run.runbook = "patch";
    run.run.nominal = run.run.starts = *parse_utc("2026-12-01T02:00:00Z");
    run.run.window_end = *parse_utc("2026-12-01T03:00:00Z");
    run.targets = run.creates = 5000;
    run.drained = {run.run.starts, *parse_utc("2026-12-01T02:59:59Z"), 4800, 200};
    daemon.planning.coming = std::vector{run};
    daemon.start();
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    CHECK(session.run({"forecast", "--until", "2026-12-02T00:00:00Z"}) == 0);
    CHECK(contains(session.out, "patch"));
    CHECK(contains(session.out, "200 creates would not go out in time, at the API's limits\n"));
    CHECK(session.run({"forecast", "--csv"}) == 0);
    CHECK(contains(session.out, "runbook,revision,customer,zone,run_uid,nominal_at,starts_at"));
    daemon.on_loop([&] { daemon.planning.coming = std::vector<ports::ForecastRun>{}; });
    CHECK(session.run({"forecast"}) == 0);
    CHECK(session.out.empty());
    CHECK(session.err == "no run is open, and no schedule starts one until then\n");
}

TEST_CASE("validate --online shows what the account has against a runbook at its place", "[cli]") {
    FakeDaemon daemon;
    daemon.planning.findings = std::vector<ports::CheckFinding>{
        {"variables.dais", true, "unknown_variable", "the component has no variable 'dais'", "days"},
        {"targets", false, "selects_nothing", "no device of the account is selected", ""}};
    daemon.start();
    const auto file = daemon.folder.file("clean.yaml");
    std::ofstream(file) << "component: Clean\ntargets: {include: [{all: true}]}\nvariables:\n  dais: 30\n";
    Session session;
    session.environment["RUNBOOKD_SOCKET"] = daemon.socket;
    CHECK(session.run({"validate", "--online", file.string()}) == 1);
    CHECK(session.out ==
          file.string() +
              ":4:3: error: variables.dais: the component has no variable 'dais' (did you mean days?)\n" +
              file.string() + ":2:1: warning: targets: no device of the account is selected\n" +
              "1 runbook is valid\n");
    CHECK(daemon.planning.checks_asked.at(0).name == "clean");
    Session lost;
    lost.environment["RUNBOOKD_SOCKET"] = daemon.folder.file("none.sock").string();
    CHECK(lost.run({"validate", "--online", file.string()}) == 3);
    CHECK(contains(lost.out, "1 runbook is valid\n"));
}

}  // namespace runbookd::testing
