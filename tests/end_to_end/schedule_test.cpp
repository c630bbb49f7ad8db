// One whole minute of a real daemon: a due run over ten devices, and a time-out beside it.
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/event_chain.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

constexpr Limit kOneMinuteAndSome{100'000};

constexpr const char* kFleet = R"(
pickup: 50ms..300ms
activity_log: {lag: 100ms..500ms}
sites:
  - name: Acme
    devices:
      - {hostname: "PC{n:02}", count: 6, os: Microsoft Windows 11 Pro}
      - {hostname: DC01, os: Microsoft Windows Server 2022, type: Server}
      - {hostname: FAIL01}
      - {hostname: WARN01}
      - {hostname: OFF01, online: false}
      - {hostname: OLD01, deleted: true}
components:
  - name: Report
    variables: [{name: who, type: string, default: nobody}]
    script: |
      echo "report of $HOSTNAME for $who"
      printf 'and a line without its end'
      case "$HOSTNAME" in
        FAIL*) echo "the disk of $HOSTNAME is broken" >&2; exit 1 ;;
        WARN*) exit 64 ;;
      esac
  - {name: Sleeper, script: "echo begun; sleep 20", timeout: 60s}
)";

constexpr const char* kMinutely = R"(
schedule: "* * * * *"
window: 1m
targets: {include: [{site: Acme}]}
component: Report
variables: {who: the "auditor"}
offline: skip
)";

constexpr const char* kTooLong = R"(
targets: {include: [{hostname: DC01}]}
component: Sleeper
timeout: 2s
)";

std::string printed_by(const std::string& hostname) {
    return "report of " + hostname + " for the \"auditor\"\nand a line without its end";
}

struct Outcome {
    std::string disposition, target_reason, status, job_reason;
};

/// As the table in section 2 of the design says.
Outcome expected_of(const std::string& hostname) {
    if (hostname == "FAIL01") return {"failed", "datto_failure", "failed", "datto_failure"};
    if (hostname == "WARN01") return {"warning", "warnings", "completed", "warnings"};
    return {"succeeded", "", "completed", ""};
}

void check_jobs(const SqliteReader& store, const std::string& run) {
    const auto jobs = store.rows(
        "SELECT j.*, t.disposition, t.reason AS target_reason FROM job_history j "
        "JOIN target_ledger t USING (run_uid, device_uid) WHERE run_uid = '" +
        run + "'");
    CHECK(jobs.size() == 9);  // none for the device that is offline
    for (const auto& job : jobs) {
        const auto& hostname = job.at("hostname");
        INFO(hostname);
        const auto expected = expected_of(hostname);
        CHECK(job.at("status") == expected.status);
        CHECK(job.at("reason") == expected.job_reason);
        CHECK(job.at("disposition") == expected.disposition);
        CHECK(job.at("target_reason") == expected.target_reason);
        CHECK(job.at("stdout") == printed_by(hostname));
        CHECK(job.at("stderr") == (hostname == "FAIL01" ? "the disk of FAIL01 is broken\n" : kNull));
        CHECK(job.at("attempt") == "1");
        CHECK(nlohmann::json::parse(job.at("variables")) == nlohmann::json{{"who", "the \"auditor\""}});
        for (const char* known : {"created_at", "queued_at", "started_at", "completed_at", "datto_job_uid"})
            CHECK(job.at(known) != kNull);
        CHECK(job.at("created_at") <= job.at("queued_at"));
        CHECK(job.at("started_at") <= job.at("completed_at"));
    }
}

