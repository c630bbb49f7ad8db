// diff, apply, coverage, why and retarget, against the real server over fakes.
#include "base/time.hpp"
#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {
namespace {

using ports::Cell;
using runbook::Operation;

const UtcTime kNow = *parse_utc("2026-12-01T02:00:00Z");

std::string text(const char* words) { return words; }

struct AskedDaemon : FakeDaemon {
    Session session;
    AskedDaemon() {
        control.status_now.now = kNow;
        session.environment["RUNBOOKD_SOCKET"] = socket;
        session.clock.set(kNow);
    }
};

std::vector<Operation> operations() {
    return {{Operation::Kind::add, "new", "/rb/new.yaml", std::nullopt, {}, ""},
            {Operation::Kind::change,
             "clean",
             "/rb/clean.yaml",
             3,
             {{"schedule.cron", "\"0 2 * * *\"", "\"0 3 * * *\""}, {"tags", "", "[\"a\"]"}},
             ""},
            {Operation::Kind::change, "same", "/rb/same.yaml", 1, {}, ""},
            {Operation::Kind::retire, "old", "", 7, {}, ""},
            {Operation::Kind::unchanged, "other", "/rb/other.yaml", 2, {}, ""}};
}

}  // namespace

TEST_CASE("diff says what a reload would do, key by key", "[cli]") {
    AskedDaemon daemon;
    daemon.reload.operations = operations();
    daemon.start();
    auto& session = daemon.session;
    CHECK(session.run({"diff"}) == 0);
    CHECK(session.out ==
          "add         new (/rb/new.yaml)\n"
          "change      clean, revision 3 (/rb/clean.yaml)\n"
          "            schedule.cron: 0 2 * * * -> 0 3 * * *\n"
          "            tags: (not there) -> [\"a\"]\n"
          "change      same, revision 1 (/rb/same.yaml)\n"
          "            only comments or layout\n"
          "retire      old, revision 7\n"
          "1 unchanged\n");
    CHECK(session.run({"diff", "--csv"}) == 0);
    CHECK(contains(session.out,
                   "operation,runbook,revision,file,changes,problem\nadd,new,,/rb/new.yaml,[],\n"));
    CHECK(session.run({"diff", "--json"}) == 0);
    CHECK(contains(session.out, "\"operation\": \"retire\""));
    daemon.on_loop(
        [&] { daemon.reload.operations = {{Operation::Kind::unchanged, "other", "", 2, {}, ""}}; });
    CHECK(session.run({"diff"}) == 0);
    CHECK(session.out == "nothing to do: 1 runbook is unchanged\n");
    CHECK(daemon.reload.asked.empty());
}

TEST_CASE("apply does it, and a refused file is status 1", "[cli]") {
    AskedDaemon daemon;
    daemon.reload.operations = {
        {Operation::Kind::keep, "bad", "/rb/bad.yaml", 2, {}, "bad.yaml:3:1: error: unknown key"},
        {Operation::Kind::refuse,
         "fresh",
         "/rb/fresh.yaml",
         std::nullopt,
         {},
         "fresh.yaml:1:1: error: empty"}};
    daemon.start();
    auto& session = daemon.session;
    CHECK(session.run({"apply", "--note", "ticket 4711"}) == 1);
    CHECK(session.out ==
          "keep        bad, stays at revision 2: bad.yaml:3:1: error: unknown key\n"
          "refuse      fresh: fresh.yaml:1:1: error: empty\n"
          "0 unchanged\n");
    CHECK(daemon.reload.asked.at(0).note == "ticket 4711");
    CHECK(session.run({"diff"}) == 1);
    daemon.on_loop([&] {
        daemon.reload.operations = operations();
        daemon.reload.waits_for_clock = true;
    });
    CHECK(session.run({"apply", "--json"}) == 0);
    CHECK(session.out.front() == '[');
    CHECK(contains(session.err, "the clock is in doubt"));
    daemon.on_loop(
        [&] { daemon.reload.operations = fail(ErrorCode::unavailable, "the store cannot be read"); });
    CHECK(session.run({"apply"}) == 3);
}

