// What becomes of instants for which nobody was awake.
#include <map>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::blackout;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::schedule_of;
using fakes::test_start;
using schedule::CatchUp;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

RecoveredState stored(const runbook::Runbook& book, UtcTime judged) {
    RecoveredState state;
    state.runbooks.push_back(
        {book.name, 1, book.yaml, book.resolved, judged - hours{1}, false, judged, {}, {}});
    return state;
}

/// "missed daemon_down 3" and the like, one for each row without a run.
std::vector<std::string> rows(const EngineBench& bench) {
    std::vector<std::string> texts;
    for (const auto& row : bench.all<OccurrenceDecided>())
        if (!row.run)
            texts.push_back(std::string(to_text(row.verdict)) + " " + row.reason + " " +
                            std::to_string(row.count));
    return texts;
}

std::vector<Verdict> verdicts_of_runs(const EngineBench& bench) {
    std::vector<Verdict> verdicts;
    for (const auto& row : bench.all<OccurrenceDecided>())
        if (row.run) verdicts.push_back(row.verdict);
    return verdicts;
}

using Rows = std::vector<std::string>;
const UtcTime kMinute = test_start() - seconds{30};  // the last full one

}  // namespace

TEST_CASE("after a downtime: none runs nothing, latest the newest, all every open one", "[engine][planner]") {
    struct Case {
        CatchUp catch_up;
        Rows rows;
        std::vector<UtcTime> runs;
    };
    const std::vector<Case> cases{
        {CatchUp::none, {"missed daemon_down 17", "skipped catch_up 3"}, {}},
        {CatchUp::latest, {"missed daemon_down 17", "skipped catch_up 2"}, {kMinute}},
        {CatchUp::all, {"missed daemon_down 17"}, {kMinute - minutes{2}, kMinute - minutes{1}, kMinute}},
    };
    for (const auto& [catch_up, expected, runs] : cases) {
        EngineBench bench;
        auto book = clean_every_minute("sweep", minutes{3});
        book.schedule = schedule_of("* * * * *", catch_up);
        book.overlap = runbook::OverlapPolicy::allow;
        bench.start({book}, stored(book, kMinute - minutes{20}));
        bench.run_for(seconds{20});
        CHECK(rows(bench) == expected);
        REQUIRE(bench.all<RunPlanned>().size() == runs.size());
        for (std::size_t i = 0; i < runs.size(); ++i) {
            CHECK(bench.all<RunPlanned>()[i].nominal == runs[i]);
            CHECK(bench.all<RunPlanned>()[i].caught_up);
            CHECK(verdicts_of_runs(bench).at(i) == Verdict::caught_up);
        }
    }
}

TEST_CASE("entries of one schedule may differ in what they catch up", "[engine][planner]") {
    EngineBench bench;
    auto book = clean_every_minute("sweep", hours{1});
    std::vector<schedule::Entry> entries;
    entries.push_back(schedule_of("20,40 * * * *", CatchUp::latest).entries()[0]);
    entries.push_back(schedule_of("30,50 * * * *", CatchUp::none).entries()[0]);
    book.schedule = schedule::Timeline(std::move(entries));
    bench.start({book}, stored(book, kMinute - minutes{45}));
    CHECK(rows(bench) == Rows{"skipped catch_up 2", "skipped catch_up 1"});  // 20 and 30; 50
    REQUIRE(bench.all<RunPlanned>().size() == 1);
    CHECK(bench.all<RunPlanned>()[0].nominal == kMinute - minutes{20});
}

TEST_CASE("instants of a downtime that lie in a pause or a blackout were not missed", "[engine][planner]") {
    EngineBench bench;
    auto book = clean_every_minute("sweep", minutes{1});
    book.schedule = schedule_of("* * * * *", CatchUp::none);
    book.not_during = blackout("50 * * * *", minutes{5});  // 23:50 to 23:55
    auto state = stored(book, kMinute - minutes{20});
    state.pauses.push_back({"sweep", kMinute - minutes{13}, "freeze", "alice", kMinute - minutes{18}});
    bench.start({book}, state);
    bench.run_for(seconds{1});
    CHECK(rows(bench) == Rows{"missed daemon_down 1", "skipped paused 5", "missed daemon_down 3",
                              "skipped blackout 5", "missed daemon_down 5", "skipped catch_up 1"});
    REQUIRE(bench.all<PauseEnded>().size() == 1);
    CHECK(bench.all<PauseEnded>()[0].actor.empty());
}

TEST_CASE("after a stall the newest open instant is served, whatever is caught up; all serves all",
          "[engine][planner]") {
    for (const auto catch_up : {CatchUp::none, CatchUp::latest, CatchUp::all}) {
        EngineBench bench;
        auto book = clean_every_minute("sweep", minutes{3});
        book.schedule = schedule_of("* * * * *", catch_up);
        book.overlap = runbook::OverlapPolicy::allow;
        bench.start({book});
        bench.run_for(seconds{10});
        bench.stall(minutes{10} - seconds{5});
        bench.run_for(seconds{10});
        const bool all = catch_up == CatchUp::all;
        CHECK(rows(bench) == (all ? Rows{"missed daemon_stalled 7"}
                                  : Rows{"missed daemon_stalled 7", "skipped catch_up 2"}));
        CHECK(verdicts_of_runs(bench) == (all ? std::vector{Verdict::late, Verdict::late, Verdict::on_time}
                                              : std::vector{Verdict::on_time}));
    }
}

