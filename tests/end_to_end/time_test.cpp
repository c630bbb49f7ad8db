// The promises about time, on the real clock: instants that pass while the daemon is stopped or away, and
// pauses. (What becomes of a clock that is set is shown by the simulation: nobody sets a machine's clock for
// a test.)
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "catch.hpp"
#include "end_to_end/harness/contains.hpp"
#include "end_to_end/harness/event_chain.hpp"
#include "end_to_end/harness/past_store.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

constexpr std::int64_t kPeriod = 2'000;  // of the runbooks that "tick"
constexpr std::int64_t kMinute = 60'000;

constexpr const char* kFleet = R"(
limits: off
pickup: 50ms
activity_log: {lag: 100ms..500ms}
sites:
  - {name: Acme, devices: [{hostname: PC01}]}
components:
  - {name: Tick, script: "echo tick"}
)";

// Windows of three periods, so that some are still open when the daemon finds that it was stopped.
constexpr const char* kTick = R"(
schedule: "*/2 * * * * *"
window: 6s
overlap: allow
targets: {include: [{all: true}]}
component: Tick
)";

constexpr const char* kMinutely = R"(
schedule: {cron: "* * * * *", catch_up: none}
window: 1m
targets: {include: [{all: true}]}
component: Tick
)";

void start_world(World& world, const std::map<std::string, std::string>& runbooks) {
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings();
    for (const auto& [name, text] : runbooks) world.write_runbook(name, text);
    world.start_daemon();
}

std::int64_t runs_where(const World& world, const std::string& condition) {
    return world.store().number("SELECT count(*) FROM runs WHERE " + condition);
}

/// Waits until the runbook has begun a run for an instant of this one or later.
[[nodiscard]] bool fires_from(const World& world, const std::string& runbook, std::int64_t instant) {
    return wait_for([&] {
        return runs_where(world, "runbook = '" + runbook + "' AND started_at IS NOT NULL AND nominal_at >= " +
                                     std::to_string(instant)) > 0;
    });
}

/// Every instant from the first verdict to the last has one verdict, and `verify` finds nothing to say.
void check_every_instant(const World& world, const std::string& runbook, std::int64_t period) {
    INFO(runbook);
    const auto row = world.store()
                         .rows(
                             "SELECT min(nominal_at) AS first, max(nominal_until) AS last, sum(count) AS n "
                             "FROM occurrences WHERE voided_at IS NULL AND runbook = '" +
                             runbook + "'")
                         .at(0);
    REQUIRE(row.at("n") != kNull);
    CHECK(std::stoll(row.at("n")) == (std::stoll(row.at("last")) - std::stoll(row.at("first"))) / period + 1);
    const auto verified = world.ctl({"verify"});
    INFO(verified.out);
    CHECK(verified.status == 0);
}

/// No instant has two jobs in the sandbox's ledger: it has one device.
void check_nothing_ran_twice(const World& world) {
    const auto store = world.store();
    std::set<std::string> served;
    for (const auto& accepted : world.ledger().accepted()) {
        INFO(accepted.job_name);
        const auto nominal =
            store.text("SELECT nominal_at FROM job_history WHERE job_uid = '" + accepted.job_uid + "'");
        CHECK(nominal != kNull);
        CHECK(served.insert(accepted.runbook + nominal).second);
    }
}

}  // namespace

// ── the daemon does not get to run ──

