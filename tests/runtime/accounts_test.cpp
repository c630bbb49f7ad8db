// Several accounts under one roof: what goes where, what moves, and what all of them share.
#include "runtime/accounts.hpp"

#include "catch.hpp"
#include "runtime/two_accounts.hpp"

namespace runbookd::runtime {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

TEST_CASE("a run is started on the account of its runbook, and no other", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({clean_on("a", "sweep"), clean_on("b", "patch")});
    REQUIRE(run(bed, "patch"));
    CHECK(creates(bed.a.api) == 0);
    CHECK(creates(bed.b.api) == 1);
    REQUIRE(run(bed, "sweep"));
    CHECK(creates(bed.a.api) == 1);
    const auto plans = bed.all<engine::RunPlanned>();
    REQUIRE(plans.size() == 2);
    CHECK(plans[0].account == "b");
    CHECK(plans[1].account == "a");
    const auto wrong = run(bed, "pach");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == ErrorCode::not_found);
    CHECK(wrong.error().message == "runbook 'pach' does not exist; did you mean 'patch'?");
    CHECK(bed.errors.empty());
}

TEST_CASE("what one account spends is not the other's", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({clean_on("a", "sweep"), clean_on("b", "patch")});
    REQUIRE(run(bed, "patch"));
    const auto status = bed.control.status();
    REQUIRE(status.accounts.size() == 2);
    CHECK(status.accounts[0].creates.used == 0);
    CHECK(status.accounts[1].creates.used == 1);
    CHECK(status.accounts[0].creates.allowed == 80);
    CHECK(status.creates.used == 1);
    CHECK(status.creates.allowed == 160);
    CHECK(status.runbooks == 2);
    CHECK(status.open_jobs == 1);
    CHECK(status.fleet_devices == 2);
    CHECK(status.state == "running");
}

TEST_CASE("an account that does not answer is a problem of its own, and the other goes on",
          "[runtime][accounts]") {
    TwoAccounts bed;
    bed.b.api.is_dead = true;
    bed.start({clean_on("a", "sweep"), clean_on("b", "patch")});
    const auto status = bed.control.status();
    CHECK(status.state == "degraded");
    CHECK(status.problems == std::vector<std::string>{"account b: the API does not answer: scripted"});
    CHECK(status.accounts[0].state == "running");
    CHECK(status.accounts[0].problems.empty());
    CHECK(status.accounts[1].state == "degraded");
    CHECK(status.accounts[1].problems == std::vector<std::string>{"the API does not answer: scripted"});
    REQUIRE(run(bed, "sweep"));
    CHECK(creates(bed.a.api) == 1);
    REQUIRE(run(bed, "patch"));  // is recorded, and waits
    CHECK(creates(bed.b.api) == 0);
    const auto fleet = bed.control.fleet();
    CHECK(fleet.read_at);
    REQUIRE(fleet.devices.size() == 1);
    CHECK(fleet.devices[0].account == "a");
    CHECK(bed.control.knows_components());
    CHECK(bed.control.components().at(0).account == "a");
}

TEST_CASE("a quick job goes where its device is", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({});
    REQUIRE((quick_job(bed, "BETA-01") && *quick_job(bed, "BETA-01")));
    CHECK(creates(bed.b.api) == 2);
    REQUIRE(quick_job(bed, "a1").value());
    CHECK(creates(bed.a.api) == 1);
    for (const auto& plan : bed.all<engine::RunPlanned>())
        CHECK(plan.account == (plan.scope.devices.at(0) == "a1" ? "a" : "b"));
}

TEST_CASE("a hostname that two accounts have needs a uid", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.b.api.devices.push_back(fakes::windows_server("b2", "ALPHA-01"));
    bed.start({});
    const auto both = quick_job(bed, "alpha-01").value();
    REQUIRE_FALSE(both);
    CHECK(both.error().code == ErrorCode::conflict);
    CHECK(both.error().message ==
          "hostname 'alpha-01' fits 2 devices; give a uid: a1 (Acme HQ) b2 (Acme HQ)");
    CHECK(quick_job(bed, "b2").value());
    CHECK(creates(bed.b.api) == 1);
}

TEST_CASE("a device that no list shows is looked for once more in every account", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({});
    bed.pass(seconds{1});
    bed.b.api.devices.push_back(fakes::windows_server("b2", "BETA-02"));
    CHECK(quick_job(bed, "BETA-02").value());
    CHECK(creates(bed.b.api) == 1);
    bed.pass(seconds{1});
    const auto nowhere = quick_job(bed, "BETA-20").value();
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().code == ErrorCode::not_found);
    CHECK(nowhere.error().message ==
          "device 'BETA-20' is in none of the accounts; did you mean 'BETA-02' or 'BETA-01'?");
}