TEST_CASE("diff DIR compares another folder with what is in force", "[cli]") {
    AskedDaemon daemon;
    const auto& folder = daemon.folder;
    folder.write("runbookd.yaml",
                 "accounts: {main: {api: datto, url: 'http://127.0.0.1:1', key: k, secret: s}}\n"
                 "allow_plaintext_secrets: true\ncontrol: {socket: control.sock}\n");
    folder.write("other/clean.yaml", "targets: {include: [{all: true}]}\ncomponent: Clean\nwindow: 2h\n");
    folder.write("other/fresh.yaml", "targets: {include: [{all: true}]}\ncomponent: Clean\n");
    ports::RunbookStatus clean, gone;
    clean.name = "clean";
    clean.revision = 3;
    clean.identity = std::string(64, 'a');
    gone = clean;
    gone.name = "gone";
    daemon.control.runbooks_known = {clean, gone};
    daemon.history.revision_found = ports::Rows{
        {"yaml", "resolved"}, {{text("targets: {include: [{all: true}]}\ncomponent: Clean\n"), text("{}")}}};
    daemon.start();
    auto& session = daemon.session;
    const auto config = folder.file("runbookd.yaml").string();
    CHECK(session.run({"--config", config, "diff", folder.file("other").string()}) == 0);
    CHECK(contains(session.out, "change      clean, revision 3"));
    CHECK(contains(session.out, "window: (not there) -> 2h\n"));
    CHECK(contains(session.out, "add         fresh"));
    CHECK(contains(session.out, "retire      gone, revision 3\n0 unchanged\n"));
    // What cannot be read may be any runbook: nothing is taken for gone then.
    folder.write("other/broken.yaml", "a: [\n");
    CHECK(session.run({"--config", config, "diff", folder.file("other").string()}) == 1);
    CHECK(contains(session.out, "keep        gone, stays at revision 3: "));
    CHECK(contains(session.out, "refuse      broken: "));
    CHECK(session.run({"--config", config, "diff", folder.file("nowhere").string()}) == 1);
    CHECK(contains(session.err, "cannot be read"));
    CHECK(session.run({"diff", folder.file("other").string()}) == 1);
    CHECK(contains(session.err, "--config names another"));
    CHECK(daemon.reload.previews == 0);
}

TEST_CASE("coverage is a list of devices", "[cli]") {
    AskedDaemon daemon;
    ports::RunbookStatus known;
    known.name = "clean";
    daemon.control.runbooks_known = {known};
    daemon.history.coverage_found =
        ports::Rows{{"hostname", "site_name", "last_success_at", "last_disposition", "last_reason",
                     "last_decided_at", "misses", "excluded_by", "excluded_reason", "covered"},
                    {{text("ACME-1"), text("HQ"), text("2026-11-01T02:00:00.000Z"), text("skipped"),
                      text("offline"), text("2026-12-01T02:00:00.000Z"), std::int64_t{3}, std::monostate{},
                      std::monostate{}, std::int64_t{0}},
                     {text("ACME-LAB"), text("HQ"), std::monostate{}, std::monostate{}, std::monostate{},
                      std::monostate{}, std::int64_t{0}, text("exclude"),
                      text("targets.exclude[0]: {hostname: *-LAB}"), std::int64_t{0}}}};
    daemon.start();
    auto& session = daemon.session;
    CHECK(session.run({"coverage", "clean", "--customer", "acme", "--since", "7d"}) == 0);
    CHECK(session.out ==
          "DEVICE    SITE  COVERED  LAST SUCCESS (UTC)   LAST     REASON   DECIDED (UTC)        MISSES  "
          "EXCLUDED BY  "
          "WHY\n"
          "ACME-1    HQ             2026-11-01 02:00:00  skipped  offline  2026-12-01 02:00:00       3\n"
          "ACME-LAB  HQ                                                                              0  "
          "exclude      "
          "targets.exclude[0]: {hostname: *-LAB}\n");
    const auto& asked = daemon.history.coverage_asked.at(0);
    CHECK(asked.runbook == "clean");
    CHECK(asked.customer == "acme");
    CHECK(asked.since_ms == to_unix_ms(kNow - std::chrono::hours{24 * 7}));
    CHECK(session.run({"coverage", "clean", "--csv"}) == 0);
    CHECK(contains(session.out, "runbook,customer,device_uid,hostname,"));
    CHECK(session.run({"coverage", "claen"}) == 1);
    CHECK(contains(session.err, "did you mean: clean"));
    CHECK(session.run({"coverage"}) == 2);
}

