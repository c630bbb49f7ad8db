// Why, from rows to a sentence; and coverage over the socket.
#include "http_api/why.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "http_api/contains.hpp"
#include "http_api/fake_daemon.hpp"
#include "http_api/raw_client.hpp"

namespace runbookd::testing {
namespace {

using Json = nlohmann::ordered_json;
using ports::Cell;

const UtcTime kNow = *parse_utc("2026-12-02T00:00:00Z");

/// One row of columns and cells.
ports::Rows row(std::vector<std::pair<std::string, Cell>> cells) {
    ports::Rows rows;
    rows.rows.emplace_back();
    for (auto& [column, cell] : cells) {
        rows.columns.push_back(column);
        rows.rows[0].push_back(std::move(cell));
    }
    return rows;
}

std::string text(const char* words) { return words; }

std::int64_t ms(const char* iso) { return to_unix_ms(*parse_utc(iso)); }

/// `clean`, in force since 1 December, over A; nothing else yet.
ports::WhyFacts in_force() {
    ports::WhyFacts facts;
    facts.devices = row({{"device_uid", text("d1")}, {"hostname", text("A")}, {"site_name", text("HQ")}});
    facts.revisions = row({{"runbook", text("clean")},
                           {"revision", std::int64_t{2}},
                           {"effective_from", text("2026-12-01T00:00:00.000Z")},
                           {"effective_until", std::monostate{}},
                           {"is_in_force", std::int64_t{1}}});
    return facts;
}

ports::WhyFacts with_run(const char* status = "completed", std::int64_t is_narrowed = 0) {
    auto facts = in_force();
    facts.runs = row({{"run_uid", text("01RUN")},
                      {"revision", std::int64_t{2}},
                      {"trigger", text("schedule")},
                      {"actor", text(is_narrowed != 0 ? "ana" : "")},
                      {"started_at", text("2026-12-01T02:00:01.000Z")},
                      {"window_end", text("2026-12-01T03:00:00.000Z")},
                      {"status", text(status)},
                      {"reason", text("")},
                      {"targets", std::int64_t{1}},
                      {"is_narrowed", is_narrowed},
                      {"begun_ms", ms("2026-12-01T02:00:00Z")}});
    return facts;
}

ports::WhyFacts with_target(const char* disposition, const char* reason, const char* message = "") {
    auto facts = with_run();
    facts.targets = row({{"disposition", text(disposition)},
                         {"reason", text(reason)},
                         {"job_uid", text("01JOB")},
                         {"decided_at", text("2026-12-01T02:05:00.000Z")}});
    const auto data = Json{{"message", message}};
    facts.events = row({{"seq", std::int64_t{7}},
                        {"at", text("2026-12-01T02:05:00.000Z")},
                        {"subject_uid", text("01RUN/d1")},
                        {"kind", text("target.decided")},
                        {"data", *message == '\0' ? text("{}") : data.dump()}});
    return facts;
}

ports::Rows occurrence(const char* at, const char* verdict, const char* reason, Cell run = std::monostate{}) {
    return row({{"nominal_at", text(at)},
                {"verdict", text(verdict)},
                {"reason", text(reason)},
                {"run_uid", std::move(run)},
                {"instant_ms", ms(at)}});
}

std::string answer(const ports::WhyFacts& facts, bool is_of_then = false) {
    const auto view = http_api::why_view({"clean", kNow, is_of_then}, facts);
    return view["rule"].get<std::string>() + ": " + view["answer"].get<std::string>();
}

}  // namespace

TEST_CASE("why names the rule that decided", "[http_api][why]") {
    CHECK(
        answer(in_force()) ==
        "nothing_due: clean was in force (revision 2), and up to 2026-12-02 00:00:00 UTC nothing was due and "
        "nobody had started it.");
    CHECK(
        answer(with_target("succeeded", "")) ==
        "succeeded: clean ran on A in run 01RUN of 2026-12-01 02:00:01 UTC: job 01JOB ended successfully at "
        "2026-12-01 02:05:00 UTC.");
    CHECK(answer(with_target("failed", "datto_failure")) ==
          "datto_failure: clean failed on A in run 01RUN of 2026-12-01 02:00:01 UTC: Datto reported a "
          "failure.");
    CHECK(answer(with_target("skipped", "overlap", "run 01OLD has it")) ==
          "overlap: clean was skipped on A in run 01RUN of 2026-12-01 02:00:01 UTC: an earlier run of this "
          "runbook had not decided it yet (run 01OLD has it).");
    CHECK(answer(with_target("timeout", "deadline")) ==
          "deadline: clean ran out of time on A in run 01RUN of 2026-12-01 02:00:01 UTC: the job ran longer "
          "than "
          "the runbook's timeout.");
    CHECK(answer(with_target("unknown", "unknown_dispatch")) ==
          "unknown_dispatch: clean may or may not have run on A in run 01RUN of 2026-12-01 02:00:01 UTC: the "
          "create got no answer, and the job was not found afterwards.");
    CHECK(answer(with_target("cancelled", "")) ==
          "cancelled: clean was cancelled on A in run 01RUN of 2026-12-01 02:00:01 UTC.");
    // A reason that has no words yet is said as it is.
    CHECK(answer(with_target("skipped", "moon_phase")) ==
          "moon_phase: clean was skipped on A in run 01RUN of 2026-12-01 02:00:01 UTC: moon_phase.");
}

TEST_CASE("why tells what is still open", "[http_api][why]") {
    auto facts = with_target("pending", "");
    CHECK(answer(facts) ==
          "pending: clean is not decided yet on A in run 01RUN of 2026-12-01 02:00:01 UTC: no job has been "
          "created yet; that may happen until 2026-12-01 03:00:00 UTC.");
    facts.jobs = row({{"job_uid", text("01JOB")}, {"status", text("queued")}, {"reason", text("")}});
    CHECK(answer(facts) ==
          "pending: clean is not decided yet on A in run 01RUN of 2026-12-01 02:00:01 UTC: its job 01JOB is "
          "queued.");
    facts.jobs = row({{"job_uid", text("01JOB")}, {"status", text("failed")}, {"reason", text("")}});
    const auto event = [](const char* kind, const char* data) {
        return row({{"seq", std::int64_t{7}},
                    {"at", text("2026-12-01T02:05:00.000Z")},
                    {"subject_uid", text("01RUN/d1")},
                    {"kind", text(kind)},
                    {"data", text(data)}});
    };
    facts.events = event("target.retry", R"({"disposition":"failed","next_at":"2026-12-01T02:06:00.000Z"})");
    CHECK(answer(facts) ==
          "pending: clean is not decided yet on A in run 01RUN of 2026-12-01 02:00:01 UTC: its job 01JOB is "
          "failed, and another try is due at 2026-12-01 02:06:00 UTC.");
    facts.events = event("target.stepped", R"({"step":"boot","end":"skipped"})");
    CHECK(answer(facts) ==
          "pending: clean is not decided yet on A in run 01RUN of 2026-12-01 02:00:01 UTC: its job 01JOB is "
          "failed; its step 'boot' ended as skipped, and the next one waits for its turn, or for the device "
          "to come back.");
    auto planned = with_run("planned");
    planned.runs.rows[0][4] = std::monostate{};
    CHECK(answer(planned) ==
          "planned: clean has not begun: run 01RUN is planned, and its targets are not frozen yet.");
}

TEST_CASE("why tells an excluded device from one that was never selected", "[http_api][why]") {
    auto excluded = with_run();
    excluded.exclusions =
        row({{"rule", text("exclude")}, {"reason", text("targets.exclude[0]: {hostname: A}")}});
    CHECK(answer(excluded) ==
          "exclude: clean left A out of run 01RUN of 2026-12-01 02:00:01 UTC by the rule exclude: "
          "targets.exclude[0]: {hostname: A}.");
    const std::string never =
        "not_selected: clean never selected A: no include of revision 2 matched it when the targets of run "
        "01RUN "
        "of 2026-12-01 02:00:01 UTC were frozen (the record lists only devices that an include matched).";
    CHECK(answer(with_run()) == never);
    auto later = with_run();
    later.devices = row({{"device_uid", text("d1")},
                         {"hostname", text("A")},
                         {"first_seen_at", text("2026-12-01T09:00:00.000Z")}});
    CHECK(answer(later) == never + " It came into the account's list later, at 2026-12-01 09:00:00 UTC.");
    auto gone = with_run();
    gone.devices = row(
        {{"device_uid", text("d1")}, {"hostname", text("A")}, {"gone_at", text("2026-12-01T01:00:00.000Z")}});
    CHECK(answer(gone) == never + " It had gone from the account's list at 2026-12-01 01:00:00 UTC.");
    CHECK(answer(with_run("completed", 1)) ==
          "narrowed: clean did not run on A: run 01RUN of 2026-12-01 02:00:01 UTC was narrowed to other "
          "devices or "
          "sites by ana.");
    auto refused = with_run("aborted");
    refused.runs.rows[0][7] = text("rejected");
    refused.runs.rows[0][8] = std::int64_t{0};
    refused.events = row({{"seq", std::int64_t{3}},
                          {"subject_uid", text("01RUN")},
                          {"kind", text("run.filter_not_found")},
                          {"data", text(R"({"message":"there is no filter 'X'"})")}});
    CHECK(
        answer(refused) ==
        "rejected: clean did not run on A: run 01RUN of 2026-12-01 02:00:01 UTC was aborted without targets: "
        "there is no filter 'X'.");
}

TEST_CASE("why tells occurrences that had no run", "[http_api][why]") {
    auto missed = in_force();
    missed.occurrences = occurrence("2026-12-01T05:00:00.000Z", "missed", "daemon_down");
    CHECK(answer(missed) ==
          "daemon_down: clean did not run on A or any other device: the occurrence of 2026-12-01 05:00:00 "
          "UTC was "
          "missed: runbookd was not running.");
    auto paused = with_run();
    paused.occurrences = occurrence("2026-12-01T05:00:00.000Z", "skipped", "paused");
    paused.pauses = row({{"actor", text("ana")},
                         {"reason", text("a freeze")},
                         {"from_at", text("2026-12-01T04:00:00.000Z")}});
    CHECK(answer(paused) ==
          "paused: clean did not run on A or any other device: the occurrence of 2026-12-01 05:00:00 UTC was "
          "skipped: the runbook was paused by ana (a freeze). The newest run before it is run 01RUN of "
          "2026-12-01 "
          "02:00:01 UTC.");
    // An older verdict does not hide the run that came after it.
    auto older = with_target("succeeded", "");
    older.occurrences = occurrence("2026-12-01T01:00:00.000Z", "missed", "daemon_down");
    CHECK(contains(answer(older), "succeeded: "));
    auto closed = with_run("failed");
    closed.runs.rows[0][4] = std::monostate{};
    closed.runs.rows[0][7] = text("window_closed");
    closed.occurrences = occurrence("2026-12-01T02:00:00.000Z", "missed", "fleet_not_read", text("01RUN"));
    CHECK(answer(closed) ==
          "fleet_not_read: clean did not run on A or any other device: run 01RUN never began, for the "
          "account's "
          "devices could not be read in time.");
}

TEST_CASE("why tells when the runbook was not in force", "[http_api][why]") {
    auto not_yet = in_force();
    not_yet.revisions.rows[0][2] = text("2026-12-03T00:00:00.000Z");
    not_yet.revisions.rows[0][4] = std::int64_t{0};
    CHECK(answer(not_yet, true) ==
          "not_in_force: clean did not exist at 2026-12-02 00:00:00 UTC: its first text took effect at "
          "2026-12-03 "
          "00:00:00 UTC.");
    auto gone = with_target("succeeded", "");
    gone.revisions.rows[0][3] = text("2026-12-01T12:00:00.000Z");
    gone.revisions.rows[0][4] = std::int64_t{0};
    CHECK(answer(gone, true) ==
          "not_in_force: clean was not in force at 2026-12-02 00:00:00 UTC: its file was taken away at "
          "2026-12-01 "
          "12:00:00 UTC.");
    CHECK(contains(answer(gone, false), "succeeded: clean ran on A"));
}

TEST_CASE("the evidence is rows of the views, with the numbers of the events", "[http_api][why]") {
    auto facts = with_target("failed", "datto_failure", "exit 7");
    facts.jobs = row({{"job_uid", text("01JOB")},
                      {"status", text("failed")},
                      {"reason", text("datto_failure")},
                      {"created_at", text("2026-12-01T02:01:00.000Z")}});
    const auto view = http_api::why_view({"clean", kNow, false}, facts);
    std::string lines;
    for (const auto& one : view["evidence"])
        lines += one["view"].get<std::string>() + " " + one["seq"].dump() + " " +
                 one["says"].get<std::string>() + "\n";
    CHECK(lines ==
          "runbook_revisions null revision 2 took effect\n"
          "run_history null run 01RUN, schedule, completed\n"
          "target_ledger null failed (datto_failure)\n"
          "job_history null job 01JOB, failed (datto_failure)\n"
          "event_trail 7 target.decided: exit 7\n");
    CHECK(view["evidence"][1]["row"]["run_uid"] == "01RUN");
    CHECK_FALSE(view["evidence"][1]["row"].contains("begun_ms"));
    CHECK(view["hostname"] == "A");
}

TEST_CASE("why over the socket: unknown runbooks, unknown and ambiguous devices, the future",
          "[http_api][why]") {
    FakeDaemon daemon;
    daemon.control.status_now.now = kNow;
    ports::RunbookStatus known;
    known.name = "clean";
    daemon.control.runbooks_known = {known};
    engine::Device device;
    device.hostname = "ACME-DC01";
    daemon.control.fleet_now.devices = {device};
    daemon.history.why_found = with_target("succeeded", "");
    daemon.start();
    const auto ask = [&](const char* query) {
        return exchange(daemon.socket, "GET", std::string("/v1/runbooks/clean/why") + query);
    };
    const auto reply = ask("?device=A&at=2026-12-01T12:00:00Z");
    CHECK(reply.status == 200);
    CHECK(Json::parse(reply.body)["at"] == "2026-12-01T12:00:00.000Z");
    CHECK(daemon.history.why_asked.at(0).at_ms == ms("2026-12-01T12:00:00Z"));
    CHECK(Json::parse(ask("?device=A").body)["at"] == "2026-12-02T00:00:00.000Z");
    CHECK(ask("").status == 400);
    CHECK(ask("?device=A&when=now").status == 400);
    const auto to_come = ask("?device=A&at=2026-12-03");
    CHECK(to_come.status == 200);
    CHECK(Json::parse(to_come.body)["rule"] == "not_selected");
    CHECK(daemon.planning.plans_asked.at(0).at == parse_utc("2026-12-03").value());
    daemon.on_loop([&] { daemon.history.why_found->devices.rows.clear(); });
    const auto nobody = ask("?device=ACME-DC02");
    CHECK(nobody.status == 404);
    CHECK(Json::parse(nobody.body)["errorCode"] == "DEVICE_NOT_FOUND");
    CHECK(Json::parse(nobody.body)["details"]["suggestions"][0] == "ACME-DC01");
    daemon.on_loop([&] {
        auto& devices = daemon.history.why_found->devices;
        devices.rows = {{text("d1"), text("A"), text("HQ")}, {text("d2"), text("A"), text("Branch")}};
    });
    const auto several = ask("?device=A");
    CHECK(several.status == 409);
    CHECK(Json::parse(several.body)["details"]["candidates"].dump() ==
          R"x(["d1 (A at HQ)","d2 (A at Branch)"])x");
    daemon.on_loop([&] { daemon.history.why_found->revisions.rows.clear(); });
    CHECK(ask("?device=A").status == 404);
    daemon.on_loop([&] { daemon.history.why_found = fail(ErrorCode::unavailable, "slow"); });
    CHECK(ask("?device=A").status == 503);
}

TEST_CASE("coverage is a list, also of a runbook whose file is gone", "[http_api]") {
    FakeDaemon daemon;
    ports::RunbookStatus known;
    known.name = "clean";
    daemon.control.runbooks_known = {known};
    daemon.history.coverage_found =
        row({{"runbook", text("clean")}, {"misses", std::int64_t{2}}, {"covered", std::int64_t{0}}});
    daemon.start();
    const auto reply =
        exchange(daemon.socket, "GET",
                 "/v1/runbooks/clean/coverage?customer=acme&since=2026-12-01&limit=10&offset=20");
    CHECK(reply.body == R"([{"runbook":"clean","misses":2,"covered":false}])");
    const auto& asked = daemon.history.coverage_asked.at(0);
    CHECK(asked.customer == "acme");
    CHECK(asked.since_ms == ms("2026-12-01T00:00:00Z"));
    CHECK(asked.limit == 10);
    CHECK(asked.offset == 20);
    CHECK(exchange(daemon.socket, "GET", "/v1/runbooks/clean/coverage?limit=0").status == 400);
    CHECK(exchange(daemon.socket, "GET", "/v1/runbooks/clean/coverage?offset=-1").status == 400);
    CHECK(exchange(daemon.socket, "GET", "/v1/runbooks/clean/coverage?status=x").status == 400);
    CHECK(exchange(daemon.socket, "GET", "/v1/runbooks/gone/coverage").status == 404);
    daemon.on_loop([&] { daemon.history.revision_found = row({{"runbook", text("gone")}}); });
    CHECK(exchange(daemon.socket, "GET", "/v1/runbooks/gone/coverage").status == 200);
}

}  // namespace runbookd::testing