TEST_CASE("an account that does not answer holds up no quick job of another", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.a.api.is_dead = true;
    bed.start({});
    CHECK(quick_job(bed, "BETA-01").value());
    bed.pass(seconds{1});
    bed.b.api.devices.push_back(fakes::windows_server("b2", "BETA-02"));
    CHECK(quick_job(bed, "BETA-02").value());
    // Where it may be in the one that is silent, that is the answer, in time.
    std::optional<Result<ports::QuickJobAccepted>> answer;
    bed.tasks.spawn("asks", [&]() -> asio::awaitable<void> {
        ports::QuickJobRequest request;
        request.device = "ALPHA-01";
        request.component = "clean";
        answer = co_await bed.control.quick_job(std::move(request));
    });
    bed.turn();
    CHECK_FALSE(answer);
    bed.pass(minutes{1});
    REQUIRE((answer && !*answer));
    CHECK(answer->error().code == ErrorCode::unavailable);
    CHECK(answer->error().message ==
          "device 'ALPHA-01' is in no account that answers; account 'a': the API does not answer: scripted");
}

TEST_CASE("a pause of all holds every account, and is one line of the record", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({clean_on("a", "sweep"), clean_on("b", "patch")});
    REQUIRE(pause(bed, "", hours{1}));
    for (const auto* runbook : {"sweep", "patch"}) {
        const auto refused = run(bed, runbook);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::refused_by_rule);
    }
    CHECK(quick_job(bed, "b1").value().error().code == ErrorCode::refused_by_rule);
    CHECK(bed.control.status().pauses.size() == 1);
    REQUIRE(pause(bed, "", hours{2}));  // which replaces it
    CHECK(bed.all<engine::PauseSet>().size() == 2);
    REQUIRE(resume(bed, ""));
    CHECK(bed.all<engine::PauseEnded>().size() == 1);
    CHECK(run(bed, "sweep"));
    CHECK(run(bed, "patch"));
    CHECK(resume(bed, "").error().code == ErrorCode::not_found);
}

TEST_CASE("a pause of all ends by itself in every account, and once in the record", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({clean_on("a", "sweep"), clean_on("b", "patch")});
    REQUIRE(pause(bed, "", minutes{10}));
    bed.pass(minutes{10});
    CHECK(bed.all<engine::PauseEnded>().size() == 1);
    CHECK(run(bed, "patch"));
}

TEST_CASE("a pause that is refused changes nothing anywhere", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({clean_on("a", "sweep"), clean_on("b", "patch")});
    REQUIRE(pause(bed, "patch", hours{1}));
    CHECK(pause(bed, "patch", Millis{1}).error().code == ErrorCode::invalid_input);
    CHECK(pause(bed, "pach", hours{1}).error().code == ErrorCode::not_found);
    CHECK(is_paused(bed.a.engine, "patch", bed.clock.now().utc));
    REQUIRE(resume(bed, "patch"));
    CHECK(bed.all<engine::PauseEnded>().size() == 1);
}