TEST_CASE("why is a sentence, then the rows that prove it", "[cli]") {
    AskedDaemon daemon;
    auto& facts = daemon.history.why_found.value();
    facts.devices = {{"device_uid", "hostname"}, {{text("d1"), text("ACME-1")}}};
    facts.revisions = {{"revision", "effective_from", "is_in_force"},
                       {{std::int64_t{1}, text("2026-11-01T00:00:00.000Z"), std::int64_t{1}}}};
    daemon.start();
    auto& session = daemon.session;
    CHECK(session.run({"why", "clean", "ACME-1"}) == 0);
    CHECK(session.out ==
          "clean was in force (revision 1), and up to 2026-12-01 02:00:00 UTC nothing was due and nobody had "
          "started "
          "it.\n"
          "\n"
          "VIEW               SEQ  AT (UTC)             SAYS\n"
          "runbook_revisions       2026-11-01 00:00:00  revision 1 took effect\n");
    CHECK(session.run({"why", "clean", "ACME-1", "--at", "2h", "--json"}) == 0);
    CHECK(contains(session.out, "\"rule\": \"nothing_due\""));
    CHECK(daemon.history.why_asked.back().at_ms == to_unix_ms(kNow - std::chrono::hours{2}));
    CHECK(session.run({"why", "clean"}) == 2);
    CHECK(session.run({"why", "clean", "ACME-1", "--at", "soon"}) == 1);
    daemon.on_loop([&] { daemon.history.why_found->devices.rows.clear(); });
    CHECK(session.run({"why", "clean", "ACME-1"}) == 1);
}

TEST_CASE("retarget says what it starts, what it leaves out, and when nothing is left", "[cli]") {
    AskedDaemon daemon;
    auto& answer = daemon.control.retargeted;
    answer.run = RunUid{"01RUN00000000000000000000B"};
    answer.cause = RunUid{"01RUN00000000000000000000A"};
    answer.runbook = "clean";
    answer.revision = 4;
    answer.cause_revision = 3;
    answer.starts_at = kNow + std::chrono::hours{1};
    answer.targets = 2;
    answer.may_still_run = 1;
    answer.unknown = 3;
    daemon.start();
    auto& session = daemon.session;
    CHECK(session.run({"retarget", "01RUN", "--only", "failed,expired", "--include", "unknown", "--at",
                       "next-window", "--note", "again"}) == 0);
    CHECK(
        session.out ==
        "run 01RUN00000000000000000000B of clean: planned for 2 devices, starts at 2026-12-01 03:00:00 UTC\n"
        "it runs revision 4; the run before ran revision 3\n"
        "left out: 1 device on which a job may still run, 3 devices whose job may have run (--include "
        "unknown)\n");
    const auto& asked = daemon.control.retargets_asked.at(0);
    CHECK(asked.only == std::vector<std::string>{"failed", "expired"});
    CHECK(asked.with_unknown);
    CHECK(asked.at_next_window);
    daemon.on_loop([&] {
        daemon.control.retargeted = {};
        daemon.control.retargeted.cause = RunUid{"01RUN00000000000000000000A"};
        daemon.control.retargeted.done_since = 1;
    });
    CHECK(session.run({"retarget", "01RUN", "--now"}) == 0);
    CHECK(session.out ==
          "nothing is left of run 01RUN00000000000000000000A\n"
          "left out: 1 device on which a later run succeeded\n");
    CHECK_FALSE(daemon.control.retargets_asked.at(1).at_next_window);
    CHECK(session.run({"retarget", "01RUN", "--json"}) == 0);
    CHECK(contains(session.out, "\"run_uid\": null,\n  \"status\": \"nothing_left\""));
    CHECK(session.run({"retarget"}) == 2);
    CHECK(session.run({"retarget", "01RUN", "--include", "failed"}) == 2);
    CHECK(session.run({"retarget", "01RUN", "--at", "soon"}) == 2);
    CHECK(session.run({"retarget", "01RUN", "--now", "--at", "next-window"}) == 2);
    daemon.on_loop([&] { daemon.control.refusal = Error{ErrorCode::refused_by_rule, "paused"}; });
    CHECK(session.run({"retarget", "01RUN"}) == 4);
}

}  // namespace runbookd::testing
