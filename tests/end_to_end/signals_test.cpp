// SIGTERM and SIGHUP, while jobs run.
#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>

#include "catch.hpp"
#include "end_to_end/harness/event_chain.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

constexpr Limit kFewSeconds{10'000};

constexpr const char* kFleet = R"(
pickup: 100ms..400ms
activity_log: {lag: 100ms..500ms}
sites:
  - {name: Acme, devices: [{hostname: "PC{n:02}", count: 10}]}
components:
  - {name: Slow, script: "sleep 1.5; echo slow on $HOSTNAME"}
  - {name: Quick, script: "echo quick on $HOSTNAME"}
faults:
  - {operation: quickjob, nth: 1, times: 0, kind: slow, delay: 200ms}
)";

std::string runbook_for(const std::string& component) {
    return "targets: {include: [{all: true}]}\ncomponent: " + component + "\n";
}

void start_world(World& world) {
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings({.unknown_after = "10s"});
    world.write_runbook("slow", runbook_for("Slow"));
    world.start_daemon();
}

void hang_up(World& world) { world.daemon().signal(SIGHUP); }

json runbook_named(const World& world, const std::string& name) {
    for (auto& runbook : world.get("/v1/runbooks").json())
        if (runbook.at("runbook") == name) return runbook;
    return {};
}

}  // namespace

TEST_CASE("SIGTERM while jobs run ends the daemon within seconds, and the next start takes them up",
          "[end_to_end]") {
    World world;
    start_world(world);
    const auto run = world.start_run("slow");
    REQUIRE(wait_for([&] { return world.ledger().accepted_count() >= 3; }));

    world.daemon().signal(SIGTERM);
    CHECK(world.daemon().wait(kFewSeconds) == 0);
    CHECK(world.store().text("SELECT status FROM run_history") == "running");
    CHECK(world.store().number("SELECT count(*) FROM event_trail WHERE kind = 'daemon.stopping'") == 1);

    world.start_daemon();
    CHECK(world.end_of_run(run) == "completed");
    std::set<std::string> devices;
    for (const auto& accepted : world.ledger().accepted()) CHECK(devices.insert(accepted.device_uid).second);
    CHECK(devices.size() == 10);
    CHECK(world.store().number("SELECT count(*) FROM job_history WHERE status = 'completed' AND "
                               "stdout = 'slow on ' || hostname || char(10)") == 10);
    CHECK(fault_in_chain(world.store()) == "");
}

TEST_CASE("SIGTERM ends a daemon that has nothing to do at once", "[end_to_end]") {
    World world;
    start_world(world);
    world.daemon().signal(SIGTERM);
    CHECK(world.daemon().wait(kFewSeconds) == 0);
    CHECK_FALSE(std::filesystem::exists(world.socket()));
}

TEST_CASE("SIGHUP takes new texts, keeps the last good one of a broken file, and leaves jobs alone",
          "[end_to_end]") {
    World world;
    start_world(world);
    world.write_runbook("steady", runbook_for("Quick"));
    hang_up(world);
    REQUIRE(wait_for([&] { return runbook_named(world, "steady").is_object(); }));
    const auto run = world.start_run("slow");
    REQUIRE(wait_for([&] { return world.ledger().accepted_count() >= 3; }));

    world.write_runbook("slow", runbook_for("Quick"));
    world.write_runbook("steady", "targets: {include: [{all: true}]}\nconponent: Quick\n");
    world.write_runbook("newcomer", runbook_for("Quick"));
    hang_up(world);
    REQUIRE(wait_for([&] { return runbook_named(world, "newcomer").is_object(); }));

    CHECK(runbook_named(world, "slow").at("revision") == 2);
    const auto steady = runbook_named(world, "steady");
    CHECK(steady.at("revision") == 1);
    CHECK(steady.at("component") == "Quick");
    const auto problem = steady.at("problem").get<std::string>();
    INFO(problem);
    CHECK(problem.find("steady.yaml:1:1") != std::string::npos);
    CHECK(problem.find("(and 1 more)") != std::string::npos);
    const auto status = world.status();
    CHECK(status.at("state") == "degraded");
    CHECK(status.at("problems").dump().find("steady.yaml:2:1") != std::string::npos);
    const auto said = world.ctl({"status"});
    CHECK(said.status == 0);
    CHECK(said.out.find("steady.yaml:2:1") != std::string::npos);

    // The run that was under way ends as it began, by its own revision.
    CHECK(world.end_of_run(run) == "completed");
    CHECK(world.store().number(
              "SELECT count(*) FROM job_history WHERE component_name = 'Slow' AND revision = 1 "
              "AND stdout = 'slow on ' || hostname || char(10)") == 10);
    // The last good revision still runs, and so does the new one.
    CHECK(world.end_of_run(world.start_run("steady")) == "completed");
    CHECK(world.end_of_run(world.start_run("slow")) == "completed");
    CHECK(world.store().number("SELECT count(*) FROM job_history WHERE runbook = 'slow' AND revision = 2 AND "
                               "component_name = 'Quick'") == 10);

    // Mended: all is well again.
    world.write_runbook("steady", runbook_for("Quick") + "timeout: 5m\n");
    hang_up(world);
    REQUIRE(wait_for([&] { return runbook_named(world, "steady").at("revision") == 2; }));
    CHECK(world.status().at("state") == "running");
    CHECK(runbook_named(world, "steady").at("problem").is_null());
}

TEST_CASE("a file that can no longer be read retires nothing, whatever runbook it held", "[end_to_end]") {
    World world;
    start_world(world);
    world.write_runbook("a-file", "name: tidy\n" + runbook_for("Quick"));
    world.write_runbook("another", "name: Wrong\n" + runbook_for("Quick"));
    hang_up(world);
    REQUIRE(wait_for([&] { return runbook_named(world, "tidy").is_object(); }));

    world.write_runbook("a-file", "{{{");
    const auto knows_the_problem = [&] {
        const auto tidy = runbook_named(world, "tidy");
        // The problem of its own file, not of the other bad one.
        return tidy.is_object() && tidy.at("problem").is_string() &&
               tidy.at("problem").get<std::string>().find("a-file.yaml:") != std::string::npos;
    };
    hang_up(world);
    CHECK(wait_for(knows_the_problem));
    world.daemon().signal(SIGTERM);
    CHECK(world.daemon().wait() == 0);
    world.start_daemon();
    CHECK(knows_the_problem());
    CHECK(world.end_of_run(world.start_run("tidy")) == "completed");
    CHECK(runbook_named(world, "slow").at("problem").is_null());
}

TEST_CASE("a runbook whose file has gone is retired, and its text stays in the record", "[end_to_end]") {
    World world;
    start_world(world);
    std::filesystem::remove(world.folder.file("runbooks.d/slow.yaml"));
    hang_up(world);
    REQUIRE(wait_for([&] { return world.get("/v1/runbooks").json().empty(); }));
    // What the daemon knows is on disk a moment later.
    REQUIRE(wait_for([&] {
        return world.store().number(
                   "SELECT count(*) FROM runbook_revisions WHERE effective_until IS NOT NULL") == 1;
    }));
    CHECK(world.ctl({"run", "slow"}).status == 1);
    CHECK(world.store().text("SELECT yaml FROM runbook_revisions WHERE runbook = 'slow' AND effective_until "
                             "IS NOT NULL") == runbook_for("Slow"));
}

}  // namespace runbookd::end_to_end