TEST_CASE("a runbook that moves ends in one account and begins in the other, whichever is told first",
          "[runtime][accounts]") {
    const auto [from, to] = GENERATE(std::pair<const char*, const char*>{"a", "b"},
                                     std::pair<const char*, const char*>{"b", "a"});
    TwoAccounts bed;
    auto before = clean_on(from, "sweep");
    before.schedule = fakes::schedule_of("0 * * * *");
    auto after = clean_on(to, "sweep");
    after.schedule = fakes::schedule_of("0 * * * *");
    bed.start({before});
    REQUIRE(run(bed, "sweep"));
    bed.pass(seconds{10});
    bed.store.records.clear();
    bed.reload({after});
    // The end is written before the beginning, and at the same instant.
    const engine::RevisionRetired* end = nullptr;
    const engine::RevisionEffective* beginning = nullptr;
    for (const auto& record : bed.store.records) {
        if (const auto* one = std::get_if<engine::RevisionRetired>(&record)) {
            CHECK(beginning == nullptr);
            end = one;
        }
        if (const auto* one = std::get_if<engine::RevisionEffective>(&record)) beginning = one;
    }
    REQUIRE(end != nullptr);
    REQUIRE(beginning != nullptr);
    CHECK(beginning->revision == 2);
    CHECK(beginning->account == to);
    CHECK(end->at == beginning->at);
    CHECK(bed.all<engine::RevisionRetired>().size() == 1);
    CHECK(bed.all<engine::OccurrenceDecided>().empty());  // nothing is caught up
    CHECK(bed.all<engine::RunPlanned>().empty());

    // Its open run stays where it was; what comes next is the other's.
    const auto& old_engine = std::string(from) == "a" ? bed.a.engine : bed.b.engine;
    const auto& new_engine = std::string(to) == "a" ? bed.a.engine : bed.b.engine;
    CHECK(old_engine.open_runs() == 1);
    CHECK(old_engine.planner().find("sweep") == nullptr);
    REQUIRE(new_engine.planner().find("sweep") != nullptr);
    bed.pass(hours{1});
    const auto plans = bed.all<engine::RunPlanned>();
    REQUIRE(plans.size() == 1);
    CHECK(plans[0].account == to);
    CHECK(plans[0].revision == 2);

    // And back: the numbers go on.
    bed.reload({before});
    CHECK(bed.all<engine::RevisionEffective>().back().revision == 3);
    // A file that was away, and comes to the other account.
    bed.reload({});
    bed.reload({after});
    CHECK(bed.all<engine::RevisionEffective>().back().revision == 4);
    CHECK(bed.errors.empty());
}

TEST_CASE("a runbook stays paused when it moves, and the pause ends once", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({clean_on("a", "sweep")});
    REQUIRE(pause(bed, "sweep", hours{1}));
    bed.reload({clean_on("b", "sweep")});
    CHECK(run(bed, "sweep").error().code == ErrorCode::refused_by_rule);
    SECTION("by itself") { bed.pass(hours{1}); }
    SECTION("by a person") { REQUIRE(resume(bed, "sweep")); }
    SECTION("after it was set again, there") {
        REQUIRE(pause(bed, "sweep", hours{2}));
        CHECK(bed.all<engine::PauseSet>().size() == 2);
        bed.pass(hours{1});
        CHECK(bed.all<engine::PauseEnded>().empty());
        bed.pass(hours{1});
    }
    CHECK(bed.all<engine::PauseEnded>().size() == 1);
    CHECK_FALSE(is_paused(bed.a.engine, "sweep", bed.clock.now().utc));
    CHECK(run(bed, "sweep"));
}

TEST_CASE("a start takes a runbook over that came to another account while the daemon was down",
          "[runtime][accounts]") {
    TwoAccounts bed;
    auto before = clean_on("b", "sweep");
    before.schedule = fakes::schedule_of("* * * * *");
    before.window = seconds{1};
    auto after = clean_on("a", "sweep");
    after.schedule = before.schedule;
    engine::RecoveredState of_b;
    engine::RecoveredRunbook stored;
    stored.runbook = "sweep";
    stored.revision = 7;
    stored.yaml = before.yaml;
    stored.resolved = before.resolved;
    stored.effective_from = fakes::test_start() - minutes{10};
    stored.judged_until = fakes::test_start() - minutes{5};
    of_b.runbooks.push_back(stored);
    bed.readable = {before};
    bed.start({after}, {}, of_b);
    // The old revision judges the downtime; the new one begins after it.
    const auto verdicts = bed.all<engine::OccurrenceDecided>();
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].revision == 7);
    CHECK(verdicts[0].verdict == engine::Verdict::missed);
    CHECK(verdicts[0].count == 5);
    CHECK(bed.all<engine::RevisionRetired>().size() == 1);
    REQUIRE(bed.all<engine::RevisionEffective>().size() == 1);
    CHECK(bed.all<engine::RevisionEffective>()[0].revision == 8);
    CHECK(bed.all<engine::RevisionEffective>()[0].account == "a");
}

TEST_CASE("a retarget of a run that was on another account is refused", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({clean_on("b", "sweep")});
    const auto retarget = [&] {
        return bed
            .ask<Result<ports::RetargetAccepted>>([&bed] {
                ports::RetargetRequest request;
                request.run = "01";
                return bed.control.retarget(std::move(request));
            })
            .value();
    };
    bed.history.left = ports::RunLeftovers{"01RUN", "sweep", 1, {}, {{"a1", "failed", false}}, "a"};
    const auto refused = retarget();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::refused_by_rule);
    CHECK(refused.error().message ==
          "run 01RUN was on account 'a', and runbook 'sweep' is on account 'b' now, which has other devices");
    bed.history.left = ports::RunLeftovers{"01RUN", "sweep", 1, {}, {{"b1", "failed", false}}, "b"};
    const auto taken = retarget();
    REQUIRE(taken);
    CHECK(taken->run);
    CHECK(creates(bed.b.api) == 1);
    bed.history.left = ports::RunLeftovers{"01RUN", "quickjob", {}, {}, {{"b1", "failed", false}}, "b"};
    CHECK(retarget().error().code == ErrorCode::refused_by_rule);
}

