// What the record keeps of time: pauses, zone rules, verdicts that were voided; and what a start takes up.
#include "base/sha256.hpp"
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Verdict;

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;

std::string refusal(const std::string& database, const std::string& sql) {
    SQLite::Database writer(database, SQLite::OPEN_READWRITE, 1000);
    try {
        writer.exec(sql);
    } catch (const SQLite::Exception& error) {
        return error.what();
    }
    return "accepted";
}

engine::OccurrenceDecided verdict(std::int64_t from, std::int64_t until, std::int64_t count,
                                  const std::string& zone = "UTC", Verdict which = Verdict::missed,
                                  const std::string& reason = "daemon_down") {
    return {"clean", 1, zone, at(from * kMinute), at(until * kMinute), count, which, reason, {}, at(kHour)};
}

engine::RunPlanned scheduled(std::int64_t minute, const std::string& run = "01RUN",
                             const std::string& zone = "UTC") {
    auto plan = planned(run);
    plan.trigger = engine::Trigger::schedule;
    plan.zone = zone;
    plan.nominal = at(minute * kMinute);
    plan.starts_at = at(minute * kMinute + 7);
    return plan;
}

engine::PauseSet pause(const std::string& runbook, std::int64_t from, std::int64_t until) {
    return {runbook, at(until * kMinute), "a freeze", "ana", at(from * kMinute)};
}

engine::ZoneRulesSeen rules(const std::string& name, const std::string& tzif) {
    auto made = std::make_shared<runbook::ZoneRules>();
    made->name = name;
    made->digest = sha256_hex(tzif);
    made->tzdata_version = "2026a";
    made->tzif = std::make_shared<const std::string>(tzif);
    return {made, at()};
}

/// "00-02 3" for each verdict that holds: minutes and count.
std::vector<std::string> verdicts(const std::string& database) {
    return rows(database,
                "SELECT substr(nominal_at, 15, 2) || '-' || substr(nominal_until, 15, 2) || ' ' || count "
                "FROM occurrence_history ORDER BY nominal_at, zone");
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a pause ends once: by itself, by a person, or because it is set again", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({pause("clean", 0, 60), pause("", 1, 20), pause("clean", 2, 90),
                 engine::PauseEnded{"", "ben", at(3 * kMinute)},
                 engine::PauseEnded{"clean", "", at(90 * kMinute)}});
    CHECK(rows(database,
               "SELECT runbook, substr(from_at, 12, 5), substr(until_at, 12, 5), reason, actor, "
               "substr(ended_at, 12, 5), ended_by FROM pause_history ORDER BY from_at") ==
          Lines{"clean|02:00|03:00|a freeze|ana|02:02|ana", "|02:01|02:20|a freeze|ana|02:03|ben",
                "clean|02:02|03:30|a freeze|ana|03:30|"});
    CHECK(
        rows(database, "SELECT kind || ' ' || subject_uid FROM event_trail ORDER BY seq") ==
        Lines{"pause.set clean", "pause.set all", "pause.set clean", "pause.ended all", "pause.ended clean"});
    CHECK(
        contains(refusal(database, "UPDATE pauses SET until_at = 1 WHERE id = 1"), "not changed otherwise"));
    CHECK(
        contains(refusal(database, "UPDATE pauses SET ended_at = 1 WHERE id = 1"), "not changed otherwise"));
    CHECK(contains(refusal(database, "DELETE FROM pauses"), "stay in the record"));
}

TEST_CASE("the end of a pause that is not there contradicts the store", "[store]") {
    TempFolder folder;
    std::string fatal;
    OpenStore open(folder.file("audit.db"), {{}, [&](const std::string& why) { fatal = why; }});
    boost::asio::co_spawn(open.loop(), open.store().commit({engine::PauseEnded{"", "", at()}}),
                          [](std::exception_ptr) {});
    open.run_until([&] { return !fatal.empty(); });
    CHECK(contains(fatal, "pause.ended: everything was not paused"));
}

TEST_CASE("zone rules are kept once, byte for byte", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    const std::string bytes("TZif\0\xFF", 6);
    open.commit({rules("Europe/Kyiv", bytes), rules("Europe/Kiev", bytes), rules("Asia/Tokyo", "other")});
    const auto kept = open.store().load_zone_rules();
    REQUIRE(kept);
    REQUIRE(kept->size() == 2);
    for (const auto& one : *kept) CHECK(sha256_hex(*one.tzif) == one.digest);
    const auto& kyiv = kept->at(kept->at(0).name == "Europe/Kyiv" ? 0 : 1);
    CHECK(*kyiv.tzif == bytes);
    CHECK(kyiv.tzdata_version == "2026a");
    const auto asked = open.wait_for(open.store().zone_rules());
    CHECK(asked->size() == 2);
    CHECK(open.store().load(at())->zone_digests.size() == 2);
    CHECK(contains(refusal(database, "UPDATE zone_rules SET tzif = x'00'"), "as they were seen"));
    CHECK(contains(refusal(database, "DELETE FROM zone_rules"), "stay in the record"));
    CHECK(one(database, "SELECT count(*) FROM event_trail WHERE kind = 'zone.rules'") == "3");
}