namespace {

/// All has ended that was begun, and the next instant is not at hand: whatever stops the daemon now, stops it
/// between two instants.
bool is_between_instants(const World& world) {
    const auto now = wall_clock_ms();
    const auto newest = world.store().number("SELECT max(nominal_at) FROM runs");
    return newest == now - now % kPeriod && now % kPeriod < kPeriod * 3 / 4 &&
           runs_where(world, "finished_at IS NULL") == 0;
}

/// What became of the instants after `last`, up to the first that was served.
void check_stall(const World& world, std::int64_t last, std::int64_t resumed) {
    const auto store = world.store();
    const auto after = " AND nominal_at > " + std::to_string(last);
    const auto served = store.number("SELECT min(nominal_at) FROM runs WHERE started_at IS NOT NULL" + after);
    const auto rows = store.rows("SELECT * FROM occurrences WHERE nominal_at <= " + std::to_string(served) +
                                 after + " ORDER BY nominal_at");
    REQUIRE(rows.size() == 3);  // neighbours share a row
    CHECK(rows[0].at("verdict") == "missed");
    CHECK(rows[0].at("reason") == "daemon_stalled");
    CHECK(std::stoll(rows[0].at("count")) >= 1);
    CHECK(rows[1].at("verdict") == "skipped");
    CHECK(rows[1].at("reason") == "catch_up");
    CHECK(rows[2].at("verdict") == "on_time");  // that is up to a minute after the instant
    std::int64_t count = 0;
    for (const auto& row : rows) count += std::stoll(row.at("count"));
    CHECK(count == (served - last) / kPeriod);
    // The newest of those that were due, begun after the daemon woke up; one job for all of them.
    CHECK(served + kPeriod > resumed);
    CHECK(runs_where(world, "nominal_at = " + std::to_string(served) +
                                " AND planned_at >= " + std::to_string(resumed)) == 1);
    CHECK(store.number("SELECT count(*) FROM jobs j JOIN runs r ON r.id = j.run WHERE r.nominal_at <= " +
                       std::to_string(served) + after) == 1);
}

}  // namespace

TEST_CASE(
    "a daemon that was stopped over its instants runs once for those still open and says what it missed",
    "[end_to_end]") {
    World world;
    start_world(world, {{"tick", kTick}});
    REQUIRE(wait_for([&] { return is_between_instants(world); }));
    world.daemon().signal(SIGSTOP);
    const auto last = world.store().number("SELECT max(nominal_at) FROM runs");
    const auto accepted = world.ledger().accepted_count();
    // By then the window of one instant has closed, and those of three are open.
    REQUIRE(wait_for([&] { return wall_clock_ms() > last + 4 * kPeriod; }));
    CHECK(world.ledger().accepted_count() == accepted);  // else it was not stopped, and this shows nothing
    const auto resumed = wall_clock_ms();
    world.daemon().signal(SIGCONT);
    REQUIRE(fires_from(world, "tick", resumed + kPeriod));  // and it goes on as before

    INFO(world.daemon_log());
    check_stall(world, last, resumed);
    check_every_instant(world, "tick", kPeriod);
    check_nothing_ran_twice(world);
    CHECK(fault_in_chain(world.store()) == "");
}

// ── the daemon is away ──

TEST_CASE("a month of downtime is one row, and keeps nobody waiting", "[end_to_end]") {
    constexpr std::int64_t kMinutes = 30 * 24 * 60;
    World world;
    start_world(world, {{"minutely", kMinutely}});
    CHECK(world.stop_daemon() == 0);
    age_store(world.folder.file("audit.db"), std::chrono::milliseconds(kMinutes * kMinute));
    const auto begun = world.store().number("SELECT effective_from FROM revisions");
    REQUIRE(begun < wall_clock_ms() - kMinutes * kMinute);

    const auto before = wall_clock_ms();
    world.launch_daemon();
    REQUIRE(wait_for([&] { return world.status().is_object(); }));
    std::cout << "the socket answers " << wall_clock_ms() - before
              << " ms after a start that follows a month\n";
    const std::string missed = " FROM occurrence_history WHERE verdict = 'missed' AND run_uid IS NULL";
    REQUIRE(wait_for([&] { return world.store().number("SELECT count(*)" + missed) > 0; }));
    const auto rows = world.store().rows("SELECT *" + missed);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].at("reason") == "daemon_down");
    CHECK(std::abs(std::stoll(rows[0].at("count")) - kMinutes) <= 1);
    CHECK(world.store().number("SELECT min(nominal_at) FROM occurrences") ==
          begun - begun % kMinute + kMinute);
    // `catch_up: none`: the last instant is not made up for either, although its window is open.
    CHECK(world.store().number("SELECT count(*) FROM occurrence_history WHERE verdict = 'caught_up'") == 0);

    check_every_instant(world, "minutely", kMinute);
    const auto verified = json::parse(world.ctl({"verify", "--json"}).out);
    CHECK(verified.at("runbooks") == 1);
    CHECK(verified.at("instants").get<std::int64_t>() >= kMinutes - 1);
    CHECK(verified.at("pending").get<std::int64_t>() <= 1);
    CHECK(fault_in_chain(world.store()) == "");
}

// ── pauses ──