TEST_CASE("fleets are read on as one list, each budget is shown, and sites are in one order",
          "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({clean_on("a", "sweep"), clean_on("b", "patch")});
    REQUIRE(run(bed, "sweep"));
    REQUIRE(run(bed, "patch"));
    const auto uids = [&](std::int64_t first, std::int64_t count) {
        const auto page = bed.control.fleet_page(std::nullopt, first, count);
        CHECK(page.total == 2);
        CHECK(page.read_at);
        std::string found;
        for (const auto& device : page.devices) found += device.uid.str() + " ";
        return found;
    };
    CHECK(uids(0, 10) == "a1 b1 ");
    CHECK(uids(0, 1) == "a1 ");
    CHECK(uids(1, 1) == "b1 ");
    CHECK(uids(2, 1).empty());
    CHECK(bed.control.sites().size() == 2);
    const auto budgets = bed.control.budgets();
    REQUIRE(budgets.size() == 2);
    CHECK(budgets[0].account == "a");
    CHECK(budgets[1].account == "b");
    CHECK(budgets[1].creates.used == 1);
}

TEST_CASE("plans and checks go to the account of the runbook, a forecast is of all", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.b.api.is_dead = true;
    auto sweep = clean_on("a", "sweep");
    sweep.schedule = fakes::schedule_of("30 * * * *");
    auto patch = clean_on("b", "patch");
    patch.schedule = fakes::schedule_of("15 * * * *");
    bed.start({sweep, patch});
    const auto until = bed.clock.now().utc + hours{1};
    const auto forecast =
        bed.ask<Result<std::vector<ports::ForecastRun>>>([&] { return bed.planning.forecast(until); })
            .value();
    REQUIRE(forecast);
    REQUIRE(forecast->size() == 2);
    CHECK(forecast->at(0).run.runbook == "patch");
    CHECK(forecast->at(0).problem == "account 'b': its devices have not been read yet");
    CHECK(forecast->at(1).run.runbook == "sweep");
    CHECK(forecast->at(1).creates == 1);
    const auto plan = bed.ask<Result<engine::Preview>>([&] {
        ports::PlanRequest request;
        request.runbook = "sweep";
        return bed.planning.plan(std::move(request));
    });
    REQUIRE(plan.value());
    CHECK((*plan)->targets.at(0).row.device.str() == "a1");
    auto broken = clean_on("a", "checked");
    broken.component = "Nowhere";
    bed.readable = {broken};
    const auto findings = bed.ask<Result<std::vector<ports::CheckFinding>>>(
        [&] { return bed.planning.check({"name: checked", "checked"}); });
    REQUIRE(findings.value());
    CHECK((*findings)->at(0).code == "component_not_found");
}

TEST_CASE("an account that the settings name no more misses what is due, and starts nothing",
          "[runtime][accounts]") {
    TwoAccounts bed("gone");
    bed.b.api.is_dead = true;
    auto patch = clean_on("b", "patch");
    patch.schedule = fakes::schedule_of("1 * * * *");
    patch.window = minutes{1};
    bed.start({clean_on("a", "sweep"), patch});
    const auto refused = run(bed, "patch");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::unavailable);
    CHECK(refused.error().message ==
          "runbook 'patch' is of account 'b', which is not in the configuration any more");
    CHECK(run(bed, "sweep"));
    CHECK(bed.control.status().problems == std::vector<std::string>{"account b: gone"});
    CHECK(bed.control.status().accounts.at(1).state == "absent");
    bed.pass(minutes{1});
    bed.pass(minutes{2});
    const auto verdicts = bed.all<engine::OccurrenceDecided>();
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].verdict == engine::Verdict::missed);
    CHECK(verdicts[0].reason == "api_unavailable");
    // A device that nobody shows is not waited for there.
    bed.pass(seconds{1});
    CHECK(quick_job(bed, "X").value().error().code == ErrorCode::not_found);
}

}  // namespace runbookd::runtime
