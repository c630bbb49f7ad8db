// One daemon, two accounts, two sandboxes: neither waits for the other, and the record keeps them apart.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/contains.hpp"
#include "end_to_end/harness/wait_for.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

constexpr Limit kLong{100'000};

std::string fleet(const std::string& site, const std::string& hostname, int count,
                  const std::string& pickup) {
    return "pickup: " + pickup + "\nactivity_log: {lag: 100ms..500ms}\nsites:\n  - {name: " + site +
           ", devices: [{hostname: \"" + hostname + "{n:02}\", count: " + std::to_string(count) +
           ", os: Microsoft Windows 11 Pro}]}\n"
           "components: [{name: Report, script: 'echo \"$HOSTNAME\"'}]\n";
}

std::string runbook(const std::string& account, const std::string& schedule = {}) {
    return "account: " + account + "\ncomponent: Report\ntargets: {include: [{all: true}]}\n" +
           (schedule.empty() ? "" : "schedule: \"" + schedule + "\"\nwindow: 5s\n");
}

/// A daemon for the accounts alpha and beta; beta's sandbox is another world's.
struct Both {
    World world;
    World beta;

    Both() {
        world.write_fleet(fleet("Acme", "ALPHA", 4, "50ms..200ms"));
        beta.write_fleet(fleet("Birch", "BETA", 2, "50ms..200ms"));
        world.start_sandbox();
        beta.start_sandbox();
    }
    /// As World::write_settings, with both accounts, or with alpha alone.
    void write_settings(const std::string& limits_of_alpha = "auto", bool with_beta = true) const {
        const auto account = [](const std::string& name, unsigned short port, const std::string& limits) {
            return "  " + name + ": {api: datto, url: 'http://127.0.0.1:" + std::to_string(port) +
                   "', key: demo-key, secret: demo-secret, budget: 100%, limits: " + limits + "}\n";
        };
        world.write_settings();  // the folders, and who may read the file
        world.folder.write("runbookd.yaml",
                           "allow_plaintext_secrets: true\naccounts:\n" +
                               account("alpha", world.sandbox_port(), limits_of_alpha) +
                               (with_beta ? account("beta", beta.sandbox_port(), "auto") : "") +
                               "runbooks: runbooks.d\nstore: audit.db\ncontrol: {socket: control.sock}\n"
                               "log: {level: info, format: text}\n");
    }
    [[nodiscard]] json account(const std::string& name) const {
        const auto status = world.status();
        for (const auto& one : status.value("accounts", json::array()))
            if (one.at("account") == name) return one;
        return {};
    }
    [[nodiscard]] std::int64_t count(const std::string& sql) const { return world.store().number(sql); }
};

}  // namespace

TEST_CASE("one account goes on in time while the other is exhausted, or away", "[end_to_end]") {
    Both both;
    auto& world = both.world;
    world.write_runbook("by-hand-alpha", runbook("alpha"));
    world.write_runbook("by-hand-beta", runbook("beta"));
    both.write_settings("{reads: 600, writes: 100, creates: 2}");
    world.start_daemon();
    REQUIRE(wait_for([&] { return world.status().at("fleet_devices") == 6; }));

    // Alpha may create two jobs a minute, and has four devices.
    const auto of_alpha = world.start_run("by-hand-alpha");
    const auto of_beta = world.start_run("by-hand-beta");
    CHECK(world.end_of_run(of_beta) == "completed");
    CHECK(both.count("SELECT finished_at IS NULL FROM run_history WHERE run_uid = '" + of_alpha + "'") == 1);
    CHECK(both.account("alpha")["creates"]["used"] == 2);
    CHECK(both.account("alpha")["creates"]["allowed"] == 2);
    CHECK(both.account("beta")["creates"]["used"] == 2);
    CHECK(world.status().at("creates").at("used") == 4);

    // Whose device it is decides; nobody asks for the account.
    const auto quick = world.ctl({"quickjob", "--device", "BETA02", "--component", "Report", "--wait"});
    CHECK(quick.status == 0);
    CHECK(quick.out == "BETA02\n");
    CHECK(both.beta.ledger().accepted().size() == 3);
    const auto devices = json::parse(world.ctl({"devices", "--json"}).out);
    REQUIRE(devices.size() == 6);
    for (const auto& device : devices)
        CHECK(device.at("account") ==
              (device.at("hostname").get<std::string>().starts_with("ALPHA") ? "alpha" : "beta"));
    CHECK(both.count("SELECT count(*) FROM device_fleet WHERE account = 'beta'") == 2);
    CHECK_THAT(world.ctl({"status"}).out, contains("beta:"));

    // Beta goes away; alpha's schedule does not care, and what beta misses is recorded.
    both.beta.stop_sandbox();
    world.write_runbook("tick-alpha", runbook("alpha", "*/5 * * * * *"));
    world.write_runbook("tick-beta", runbook("beta", "*/5 * * * * *"));
    CHECK(world.ctl({"apply"}).status == 0);
    REQUIRE(wait_for(
        [&] {
            return both.count(
                       "SELECT count(*) FROM occurrence_history WHERE runbook = 'tick-beta' AND "
                       "verdict = 'missed'") >= 1 &&
                   both.count(
                       "SELECT count(*) FROM run_history WHERE runbook = 'tick-alpha' AND "
                       "started_at IS NOT NULL") >= 2;
        },
        kLong, Limit{100}));
    CHECK(both.count("SELECT count(*) FROM occurrence_history WHERE runbook = 'tick-alpha' AND verdict NOT "
                     "IN ('on_time', 'skipped')") == 0);
    CHECK(both.account("alpha")["state"] == "running");
    CHECK(both.account("beta")["state"] == "degraded");
    const auto status = world.status();
    CHECK(status.at("state") == "degraded");
    REQUIRE(status.at("problems").size() == 1);
    CHECK_THAT(status.at("problems")[0].get<std::string>(),
               contains("account beta: the API does not answer"));

    // And is there again.
    both.beta.start_sandbox();
    REQUIRE(wait_for([&] { return both.account("beta")["state"] == "running"; }, kLong, Limit{100}));
    REQUIRE(wait_for(
        [&] {
            return both.count(
                       "SELECT count(*) FROM run_history WHERE runbook = 'tick-beta' AND status = "
                       "'completed' AND succeeded = 2") >= 1;
        },
        kLong, Limit{100}));
    CHECK(both.count("SELECT count(*) FROM run_history WHERE account <> CASE WHEN runbook LIKE '%beta' OR "
                     "runbook = 'quickjob' THEN 'beta' ELSE 'alpha' END") == 0);
    CHECK(world.fault_in_record() == "");
    const auto verified = world.ctl({"verify"});
    INFO(verified.out);
    CHECK(verified.status == 0);
    CHECK(world.stop_daemon() == 0);
}