TEST_CASE("verdicts fold zone by zone, and never across a run", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision(), scheduled(4)});
    open.commit(
        {verdict(0, 0, 1), verdict(1, 1, 1, "Asia/Tokyo"), verdict(2, 2, 1), verdict(3, 3, 1, "Asia/Tokyo")});
    CHECK(verdicts(database) == Lines{"00-02 2", "01-03 2"});
    SECTION("the run has no verdict yet") {
        open.commit({verdict(6, 6, 1), verdict(5, 5, 1, "Asia/Tokyo")});
        CHECK(verdicts(database) == Lines{"00-02 2", "01-05 3", "06-06 1"});
    }
    SECTION("the run has its verdict") {
        auto ran = verdict(4, 4, 1);
        ran.run = RunUid("01RUN");
        open.commit({ran, verdict(6, 6, 1)});
        CHECK(verdicts(database) == Lines{"00-02 2", "01-03 2", "04-04 1", "06-06 1"});
    }
}

TEST_CASE("a month of minutes is one row of 43,200", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision(), verdict(1, 43'200, 43'200)});
    CHECK(one(database, "SELECT count, verdict, reason, nominal_until FROM occurrence_history") ==
          "43200|missed|daemon_down|2026-12-31T02:00:00.000Z");
}

TEST_CASE("a verdict may grow or be voided, and nothing else", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    auto ran = verdict(9, 9, 1, "UTC", Verdict::on_time, "");
    ran.run = RunUid("01RUN");
    open.commit({revision(), scheduled(9), verdict(0, 2, 3), ran});
    for (const std::string sql : {
             "UPDATE occurrences SET verdict = 'on_time'",
             "UPDATE occurrences SET reason = 'paused'",
             "UPDATE occurrences SET count = count - 1 WHERE run IS NULL",
             "UPDATE occurrences SET nominal_until = nominal_until + 60000, count = 2 WHERE run IS NOT NULL",
             "UPDATE occurrences SET voided_at = 1 WHERE run IS NOT NULL",
             "UPDATE occurrences SET voided_at = 1, verdict = 'skipped'",
         }) {
        INFO(sql);
        CHECK(contains(refusal(database, sql), "a verdict is final"));
    }
    CHECK(contains(refusal(database, "DELETE FROM occurrences"), "stay in the record"));
    CHECK(refusal(database, "UPDATE occurrences SET voided_at = 1 WHERE run IS NULL") == "accepted");
    CHECK(contains(refusal(database, "UPDATE occurrences SET voided_at = NULL"), "a verdict is final"));
}

TEST_CASE("what was missed ahead of the clock is voided, and judged anew", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision(), verdict(0, 9, 10), verdict(0, 9, 10, "Asia/Tokyo"),
                 verdict(10, 10, 1, "UTC", Verdict::skipped, "paused")});
    CHECK(open.store().load(at(5 * kMinute))->runbooks.at(0).ahead.size() == 3);
    open.commit(
        {engine::OccurrencesVoided{"clean", "UTC", at(5 * kMinute), at(5 * kMinute)}, verdict(0, 5, 6)});
    CHECK(verdicts(database) == Lines{"00-09 10", "00-05 6", "10-10 1"});
    CHECK(one(database, "SELECT data FROM event_trail WHERE kind = 'occurrence.voided'") ==
          R"({"after":"2026-12-01T02:05:00.000Z","rows":1,"runbook":"clean","zone":"UTC"})");
    open.commit({verdict(6, 7, 2)});
    CHECK(verdicts(database) == Lines{"00-09 10", "00-05 6", "06-07 2", "10-10 1"});
}

