// What people are asked to approve, and what they say, is in the rows, and a start finds it there.
#include <SQLiteCpp/Exception.h>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using Word = engine::RecoveredApproval::Word;

const std::string kPlan(64, 'a');

/// Of 02:00 the next day.
engine::ApprovalRequested requested(const std::string& uid = "01ASK") {
    engine::ApprovalRequested request;
    request.approval = ApprovalUid{uid};
    request.runbook = "clean";
    request.account = "main";
    request.zone = "Europe/Berlin";
    request.customer = "acme";
    request.nominal = at(86'400'000);
    request.plan = {ComponentUid{"c1"}, "Clear Temp Files", {DeviceUid{"d1"}, DeviceUid{"d2"}}, kPlan};
    request.at = at(5);
    return request;
}

engine::RunApproved approved(const std::optional<std::string>& run, const std::string& approval) {
    engine::RunApproved said;
    if (run) said.run = RunUid{*run};
    said.approval = ApprovalUid{approval};
    said.actor = "carol";
    said.note = "looks right";
    said.plan_sha256 = kPlan;
    said.devices = 2;
    said.at = at(6);
    return said;
}

engine::RunWaiting unapproved() {
    engine::RunWaiting waiting{RunUid{"01RUN"}, 1, "approval", std::nullopt, at(12)};
    waiting.is_unapproved = true;
    return waiting;
}

}  // namespace

TEST_CASE("what was asked ahead is found at a start until its run begins", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    {
        OpenStore open(database);
        open.commit({revision(), requested()});
        CHECK(one(database,
                  "SELECT state || '/' || devices || '/' || ifnull(run_uid, '') FROM "
                  "approval_history") == "asked/2/");
        CHECK(rows(database, "SELECT device_uid FROM approval_devices ORDER BY 1") ==
              std::vector<std::string>{"d1", "d2"});
        open.commit({approved(std::nullopt, "01ASK")});
    }
    OpenStore open(database);
    const auto state = open.store().load(at(100));
    REQUIRE(state->approvals.size() == 1);
    const auto& found = state->approvals[0];
    CHECK_FALSE(found.request.run);
    CHECK(found.request.nominal == at(86'400'000));
    CHECK(found.request.customer == "acme");
    CHECK(found.request.plan.component == ComponentUid{"c1"});
    CHECK(found.request.plan.devices == std::vector{DeviceUid{"d1"}, DeviceUid{"d2"}});
    CHECK(found.request.plan.sha256 == kPlan);
    CHECK(found.word == Word::approved);
    CHECK(found.actor == "carol");
    CHECK(found.words == "looks right");
    CHECK(one(database,
              "SELECT subject || ' ' || subject_uid || ' ' || actor FROM event_trail WHERE kind = "
              "'run.approved'") == "approval 01ASK carol");
    // Its run is planned, and does not begin yet.
    auto plan = planned();
    plan.approval = ApprovalUid{"01ASK"};
    open.commit({plan});
    const auto planned_state = open.store().load(at(200));
    REQUIRE(planned_state->approvals.size() == 1);
    CHECK(planned_state->approvals[0].request.run == RunUid{"01RUN"});
    CHECK(planned_state->runs.at(0).planned.approval == ApprovalUid{"01ASK"});
    open.commit({started(2)});
    CHECK(open.store().load(at(300))->approvals.empty());
    CHECK(one(database, "SELECT run_uid FROM approval_history") == "01RUN");
}