TEST_CASE("a runbook moves to another account, and an account leaves and comes back with its open runs",
          "[end_to_end]") {
    Both both;
    auto& world = both.world;
    both.beta.stop_sandbox();
    both.beta.write_fleet(fleet("Birch", "BETA", 2, "20s..21s"));
    both.beta.start_sandbox();
    world.write_runbook("report", runbook("alpha"));
    both.write_settings();
    world.start_daemon();
    REQUIRE(wait_for([&] { return world.status().at("fleet_devices") == 6; }));
    CHECK(world.end_of_run(world.start_run("report")) == "completed");
    CHECK(world.ledger().accepted().size() == 4);

    world.write_runbook("report", runbook("beta"));
    CHECK_THAT(world.ctl({"diff"}).out, contains("account"));
    CHECK(world.ctl({"apply"}).status == 0);
    const auto open = world.start_run("report");
    REQUIRE(wait_for([&] { return both.beta.ledger().accepted().size() == 2; }));
    CHECK(world.ledger().accepted().size() == 4);
    CHECK(world.store().text("SELECT group_concat(revision || account, ' ') FROM (SELECT revision, account "
                             "FROM run_history WHERE runbook = 'report' ORDER BY revision)") ==
          "1alpha 2beta");
    CHECK(both.count("SELECT count(*) FROM runbook_revisions WHERE effective_until IS NULL") == 1);

    // Beta's two jobs are not picked up yet. The settings forget it; its run stays as it is.
    CHECK(world.stop_daemon() == 0);
    both.write_settings("auto", false);
    world.start_daemon();
    const auto problems = world.status().at("problems").dump();
    CHECK_THAT(problems, contains("account beta: it is not in the configuration any more; 1 open run and 2 "
                                  "open jobs of it stay as they are"));
    CHECK_THAT(problems, contains("there is no account 'beta' in the configuration"));
    CHECK(both.account("beta")["state"] == "absent");
    CHECK_THAT(world.daemon_log(), contains("account.absent"));
    const auto refused = world.ctl({"run", "report"});
    CHECK(refused.status == 3);
    CHECK_THAT(refused.err, contains("not in the configuration any more"));
    CHECK(world.ctl({"quickjob", "--device", "ALPHA01", "--component", "Report", "--wait"}).status == 0);
    CHECK(both.count("SELECT pending FROM run_history WHERE run_uid = '" + open + "'") == 2);
    CHECK(world.stop_daemon() == 0);

    both.write_settings();
    world.start_daemon();
    CHECK(world.end_of_run(open, kLong) == "completed");
    CHECK(both.beta.ledger().accepted().size() == 2);
    CHECK(world.status().at("problems").empty());
    CHECK(both.count("SELECT count(*) FROM device_fleet WHERE gone_at IS NOT NULL") == 0);
    CHECK(world.ctl({"verify"}).status == 0);
    CHECK(world.stop_daemon() == 0);
}

}  // namespace runbookd::end_to_end