void check_run(const SqliteReader& store, const std::string& run) {
    const auto row = store.rows("SELECT * FROM run_history WHERE run_uid = '" + run + "'").at(0);
    CHECK(row.at("status") == "failed");  // one target failed, and none is tolerated
    CHECK(row.at("trigger") == "schedule");
    CHECK(row.at("zone") == "UTC");
    CHECK(row.at("actor").empty());
    const std::map<std::string, std::string> books{
        {"targets", "10"}, {"pending", "0"}, {"succeeded", "7"}, {"warning", "1"},   {"failed", "1"},
        {"timeout", "0"},  {"expired", "0"}, {"skipped", "1"},   {"cancelled", "0"}, {"unknown", "0"}};
    for (const auto& [column, value] : books) {
        INFO(column);
        CHECK(row.at(column) == value);
    }
    const auto occurrence =
        store.rows("SELECT * FROM occurrence_history WHERE run_uid = '" + run + "'").at(0);
    CHECK(occurrence.at("verdict") == "on_time");
    CHECK(occurrence.at("nominal_at") == row.at("nominal_at"));
    CHECK(occurrence.at("count") == "1");
    CHECK(row.at("nominal_at").substr(17) == "00.000Z");
}

void check_the_rest(const SqliteReader& store, const std::string& run) {
    const auto offline =
        store.rows("SELECT * FROM target_ledger WHERE hostname = 'OFF01' AND run_uid = '" + run + "'").at(0);
    CHECK(offline.at("disposition") == "skipped");
    CHECK(offline.at("reason") == "offline");
    CHECK(offline.at("attempts") == "0");
    CHECK(offline.at("job_uid") == kNull);
    const auto excluded = store.rows("SELECT * FROM target_exclusions WHERE run_uid = '" + run + "'");
    REQUIRE(excluded.size() == 1);
    CHECK(excluded[0].at("hostname") == "OLD01");
    CHECK(excluded[0].at("rule") == "deleted");
    CHECK(
        store.number("SELECT count(*) FROM event_trail WHERE kind = 'target.decided' AND subject_uid LIKE '" +
                     run + "/%'") == 10);
    CHECK(store.number(
              "SELECT count(*) FROM event_trail e JOIN job_history j ON e.subject_uid = j.job_uid "
              "WHERE j.run_uid = '" +
              run + "' AND e.kind IN ('job.created', 'job.queued', 'job.completed', 'job.failed')") == 9 * 3);
}

void print_lateness(const World& world, const std::string& run) {
    const auto store = world.store();
    const auto nominal = store.number("SELECT nominal_at FROM runs WHERE run_uid = '" + run + "'");
    const auto started = store.number("SELECT started_at FROM runs WHERE run_uid = '" + run + "'");
    std::int64_t first_create = 0;
    for (const auto& line : json_lines_of(world.folder.file("ledger")))
        if (const auto at = line.at("at").get<std::int64_t>();
            first_create == 0 && line.at("event") == "accepted" && at >= nominal)
            first_create = at;
    std::cout << "lateness of the due run: started " << started - nominal << " ms, first create at the API "
              << first_create - nominal << " ms after the minute\n";
}

}  // namespace

TEST_CASE("a minutely runbook runs at the top of the minute, and each device ends as it should",
          "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings();
    world.write_runbook("minutely", kMinutely);
    world.write_runbook("too-long", kTooLong);
    world.start_daemon();
    const auto store = world.store();

    const auto too_long = world.start_run("too-long");
    CHECK(world.end_of_run(too_long) == "failed");
    const auto target = store.rows("SELECT * FROM target_ledger WHERE run_uid = '" + too_long + "'").at(0);
    CHECK(target.at("disposition") == "timeout");
    CHECK(target.at("reason") == "deadline");
    const auto job = store.rows("SELECT * FROM job_history WHERE run_uid = '" + too_long + "'").at(0);
    CHECK(job.at("status") == "timeout");
    CHECK(job.at("reason") == "deadline");

    const auto finished =
        "SELECT run_uid FROM run_history WHERE runbook = 'minutely' AND finished_at NOT NULL "
        "ORDER BY run_uid LIMIT 1";
    REQUIRE(wait_for([&] { return store.text(finished) != kNull; }, kOneMinuteAndSome));
    const auto run = store.text(finished);
    check_run(store, run);
    check_jobs(store, run);
    check_the_rest(store, run);
    print_lateness(world, run);

    world.daemon().signal(SIGTERM);
    CHECK(world.daemon().wait() == 0);
    CHECK(fault_in_chain(store) == "");
    INFO(world.daemon_log());
    CHECK(world.daemon_log().find("error") == std::string::npos);
}

}  // namespace runbookd::end_to_end