namespace {

/// Waits until so many more instants have been passed over because of a pause.
[[nodiscard]] bool passes_over(const World& world, std::int64_t instants) {
    const auto paused = [&] {
        return world.store().number(
            "SELECT sum(count) FROM occurrence_history WHERE verdict = 'skipped' AND reason = 'paused'");
    };
    const auto before = paused();
    return wait_for([&] { return paused() >= before + instants; });
}

void check_nothing_began_in_pauses(const World& world) {
    const auto count = [&](const std::string& from, const std::string& time) {
        return world.store().number("SELECT count(*) FROM pauses p, " + from +
                                    " WHERE p.scope IN ('', r.runbook) AND " + time + " > p.from_at AND " +
                                    time + " < min(p.until_at, ifnull(p.ended_at, p.until_at))");
    };
    CHECK(count("runs r", "r.nominal_at") == 0);
    CHECK(count("jobs j JOIN runs r ON r.id = j.run", "j.created_at") == 0);
}

}  // namespace

TEST_CASE("a paused runbook fires for nobody, also after a restart, until it is resumed", "[end_to_end]") {
    World world;
    start_world(world, {{"tick", kTick}});
    REQUIRE(fires_from(world, "tick", 0));
    CHECK(world.ctl({"pause", "tick", "--for", "1h", "--reason", "ticket 4711"}).status == 0);
    const auto check_paused = [&] {
        const auto refused = world.ctl({"run", "tick"});
        CHECK(refused.status == 4);
        CHECK_THAT(refused.err, contains("is paused until") && contains("ticket 4711"));
        CHECK_THAT(world.ctl({"status"}).out, contains("tick until") && contains("ticket 4711"));
        const auto runbooks = json::parse(world.ctl({"runbooks", "--json"}).out);
        CHECK(runbooks.at(0).at("paused_until").is_string());
    };
    check_paused();
    REQUIRE(passes_over(world, 1));
    const auto accepted = world.ledger().accepted_count();

    CHECK(world.stop_daemon() == 0);
    world.start_daemon();
    check_paused();
    REQUIRE(passes_over(world, 2));
    CHECK(world.ledger().accepted_count() == accepted);

    CHECK(world.ctl({"resume", "tick"}).status == 0);
    const auto resumed = wall_clock_ms();
    CHECK(world.ctl({"resume", "tick"}).status == 1);  // nothing is paused any more
    CHECK_THAT(world.ctl({"status"}).out, !contains("ticket 4711"));
    CHECK(world.ctl({"run", "tick"}).status == 0);
    REQUIRE(fires_from(world, "tick", resumed));
    CHECK(world.store().number("SELECT ended_by = actor FROM pause_history") == 1);
    check_every_instant(world, "tick", kPeriod);
    check_nothing_began_in_pauses(world);
    CHECK(fault_in_chain(world.store()) == "");
}

TEST_CASE("a pause of everything holds every runbook and quick jobs, and ends by itself", "[end_to_end]") {
    World world;
    start_world(world, {{"tick", kTick}, {"tock", kTick}});
    REQUIRE(fires_from(world, "tick", 0));
    REQUIRE(fires_from(world, "tock", 0));
    CHECK(world.ctl({"pause", "--all", "--for", "1h", "--reason", "a freeze"}).status == 0);
    for (const char* name : {"tick", "tock"}) CHECK(world.ctl({"run", name}).status == 4);
    CHECK(world.ctl({"quickjob", "--device", "PC01", "--component", "Tick"}).status == 4);
    CHECK_THAT(world.ctl({"status"}).out, contains("everything until") && contains("a freeze"));
    REQUIRE(passes_over(world, 3));  // one at least of each

    // Set again: it is over soon, and nobody resumes it.
    CHECK(world.ctl({"pause", "--all", "--for", "1s", "--reason", "nearly done"}).status == 0);
    const auto until = world.store().number("SELECT until_at FROM pauses ORDER BY id DESC");
    REQUIRE(fires_from(world, "tick", until));
    REQUIRE(fires_from(world, "tock", until));
    CHECK(world.store().text("SELECT ended_by FROM pause_history WHERE reason = 'nearly done'").empty());
    CHECK(world.ctl({"run", "tick"}).status == 0);
    for (const char* name : {"tick", "tock"}) check_every_instant(world, name, kPeriod);
    check_nothing_began_in_pauses(world);
}

}  // namespace runbookd::end_to_end
