// The daemon killed without warning while it creates and follows jobs, and started again each time. The
// sandbox's ledger is the witness: it knows what really happened.
#include <cstdlib>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <thread>

#include "catch.hpp"
#include "end_to_end/harness/event_chain.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::int64_t kCreatesInFlight = 8;  // promise 1: at most so many per kill may be in doubt
constexpr Limit kRecovery{300'000};
constexpr Limit kShortNap{1};

// Creates take effect at once and are answered late, so that a kill finds some between the two.
constexpr const char* kFleet = R"(
limits: off
pickup: 200ms..1s
activity_log: {lag: 100ms..500ms}
sites:
  - {name: Acme, devices: [{hostname: "PC{n:02}", count: DEVICES}]}
components:
  - name: Sweep
    variables: [{name: ticket, type: string, default: none}]
    script: |
      echo "$HOSTNAME swept for $ticket"
      sleep 0.2
      case "$HOSTNAME" in
        *7) echo "$HOSTNAME is full" >&2; exit 3 ;;
        *9) exit 64 ;;
      esac
faults:
)";
constexpr const char* kSlowCreates =
    "  - {operation: quickjob, nth: 1, times: 0, kind: slow, delay: 100ms}\n";
constexpr const char* kFailures = R"(
  - {operation: quickjob, nth: 4, times: 2, kind: reset_after}
  - {operation: quickjob, nth: 11, times: 2, kind: reset_before}
  - {operation: quickjob, nth: 19, times: 2, kind: status, status: 500}
  - {operation: quickjob, nth: 30, times: 1, kind: cut}
  - {operation: results, nth: 5, times: 2, kind: status, status: 503}
  - {operation: stdout, nth: 3, times: 2, kind: reset_after}
  - {operation: activity_logs, nth: 2, times: 1, kind: reset_before}
)";

constexpr const char* kRunbook = R"(
targets: {include: [{all: true}]}
component: Sweep
variables: {ticket: T-4711}
rollout: {max_in_flight: 10000}
)";

std::uint64_t seed_of_this_run() {
    if (const char* given = std::getenv("RUNBOOKD_TEST_SEED")) return std::strtoull(given, nullptr, 10);
    return std::random_device{}();
}

class Killer {
public:
    /// `longest_life`: of a daemon that creates nothing, from when it answers.
    Killer(World& world, std::uint64_t seed, milliseconds longest_life)
        : world_(world), random_(seed), longest_life_(longest_life) {}

    /// Lets the daemon live for a while, kills it, and starts it again.
    void strike() {
        const auto ledger = world_.ledger();
        const auto wanted = ledger.accepted_count() + draw(1, 7);
        const auto creates_go_out = [&] { return ledger.accepted_count() >= wanted; };
        if (draw(1, 5) > 1) {  // else: anywhere, also while it starts
            (void)wait_for([&] { return creates_go_out() || world_.status().is_object(); }, kPatience,
                           kShortNap);
            (void)wait_for(creates_go_out,
                           milliseconds(draw(50, static_cast<std::uint64_t>(longest_life_.count()))),
                           kShortNap);
            std::this_thread::sleep_for(microseconds(draw(0, 3000)));
        } else {
            std::this_thread::sleep_for(milliseconds(draw(0, 500)));
        }
        world_.daemon().kill();
        world_.launch_daemon();
    }

private:
    std::uint64_t draw(std::uint64_t from, std::uint64_t to) {
        return std::uniform_int_distribution<std::uint64_t>(from, to)(random_);
    }

    World& world_;
    std::mt19937_64 random_;
    milliseconds longest_life_;
};

struct Truth {
    std::string disposition, status, reason, out, err;
};

/// What the script does on this device, and so what must be in the store.
Truth truth_about(const std::string& hostname) {
    const auto out = hostname + " swept for T-4711\n";
    if (hostname.back() == '7') return {"failed", "failed", "datto_failure", out, hostname + " is full\n"};
    if (hostname.back() == '9') return {"warning", "completed", "warnings", out, kNull};
    return {"succeeded", "completed", "", out, kNull};
}