TEST_CASE("a run that nobody has approved is in no wave", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    auto author = revision();
    author.actor = "dora";
    auto request = requested("01RUN");
    request.run = RunUid{"01RUN"};
    open.commit({author, planned(), started(2), request, unapproved()});
    const auto waiting = open.store().load(at(100));
    REQUIRE(waiting->runs.size() == 1);
    CHECK(waiting->runs[0].wave == 0);
    CHECK(waiting->runs[0].waits_for == "approval");
    CHECK(waiting->runs[0].planned.applied_by == "dora");
    CHECK(waiting->runbooks.at(0).applied_by == "dora");
    CHECK(waiting->runs[0].planned.approval.empty());
    CHECK(waiting->approvals.empty());
    open.commit({approved("01RUN", "01RUN"), engine::WaveStarted{RunUid{"01RUN"}, 1, "carol", at(20)}});
    const auto running = open.store().load(at(100));
    CHECK(running->runs.at(0).wave == 1);
    CHECK(running->runs[0].waits_for.empty());
    CHECK(one(database, "SELECT state || '/' || actor || '/' || note FROM approval_history") ==
          "approved/carol/looks right");
    CHECK(
        one(database, "SELECT subject || ' ' || subject_uid FROM event_trail WHERE kind = 'run.approved'") ==
        "run 01RUN");
}

TEST_CASE("what is asked again has no word, and what was not answered has lapsed", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    auto plan = planned();
    plan.approval = ApprovalUid{"01ASK"};
    auto again = requested();
    again.run = RunUid{"01RUN"};
    open.commit(
        {revision(), requested(), approved(std::nullopt, "01ASK"), plan, started(1), again, unapproved()});
    CHECK(one(database, "SELECT state FROM approval_history") == "asked");
    auto skipped = decided(engine::Disposition::skipped);
    skipped.reason = "not_approved";
    open.commit({skipped, finished()});
    CHECK(one(database, "SELECT state FROM approval_history") == "lapsed");
}

TEST_CASE("who is rejected, and what is void, has the reason beside it", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    open.commit({revision(), requested(), requested("02ASK")});
    open.commit({engine::RunRejected{std::nullopt, ApprovalUid{"01ASK"}, "carol", "not tonight", at(6)},
                 engine::ApprovalVoided{ApprovalUid{"02ASK"}, "revision 2 is in force", at(7)}});
    CHECK(
        rows(database, "SELECT approval_uid, state, actor, note FROM approval_history ORDER BY 1") ==
        std::vector<std::string>{"01ASK|rejected|carol|not tonight", "02ASK|voided||revision 2 is in force"});
    const auto state = open.store().load(at(100));
    REQUIRE(state->approvals.size() == 1);
    CHECK(state->approvals[0].word == Word::rejected);
    const auto listed = open.query(ask(ports::View::approvals, [](ports::Query& query) {
        query.status = "rejected";
        query.customer = "acme";
    }));
    REQUIRE(listed);
    CHECK(listed->rows.size() == 1);
}

TEST_CASE("approvals leave the record with their runs", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    auto plan = planned();
    plan.approval = ApprovalUid{"01ASK"};
    auto last = planned("02RUN");  // a later one: the newest run stays
    last.at = at(1000);
    auto last_started = started(1, "02RUN");
    last_started.at = at(1001);
    auto last_finished = finished("02RUN");
    last_finished.at = at(1002);
    open.commit({revision(), requested(), requested("02ASK"), requested("03ASK"), plan, started(1),
                 engine::ApprovalVoided{ApprovalUid{"02ASK"}, "nobody needs it", at(7)},
                 decided(engine::Disposition::succeeded), finished()});
    open.commit({last, last_started, decided(engine::Disposition::succeeded, "d1", "02RUN"), last_finished});
    {
        SQLite::Database by_hand(database, SQLite::OPEN_READWRITE, 1000);
        CHECK_THROWS_AS(by_hand.exec("DELETE FROM approvals"), SQLite::Exception);
    }
    ports::Horizons horizons;
    horizons.history = at(50L * 86'400'000);
    const auto counts = open.wait_for(open.store().prune(horizons, at(100L * 86'400'000), "ana"));
    REQUIRE(counts);
    CHECK(counts->runs == 1);
    // What is still asked for stays, whatever its age.
    CHECK(rows(database, "SELECT approval_uid FROM approval_history") == std::vector<std::string>{"03ASK"});
}

}  // namespace runbookd::store_test
