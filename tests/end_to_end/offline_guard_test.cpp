// Devices that come online inside the window, runs that the guard refuses, and who lets them through.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/wait_for.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

constexpr Limit kAMinuteAndAHalf{std::chrono::seconds(100)};

constexpr const char* kFleet = R"(
pickup: 20ms..50ms
activity_log: {lag: 100ms..200ms}
sites:
  - name: Acme
    devices:
      - {hostname: HERE01}
      - {hostname: LATE01, online: {after: 35s, for: 600s, every: 3600s}}
      - {hostname: NEVER01, online: false, last_seen: 2d}
components:
  - {name: Hello, script: 'echo "hello from $HOSTNAME"'}
)";

std::string runbook(const std::string& more) {
    return "component: Hello\ntargets: {include: [{all: true}]}\n" + more;
}

/// What the trail has of that kind for the run.
json data_of(const World& world, const std::string& run, const std::string& kind) {
    const auto rows = world.store().rows("SELECT data, actor FROM event_trail WHERE kind = '" + kind +
                                         "' AND subject_uid = '" + run + "'");
    REQUIRE(rows.size() == 1);
    auto data = json::parse(rows[0].at("data"));
    data["actor"] = rows[0].at("actor");
    return data;
}

}  // namespace

TEST_CASE("a device that comes online inside the window gets its job, one that does not is expired",
          "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings();
    world.write_runbook("patient", runbook("window: 75s\n"));
    world.start_daemon();
    const auto run = world.start_run("patient");
    const auto disposition = [&](const std::string& hostname) {
        return world.store().text("SELECT disposition FROM target_ledger WHERE run_uid = '" + run +
                                  "' AND hostname = '" + hostname + "'");
    };
    REQUIRE(wait_for([&] { return disposition("HERE01") == "succeeded"; }));
    CHECK(disposition("LATE01") == "pending");
    REQUIRE(wait_for([&] { return disposition("LATE01") == "succeeded"; }, kAMinuteAndAHalf));
    CHECK(disposition("NEVER01") == "pending");
    CHECK(world.end_of_run(run, kAMinuteAndAHalf) == "failed");
    const auto never =
        world.store()
            .rows("SELECT * FROM target_ledger WHERE run_uid = '" + run + "' AND hostname = 'NEVER01'")
            .at(0);
    CHECK(never.at("disposition") == "expired");
    CHECK(never.at("reason") == "offline");
    CHECK(never.at("attempts") == "0");
    const auto told = world.store().text(
        "SELECT json_extract(data, '$.message') FROM event_trail WHERE kind = 'target.decided' "
        "AND json_extract(data, '$.reason') = 'offline'");
    CHECK(told.find("last seen 20") != std::string::npos);
    CHECK(world.stop_daemon() == 0);
}

TEST_CASE("what the guard refuses is recorded, and a person may let it through with a reason",
          "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings();
    world.write_runbook("few", runbook("offline: skip\nguard: {max: 2}\n"));
    world.write_runbook(
        "never", runbook("offline: skip\nnot_during: [{cron: '0 0 * * *', for: 24h, reason: closed}]\n"));
    world.start_daemon();

    const auto refused = world.ctl({"run", "few", "--wait", "--json"});
    CHECK(refused.status == 4);
    const auto run = json::parse(refused.out);
    CHECK(run.at("status") == "aborted");
    CHECK(run.at("reason") == "guard");
    CHECK(run.at("halted") == 3);
    const auto uid = run.at("run_uid").get<std::string>();
    CHECK(data_of(world, uid, "run.refused").at("selected") == "3");
    CHECK(data_of(world, uid, "run.refused").at("max") == "2");
    CHECK(world.store().number("SELECT count(*) FROM target_ledger WHERE disposition = 'halted' "
                               "AND reason = 'guard'") == 3);
    CHECK(world.ctl({"run", "few"}).status == 0);  // recorded; what the guard says comes after
    CHECK(world.store().number("SELECT count(*) FROM job_history") == 0);

    CHECK(world.ctl({"run", "few", "--override", "guard"}).status == 2);
    CHECK(world.ctl({"run", "few", "--override", "max", "--reason", "x"}).status == 2);
    const auto through =
        world.ctl({"run", "few", "--override", "guard", "--reason", "ticket 7", "--wait", "--json"});
    INFO(through.err);
    CHECK(through.status == 0);
    const auto second = json::parse(through.out).at("run_uid").get<std::string>();
    const auto asked = data_of(world, second, "run.override");
    CHECK(asked.at("reason") == "ticket 7");
    CHECK(asked.at("rules") == "guard");
    CHECK_FALSE(asked.at("actor").get<std::string>().empty());
    CHECK(data_of(world, second, "run.guard_overridden").at("selected") == "3");

    const auto closed = world.ctl({"run", "never"});
    CHECK(closed.status == 4);
    CHECK(closed.err.find("closed") != std::string::npos);
    CHECK(world.ctl({"run", "never", "--override", "not_during", "--reason", "ticket 8", "--wait"}).status ==
          0);
    CHECK(world.stop_daemon() == 0);
}

}  // namespace runbookd::end_to_end