void check_against_ledger(const World& world, const std::string& run) {
    const auto store = world.store();
    std::set<std::string> devices;
    std::map<std::string, std::string> upstream_by_job;
    for (const auto& accepted : world.ledger().accepted()) {
        INFO(accepted.job_name);
        CHECK(devices.insert(accepted.device_uid).second);  // at most once
        CHECK(upstream_by_job.emplace(accepted.job_uid, accepted.datto_job_uid).second);
    }
    const auto jobs = store.rows(
        "SELECT j.*, t.disposition, t.reason AS target_reason FROM job_history j "
        "JOIN target_ledger t USING (run_uid, device_uid) WHERE run_uid = '" +
        run + "'");
    std::size_t known = 0;
    for (const auto& job : jobs) {
        INFO(job.at("hostname") << " " << job.at("job_uid"));
        const auto upstream = upstream_by_job.find(job.at("job_uid"));
        if (upstream == upstream_by_job.end()) {
            CHECK(job.at("status") == "failed");
            CHECK(job.at("reason") == "unknown_dispatch");
            CHECK(job.at("disposition") == "unknown");
            continue;
        }
        ++known;
        const auto truth = truth_about(job.at("hostname"));
        CHECK(job.at("status") == truth.status);
        CHECK(job.at("reason") == truth.reason);
        CHECK(job.at("disposition") == truth.disposition);
        CHECK(job.at("stdout") == truth.out);
        CHECK(job.at("stderr") == truth.err);
        CHECK(job.at("datto_job_uid") == upstream->second);
    }
    CHECK(known == upstream_by_job.size());  // nothing lost
}

std::string fleet_of(std::int64_t devices, const std::string& faults) {
    std::string fleet = kFleet;
    const std::string gap = "DEVICES";
    return fleet.replace(fleet.find(gap), gap.size(), std::to_string(devices)) + faults;
}

struct Hardship {
    std::int64_t devices = 60;
    std::string faults;
    int kills = 0;
    milliseconds longest_life{0};
    std::int64_t failed_creates = 0;  ///< that never reach the API because of a fault
};

/// Kills the daemon again and again during a run over all devices; what the promises say holds afterwards.
void survive(const Hardship& hardship) {
    const auto kills = hardship.kills;
    const auto seed = seed_of_this_run();
    std::cout << "seed " << seed << " (set RUNBOOKD_TEST_SEED to repeat its draws)\n";
    INFO("seed " << seed);
    World world;
    world.write_fleet(fleet_of(hardship.devices, hardship.faults));
    world.start_sandbox();
    world.write_settings({.unknown_after = "10s", .limits = "off"});
    world.write_runbook("sweep", kRunbook);
    world.start_daemon();
    const auto run = world.start_run("sweep");
    Killer killer(world, seed, hardship.longest_life);
    for (int i = 0; i < kills; ++i) killer.strike();

    const auto store = world.store();
    REQUIRE(wait_for([&] { return world.status().is_object(); }));
    const auto ended = world.end_of_run(run, kRecovery);
    UNSCOPED_INFO(world.daemon_log());
    CHECK(ended == "failed");  // the devices that end in 7
    check_against_ledger(world, run);
    const auto row = store.rows("SELECT * FROM run_history WHERE run_uid = '" + run + "'").at(0);
    CHECK(row.at("targets") == std::to_string(hardship.devices));
    CHECK(row.at("pending") == "0");
    const auto unknown = std::stoll(row.at("unknown"));
    CHECK(unknown <= kCreatesInFlight * kills + hardship.failed_creates);
    CHECK(store.number("SELECT count(*) FROM target_ledger WHERE disposition NOT IN ('succeeded', 'warning', "
                       "'failed', 'unknown')") == 0);
    const auto found = store.number(
        "SELECT count(*) FROM event_trail WHERE kind = 'job.queued' AND data LIKE '%activity log%'");
    CHECK(found > 0);  // else no kill came between a create and its answer, and this showed nothing
    CHECK(fault_in_chain(store) == "");
    CHECK(world.fault_in_record() == "");
    std::cout << kills << " kills: " << found << " creates found again in the activity log, " << unknown
              << " never reached the API\n";
}

}  // namespace

TEST_CASE("ten kills while sixty jobs are created and run lose nothing and run nothing twice",
          "[end_to_end]") {
    survive({60, kSlowCreates, 10, milliseconds(700), 0});
}

TEST_CASE("a hundred kills over two thousand jobs lose nothing and run nothing twice", "[end_to_end]") {
    survive({2000, kSlowCreates, 100, milliseconds(2500), 0});
}

TEST_CASE("kills and a failing API together lose nothing and run nothing twice", "[end_to_end]") {
    constexpr std::int64_t kCreatesThatFail = 4;  // reset_before and 500, twice each
    // Longer lives: after each failure the daemon calls nobody for a second or more.
    survive({60, std::string(kFailures) + kSlowCreates, 6, milliseconds(3000), kCreatesThatFail});
}

}  // namespace runbookd::end_to_end
