// Runs that wait for a person, over loopback: yes, no, who may not say it, and a kill while nobody has
// answered.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/contains.hpp"
#include "end_to_end/harness/wait_for.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

constexpr const char* kFleet = R"(
pickup: 20ms..50ms
activity_log: {lag: 50ms..100ms}
limits: off
sites:
  - name: Acme
    devices: [{hostname: PC1}, {hostname: PC2}, {hostname: PC3}]
components:
  - {name: Sweep, script: 'echo swept'}
)";

std::string sweep(const std::string& approval) {
    return "component: Sweep\ntargets: {include: [{all: true}]}\napproval: " + approval + "\n";
}

void start_world(World& world) {
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings({.limits = "off"});
    world.write_runbook("sweep", sweep("required"));
    world.write_runbook("sweep-by-two", sweep("{not_starter: true}"));
    world.start_daemon();
}

std::string word_on(const World& world, const std::string& run) {
    return world.store().text(
        "SELECT status || ' / ' || ifnull(reason, '') FROM run_history WHERE run_uid = '" + run + "'");
}

bool waits(const World& world, const std::string& run) {
    return wait_for([&] { return word_on(world, run) == "waiting / approval"; });
}

/// How many targets of the run have each disposition and reason, as one text.
std::string targets_of(const World& world, const std::string& run) {
    return world.store().text(
        "SELECT group_concat(line, ', ') FROM (SELECT count(*) || ' ' || disposition || ' / ' || "
        "ifnull(reason, '') AS line FROM target_ledger WHERE run_uid = '" +
        run + "' GROUP BY disposition, reason)");
}

std::string starter_of(const World& world, const std::string& run) {
    return world.store().text("SELECT actor FROM run_history WHERE run_uid = '" + run + "'");
}

Row approval_of(const World& world, const std::string& run) {
    const auto rows = world.store().rows(
        "SELECT approval_uid, state, actor, note, devices, decided_at FROM approval_history WHERE run_uid = "
        "'" +
        run + "'");
    return rows.size() == 1 ? rows.front() : Row{};
}

}  // namespace

TEST_CASE("a run waits for a yes, and after a no nothing of it is created", "[end_to_end]") {
    World world;
    start_world(world);

    // ── yes ──
    const auto approved = world.start_run("sweep");
    REQUIRE(waits(world, approved));
    CHECK(world.ledger().accepted_count() == 0);
    CHECK(targets_of(world, approved) == "3 pending / ");
    auto asked = approval_of(world, approved);
    CHECK(asked["state"] == "asked");
    CHECK(asked["devices"] == "3");
    CHECK(asked["decided_at"] == kNull);
    const auto yes = world.ctl({"approve", approved, "--note", "change 4711", "--json"});
    REQUIRE(yes.status == 0);
    const auto told = json::parse(yes.out);
    CHECK(told.at("run_uid") == approved);
    CHECK(told.at("runbook") == "sweep");
    CHECK(told.at("wave") == 1);
    CHECK(told.at("devices") == 3);
    CHECK(world.end_of_run(approved) == "completed");
    CHECK(targets_of(world, approved) == "3 succeeded / ");
    CHECK(world.ledger().accepted_count() == 3);
    auto said = approval_of(world, approved);
    CHECK(said["state"] == "approved");
    CHECK(said["note"] == "change 4711");
    CHECK(said["actor"] == starter_of(world, approved));
    CHECK(said["decided_at"] != kNull);
    CHECK(world.ctl({"approve", approved}).status == 1);

    // ── no ──
    Process waiting({RUNBOOKCTL, "--socket", world.socket().string(), "run", "sweep", "--wait"},
                    world.folder.file("waiting"));
    std::string rejected;
    REQUIRE(wait_for([&] {
        rejected = world.store().text("SELECT run_uid FROM run_history WHERE status = 'waiting'");
        return rejected != kNull;
    }));
    CHECK(world.ctl({"reject", rejected}).status == 2);
    const auto no = world.ctl({"reject", "sweep", "--reason", "not before the audit"});
    CHECK(no.status == 0);
    CHECK_THAT(no.out, contains("run " + rejected + " of sweep is rejected: 3 devices get no job"));
    CHECK(waiting.wait() == 4);
    CHECK(word_on(world, rejected) == "completed / not_approved");
    CHECK(targets_of(world, rejected) == "3 skipped / not_approved");
    said = approval_of(world, rejected);
    CHECK(said["state"] == "rejected");
    CHECK(said["note"] == "not before the audit");
    CHECK(said["actor"] == starter_of(world, rejected));
    CHECK(world.ctl({"approve", rejected}).status == 1);
    CHECK(world.ctl({"reject", rejected, "--reason", "again"}).status == 1);

    // ── not by whoever started it ──
    const auto own = world.start_run("sweep-by-two");
    REQUIRE(waits(world, own));
    const auto refused = world.ctl({"approve", own});
    CHECK(refused.status == 4);
    CHECK_THAT(refused.err, contains("may not be approved by whoever started it"));
    CHECK(word_on(world, own) == "waiting / approval");
    CHECK(world.ctl({"reject", own, "--reason", "nobody else is here"}).status == 0);
    CHECK(world.end_of_run(own) == "completed");

    CHECK(world.ledger().accepted_count() == 3);
    CHECK(world.fault_in_record().empty());
    CHECK(world.stop_daemon() == 0);
    CHECK(world.ctl({"approve", approved}).status == 3);
}

TEST_CASE("what waits for approval outlives a kill, and goes on once it is approved", "[end_to_end]") {
    World world;
    start_world(world);
    const auto run = world.start_run("sweep");
    REQUIRE(waits(world, run));
    world.daemon().kill();
    world.start_daemon();
    CHECK(word_on(world, run) == "waiting / approval");
    CHECK(world.ledger().accepted_count() == 0);
    CHECK(world.ctl({"approve", run, "--note", "after the restart"}).status == 0);
    CHECK(world.end_of_run(run) == "completed");
    CHECK(targets_of(world, run) == "3 succeeded / ");
    CHECK(world.ledger().accepted_count() == 3);
    auto said = approval_of(world, run);
    CHECK(said["state"] == "approved");
    CHECK(said["note"] == "after the restart");
    CHECK(world.store().number("SELECT count(*) FROM event_trail WHERE kind = 'approval.requested'") == 1);
    CHECK(world.store().number("SELECT count(*) FROM event_trail WHERE kind = 'run.approved'") == 1);
    CHECK(world.fault_in_record().empty());
    CHECK(world.stop_daemon() == 0);
}

}  // namespace runbookd::end_to_end
