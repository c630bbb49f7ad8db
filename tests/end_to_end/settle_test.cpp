// What nobody knows about, settled by a person; and what of the API's limits is used meanwhile.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "end_to_end/harness/contains.hpp"
#include "end_to_end/harness/wait_for.hpp"
#include "end_to_end/harness/world.hpp"

namespace runbookd::end_to_end {
namespace {

using nlohmann::json;

// The first three creates get no answer, and Datto has never heard of them.
constexpr const char* kFleet = R"(
pickup: 20ms..50ms
activity_log: {lag: 50ms..100ms}
sites:
  - name: Acme
    devices: [{hostname: PC1}, {hostname: PC2}, {hostname: PC3}]
components:
  - {name: Sweep, script: 'echo swept'}
faults:
  - {operation: quickjob, nth: 1, times: 3, kind: reset_before}
)";
constexpr const char* kSweep = "component: Sweep\noffline: skip\ntargets: {include: [{all: true}]}\n";

/// The job of that device in a run.
std::string job_of(const World& world, const std::string& run, const std::string& hostname) {
    return world.store().text("SELECT job_uid FROM target_ledger WHERE run_uid = '" + run +
                              "' AND hostname = '" + hostname + "'");
}

std::string word_on(const World& world, const std::string& run, const std::string& hostname) {
    return world.store().text("SELECT disposition || ' / ' || reason FROM target_ledger WHERE run_uid = '" +
                              run + "' AND hostname = '" + hostname + "'");
}

}  // namespace

TEST_CASE("a person settles what nobody knows about, and the budget tells what was used", "[end_to_end]") {
    World world;
    world.write_fleet(kFleet);
    world.start_sandbox();
    world.write_settings({.unknown_after = "1s"});
    world.write_runbook("sweep", kSweep);
    world.start_daemon();
    const auto run = world.start_run("sweep");
    CHECK(world.end_of_run(run) == "failed");
    REQUIRE(world.ledger().accepted_count() == 0);
    const auto unknown = world.ctl({"targets", run, "--status", "unknown", "--json"});
    CHECK(unknown.status == 0);
    CHECK(json::parse(unknown.out).size() == 3);

    // ── what makes no sense ──
    const auto first = job_of(world, run, "PC1");
    CHECK(world.ctl({"settle", first, "--reason", "seen"}).status == 2);
    CHECK(world.ctl({"settle", first, "--ran"}).status == 2);
    CHECK(world.ctl({"settle", first, "--ran", "--not-run", "--reason", "seen"}).status == 2);
    CHECK(world.ctl({"settle", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "--ran", "--reason", "seen"}).status == 1);
    CHECK(word_on(world, run, "PC1") == "unknown / unknown_dispatch");

    // ── it ran ──
    const auto ran = world.ctl({"settle", first, "--ran", "--reason", "its log says so", "--json"});
    REQUIRE(ran.status == 0);
    const auto told = json::parse(ran.out);
    CHECK(told.at("job_uid") == first);
    CHECK(told.at("run_uid") == run);
    CHECK(told.at("hostname") == "PC1");
    CHECK(told.at("disposition") == "succeeded");
    CHECK(told.at("reason") == "by_person");
    CHECK(told.at("new_run_uid").is_null());
    CHECK(word_on(world, run, "PC1") == "succeeded / by_person");
    const auto again = world.ctl({"settle", first, "--not-run", "--reason", "changed my mind"});
    CHECK(again.status == 1);
    CHECK_THAT(again.err, contains("is settled: PC1"));

    // ── it did not ──
    const auto not_run =
        world.ctl({"settle", job_of(world, run, "PC2"), "--not-run", "--reason", "no trace of it"});
    CHECK(not_run.status == 0);
    CHECK_THAT(not_run.out, contains(" on PC2: failed / by_person"));
    CHECK(word_on(world, run, "PC2") == "failed / by_person");

    // ── and is to run now ──
    const auto sent = world.ctl(
        {"settle", job_of(world, run, "PC3"), "--redispatch", "--reason", "no trace of it", "--json"});
    REQUIRE(sent.status == 0);
    const auto another = json::parse(sent.out).at("new_run_uid").get<std::string>();
    CHECK(word_on(world, run, "PC3") == "failed / by_person");
    CHECK(world.end_of_run(another) == "completed");
    CHECK(word_on(world, another, "PC3") == "succeeded / ");
    CHECK(world.store().text("SELECT cause_uid FROM run_history WHERE run_uid = '" + another + "'") == run);
    CHECK(world.ledger().accepted_count() == 1);
    const auto known = world.ctl({"settle", job_of(world, another, "PC3"), "--ran", "--reason", "seen"});
    CHECK(known.status == 1);
    CHECK_THAT(known.err, contains("is not unknown"));

    CHECK(world.store().text("SELECT status FROM run_history WHERE run_uid = '" + run + "'") == "failed");
    CHECK(world.store().number("SELECT count(*) FROM event_trail WHERE kind = 'target.revised'") == 3);
    CHECK(world.fault_in_record().empty());

    // ── what it took ──
    const auto budget = world.ctl({"budget", "--json"});
    REQUIRE(budget.status == 0);
    const auto accounts = json::parse(budget.out);
    REQUIRE(accounts.size() == 1);
    const auto& account = accounts[0];
    CHECK(account.at("account") == "main");
    CHECK(account.at("limits_source") == "auto");
    CHECK(account.at("reads").at("limit") == 600);
    CHECK(account.at("creates").at("limit") == 100);
    CHECK(account.at("creates").at("allowed") == 80);
    // Calls of more than a minute ago, on a slow machine, count no more.
    CHECK(account.at("creates").at("used") <= 4);
    CHECK(account.at("reads").at("used") >= 1);
    CHECK(account.at("reads").at("used") < 100);
    CHECK(account.at("checked_at").is_string());
    CHECK(account.at("creates_waiting") == 0);
    CHECK(account.at("creates_under_way") == 0);
    const auto as_csv = world.ctl({"budget", "--csv"});
    CHECK(as_csv.status == 0);
    CHECK_THAT(as_csv.out, contains("account,calls,limit,allowed,used,others\nmain,reads,600,"));
    CHECK_THAT(world.ctl({"budget"}).out, contains("main: no create waits, 0 under way"));
    CHECK(world.stop_daemon() == 0);
    CHECK(world.ctl({"budget"}).status == 3);
    CHECK(world.ctl({"settle", first, "--ran", "--reason", "seen"}).status == 3);
}

}  // namespace runbookd::end_to_end