TEST_CASE("a start takes up pauses, runs to come and verdicts ahead of its clock", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto caught_up = scheduled(20);
    caught_up.caught_up = true;
    open.commit({revision(), revision("other"), verdict(0, 9, 10),
                 verdict(10, 19, 10, "UTC", Verdict::skipped, "paused"), caught_up, pause("clean", 0, 5),
                 pause("", 0, 60), pause("other", 0, 60), engine::PauseEnded{"other", "ben", at(kMinute)}});
    const auto state = open.store().load(at(8 * kMinute));
    REQUIRE(state);

    REQUIRE(state->runs.size() == 1);
    CHECK(state->runs[0].planned.starts_at == at(20 * kMinute + 7));
    CHECK(state->runs[0].planned.caught_up);

    REQUIRE(state->pauses.size() == 2);  // also the one whose time is up: its end is the engine's to write
    CHECK(state->pauses[0].scope == engine::PauseScope("clean"));
    CHECK(state->pauses[0].until == at(5 * kMinute));
    CHECK(state->pauses[0].since == at());
    CHECK(state->pauses[0].reason == "a freeze");
    CHECK(state->pauses[0].actor == "ana");
    CHECK(state->pauses[1].scope == engine::PauseScope());

    const auto& clean = state->runbooks.at(0);
    CHECK(clean.judged_until == at(20 * kMinute));
    REQUIRE(clean.ahead.size() == 3);
    CHECK(clean.ahead[0].first == at());
    CHECK(clean.ahead[0].last == at(9 * kMinute));
    CHECK(clean.ahead[0].missed_without_run);
    CHECK(clean.ahead[0].reason == "daemon_down");
    CHECK(clean.ahead[0].revision == 1);
    CHECK_FALSE(clean.ahead[1].missed_without_run);
    CHECK(clean.ahead[2].first == at(20 * kMinute));
    CHECK_FALSE(clean.ahead[2].missed_without_run);
    CHECK(state->runbooks.at(1).ahead.empty());
    CHECK(open.store().load(at(kHour))->runbooks.at(0).ahead.empty());

    CHECK_FALSE(state->clock_was_synchronised);
    open.commit({engine::Noted{"daemon", "clock", "clock.synchronised", "", {}, at()}});
    CHECK(open.store().load(at())->clock_was_synchronised);
}

TEST_CASE("verify is given what the record holds of a stretch of time", "[store]") {
    TempFolder folder;
    OpenStore open(folder.file("audit.db"));
    auto second = revision("clean", 2);
    second.at = at(30 * kMinute);
    auto begun = started(1);
    begun.at = at(20 * kMinute + 9);
    auto ran = verdict(20, 20, 1, "UTC", Verdict::on_time, "");
    ran.run = RunUid("01RUN");
    open.commit({revision(), verdict(0, 9, 10), verdict(10, 19, 10, "UTC", Verdict::skipped, "paused"),
                 scheduled(20), begun, ran, scheduled(21, "02RUN"), second, pause("clean", 0, 5),
                 pause("", 9, 60), pause("other", 0, 60), engine::PauseEnded{"", "ben", at(19 * kMinute)},
                 engine::RevisionRetired{"clean", "ana", at(kHour)}});

    CHECK(*open.wait_for(open.store().runbook_names()) == Lines{"clean"});
    const auto texts = open.wait_for(open.store().revisions("clean"));
    REQUIRE(texts->size() == 2);
    CHECK(texts->at(0).revision == 1);
    CHECK(texts->at(0).until == at(30 * kMinute));
    CHECK(texts->at(1).from == at(30 * kMinute));
    CHECK(texts->at(1).until == at(kHour));
    CHECK(texts->at(1).yaml == second.yaml);
    CHECK(texts->at(1).resolved == second.resolved);

    const auto slice = open.wait_for(open.store().slice("clean", at(9 * kMinute), at(21 * kMinute)));
    REQUIRE(slice);
    REQUIRE(slice->occurrences.size() == 2);
    CHECK(slice->occurrences[0].nominal == at(10 * kMinute));
    CHECK(slice->occurrences[0].reason == "paused");
    CHECK(slice->occurrences[0].verdict == Verdict::skipped);
    CHECK(slice->occurrences[0].count == 10);
    CHECK_FALSE(slice->occurrences[0].run);
    REQUIRE(slice->occurrences[1].run);
    CHECK(slice->occurrences[1].run->run_uid == "01RUN");
    CHECK(slice->occurrences[1].run->nominal == at(20 * kMinute));
    CHECK(slice->occurrences[1].run->starts_at == at(20 * kMinute + 7));
    CHECK(slice->occurrences[1].run->started_at == at(20 * kMinute + 9));
    REQUIRE(slice->open_runs.size() == 1);
    CHECK(slice->open_runs[0].run_uid == "02RUN");
    CHECK(slice->open_runs[0].window_end == at(kHour));
    CHECK_FALSE(slice->open_runs[0].has_started);
    REQUIRE(slice->pauses.size() == 1);
    CHECK(slice->pauses[0].from == at(9 * kMinute));
    CHECK(slice->pauses[0].until == at(19 * kMinute));
    CHECK(slice->judged_until == at(20 * kMinute));

    const auto early = open.wait_for(open.store().slice("clean", at(-kHour), at(4 * kMinute)));
    CHECK(early->occurrences.size() == 1);
    CHECK(early->open_runs.empty());
    CHECK(early->pauses.size() == 1);
}

}  // namespace runbookd::store_test
