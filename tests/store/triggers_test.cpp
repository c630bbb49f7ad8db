// What a start finds of policy jobs: what was started, since when triggers count, what was counted in a row.
#include "base/ulid.hpp"
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::Trigger;
using std::chrono::hours;

UtcTime days_ago(UtcTime now, int days) { return now - hours{24 * days}; }

engine::RunPlanned by_alert(const std::string& run, UtcTime when) {
    auto plan = planned(run);
    plan.nominal.reset();
    plan.zone.clear();
    plan.trigger = Trigger::alert;
    plan.cause = "a1";
    plan.at = when;
    plan.scope.devices = {"d1"};
    plan.scope.held = {"d1"};
    plan.scope.alert = engine::AlertCause{AlertUid{"a1"}, "High", "disk", "C: is \"full\"", when, true};
    return plan;
}

}  // namespace

TEST_CASE("a start finds what triggers started, with all that the run needs", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    const auto now = at();
    auto old = by_alert("01A", days_ago(now, 60));
    auto forgotten = by_alert("01B", days_ago(now, 92));
    auto discovered = by_alert("01C", days_ago(now, 40));
    discovered.trigger = Trigger::discovered;
    auto fresh = by_alert("01D", days_ago(now, 1));
    auto by_hand = by_alert("01E", days_ago(now, 1));
    by_hand.trigger = Trigger::manual;
    auto good = decided(Disposition::succeeded, "d1", "01D");
    open.commit({revision(), old, forgotten, discovered, fresh, by_hand, started(1, "01D"), good});
    const auto state = open.store().load(now);
    REQUIRE(state);
    REQUIRE(state->triggered.size() == 2);
    CHECK(state->triggered[0].run == RunUid{"01A"});
    CHECK_FALSE(state->triggered[0].has_succeeded);
    const auto& found = state->triggered[1];
    CHECK(found.run == RunUid{"01D"});
    CHECK(found.runbook == "clean");
    CHECK(found.trigger == Trigger::alert);
    CHECK(found.at == fresh.at);
    CHECK(found.scope == fresh.scope);
    CHECK(found.has_succeeded);
    CHECK(found.account == "main");
    for (const auto& run : state->runs)
        if (run.planned.run == RunUid{"01D"}) CHECK(run.planned.scope == fresh.scope);
}

TEST_CASE("a start finds the revisions before, of runbooks that may have triggers", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto first = revision("clean", 1);
    auto second = revision("clean", 2);
    auto third = revision("clean", 3);
    first.yaml = second.yaml = third.yaml = "triggers: [{online: {}}]";
    second.at = first.at + hours{1};
    third.at = second.at + hours{1};
    auto other = revision("other", 1);
    auto other_second = revision("other", 2);
    other_second.at = second.at;
    open.commit({first, other});
    open.commit({second, other_second});
    open.commit({third});
    const auto state = open.store().load(third.at);
    REQUIRE(state);
    REQUIRE(state->past_revisions.size() == 2);
    CHECK(state->past_revisions[0].from == second.at);
    CHECK(state->past_revisions[0].until == third.at);
    CHECK(state->past_revisions[1].from == first.at);
    CHECK(state->past_revisions[1].text.yaml == first.yaml);
    CHECK(open.store().load(third.at + hours{24 * 40})->past_revisions.empty());
}

TEST_CASE("a start finds what a runbook came to whose outcomes are counted", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto repair = revision("repair", 1);
    repair.yaml = "triggers: [{outcome: {runbook: clean, disposition: [failed], consecutive: 2}}]";
    auto run = planned(ulid_of(at(), "run"));
    run.nominal.reset();
    run.trigger = Trigger::manual;
    open.commit({revision(), revision("other"), repair, run, started(2, run.run.str()),
                 decided(Disposition::failed, "d1", run.run.str())});
    const auto state = open.store().load(at());
    REQUIRE(state);
    REQUIRE(state->past_dispositions.size() == 1);
    CHECK(state->past_dispositions[0].runbook == "clean");
    CHECK(state->past_dispositions[0].device == DeviceUid{"d1"});
    CHECK(state->past_dispositions[0].disposition == Disposition::failed);
    CHECK(state->past_dispositions[0].account == "main");
}

}  // namespace runbookd::store_test