TEST_CASE("a suspend of eight hours is one row and one run", "[engine][planner]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{2})});
    bench.run_for(seconds{10});
    bench.stall(hours{8});
    bench.run_for(seconds{5});
    CHECK(rows(bench) == Rows{"missed daemon_stalled 478", "skipped catch_up 1"});
    CHECK(bench.all<RunPlanned>().size() == 1);
    CHECK(bench.notes("clock.stepped").empty());  // steady time counts the suspended hours
}

TEST_CASE("a retired or disabled runbook has no instants to judge", "[engine][planner]") {
    EngineBench bench;
    auto disabled = clean_every_minute("disabled", minutes{1});
    disabled.enabled = false;
    auto state = stored(disabled, kMinute - minutes{20});
    state.runbooks.push_back(
        stored(clean_every_minute("gone", minutes{1}), kMinute - minutes{20}).runbooks[0]);
    state.runbooks[1].retired = true;
    bench.start({disabled}, state);
    bench.run_for(minutes{2});
    CHECK(bench.all<OccurrenceDecided>().empty());
}

TEST_CASE("a file that resolves otherwise than it did is a new revision", "[engine][planner]") {
    EngineBench bench;
    auto book = clean_every_minute("sweep", minutes{1});
    book.resolved = R"({"zone":"new rules"})";
    auto state = stored(book, kMinute);
    state.runbooks[0].resolved = R"({"zone":"old rules"})";
    bench.start({book}, state);
    REQUIRE(bench.all<RevisionEffective>().size() == 1);
    CHECK(bench.all<RevisionEffective>()[0].revision == 2);
}

TEST_CASE("zone rules are recorded once, before the first revision that names them", "[engine][planner]") {
    EngineBench bench;
    const auto rules = [](const std::string& digest) {
        return std::make_shared<const runbook::ZoneRules>(
            runbook::ZoneRules{"Europe/Berlin", digest, "2025b", {}});
    };
    auto one = clean_every_minute("one", minutes{1});
    one.zones = {rules("aa"), rules("bb")};
    auto other = clean_every_minute("other", minutes{1});
    other.zones = {rules("bb"), rules("cc")};
    RecoveredState state;
    state.zone_digests = {"aa"};
    bench.start({one, other}, state);
    const auto seen = bench.all<ZoneRulesSeen>();
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].rules->digest == "bb");
    CHECK(seen[1].rules->digest == "cc");
    bool has_come = false;
    for (const auto& record : bench.records()) {
        if (std::holds_alternative<ZoneRulesSeen>(record)) has_come = true;
        if (std::holds_alternative<RevisionEffective>(record)) CHECK(has_come);
    }
}

TEST_CASE("jitter puts the start off by its hash, and a restart does not change it", "[engine][planner]") {
    auto book = clean_every_minute("sweep", hours{1});
    book.schedule = schedule_of("1 0 * * *", CatchUp::latest, minutes{10});
    const auto nominal = test_start() + seconds{30};
    const auto due = nominal + schedule::jitter_of("sweep", nominal, minutes{10}, hours{1});
    EngineBench bench;
    bench.start({book});
    bench.run_for(seconds{31});
    REQUIRE(bench.all<RunPlanned>().size() == 1);  // decided when it is due
    CHECK(bench.all<RunPlanned>()[0].starts_at == due);
    CHECK(bench.all<RunStarted>().empty());
    bench.run_for(due - bench.now().utc - Millis{1});
    CHECK(bench.all<RunStarted>().empty());
    bench.run_for(seconds{1});
    REQUIRE(bench.all<RunStarted>().size() == 1);
    CHECK(bench.all<OccurrenceDecided>().at(0).verdict == Verdict::on_time);

    EngineBench again;
    auto state = stored(book, test_start() - hours{23});
    state.runbooks[0].judged_until = nominal;
    state.runs.push_back({bench.all<RunPlanned>()[0], std::nullopt, {}});
    again.stall(minutes{1});
    again.start({book}, state);
    again.run_for(due - again.now().utc - Millis{1});
    CHECK(again.all<RunStarted>().empty());
    again.run_for(seconds{1});
    CHECK(again.all<RunStarted>().size() == 1);
    CHECK(again.all<OccurrenceDecided>().at(0).verdict == Verdict::on_time);
}

TEST_CASE("finish_by lets no start be put off past the last create", "[engine][planner]") {
    for (int i = 1; i <= 28; ++i) {
        EngineBench bench;
        auto book = clean_every_minute("sweep-" + std::to_string(i), hours{1});
        book.finish_by = runbook::FinishBy::window;
        book.timeout = minutes{55};
        book.schedule = schedule_of("1 0 1 * *", CatchUp::latest, minutes{50});
        bench.start({book});
        bench.run_for(minutes{7});
        REQUIRE(bench.all<RunPlanned>().size() == 1);
        CHECK(bench.calls<CreateQuickJob>().size() == 1);
    }
}

}  // namespace runbookd::engine
