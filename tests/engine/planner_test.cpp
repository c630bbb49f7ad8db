#include "engine/planner.hpp"

#include <map>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::schedule_of;
using fakes::test_start;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

RecoveredState stored(const runbook::Runbook& book, UtcTime since, std::optional<UtcTime> judged = {}) {
    RecoveredState state;
    state.runbooks.push_back({book.name, 1, book.yaml, book.resolved, since, false, judged, {}, {}});
    return state;
}

const UtcTime kFirstMinute = test_start() + seconds{30};

}  // namespace

TEST_CASE("each instant of a schedule starts one run, on time", "[engine][planner]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{1})});
    bench.run_for(minutes{5});
    const auto runs = bench.all<RunPlanned>();
    REQUIRE(runs.size() == 5);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        CHECK(runs[i].nominal == kFirstMinute + minutes{i});
        CHECK(runs[i].window_end == kFirstMinute + minutes{i + 1});
        CHECK(runs[i].zone == "UTC");
    }
    CHECK(bench.all<OccurrenceDecided>().at(0).verdict == Verdict::on_time);
}

TEST_CASE("a month of downtime is one missed row", "[engine][planner]") {
    EngineBench bench;
    auto book = clean_every_minute("sweep", minutes{1});
    book.schedule = schedule_of("* * * * *", schedule::CatchUp::none);
    const auto since = test_start() - hours{24 * 30};
    bench.start({book}, stored(book, since, since));
    const auto verdicts = bench.all<OccurrenceDecided>();
    REQUIRE(verdicts.size() == 2);
    CHECK(verdicts[0].verdict == Verdict::missed);
    CHECK(verdicts[0].reason == "daemon_down");
    CHECK(verdicts[0].count >= 43'199);
    CHECK(verdicts[0].count <= 43'200);
    CHECK_FALSE(verdicts[0].run);
    CHECK(verdicts[1].verdict == Verdict::skipped);  // half a minute of the last window is left
    CHECK(verdicts[1].reason == "catch_up");
    CHECK(verdicts[1].nominal == verdicts[1].until);
    CHECK(verdicts[0].count + verdicts[1].count == 43'200);
}

TEST_CASE("the revision that was in force judges the downtime, an edit made meanwhile catches nothing up",
          "[engine][planner]") {
    EngineBench bench;
    const auto old = clean_every_minute("sweep", minutes{1});
    auto edited = clean_all("sweep");
    edited.yaml += " # edited";
    bench.start({old}, {});  // for the bench to read the old text
    EngineBench other;
    other.tell([&](Engine& core, Instant now) {
        const auto read = [&](const std::string&, const RecordedText&) {
            return std::make_shared<const runbook::Runbook>(old);
        };
        core.start(stored(old, test_start() - minutes{10}), read, {edited}, {}, now);
    });
    CHECK(other.all<OccurrenceDecided>().at(0).count == 9);
    CHECK(other.all<OccurrenceDecided>().at(0).revision == 1);
    REQUIRE(other.all<RevisionEffective>().size() == 1);
    CHECK(other.all<RevisionEffective>()[0].revision == 2);
    other.run_for(minutes{5});
    REQUIRE(other.all<RunPlanned>().size() == 1);  // the newest of the downtime, by the old revision
    CHECK(other.all<RunPlanned>()[0].revision == 1);
}

TEST_CASE("a stall is judged instant by instant", "[engine][planner]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{10})});
    bench.run_for(seconds{10});
    bench.stall(hours{1});
    bench.run_for(seconds{5});
    const auto verdicts = bench.all<OccurrenceDecided>();
    REQUIRE(verdicts.size() >= 2);
    CHECK(verdicts[0].verdict == Verdict::missed);
    CHECK(verdicts[0].reason == "daemon_stalled");
    CHECK(verdicts[0].count == 50);
    CHECK(verdicts[1].verdict == Verdict::skipped);
    CHECK(verdicts[1].reason == "catch_up");
    CHECK(verdicts[1].count == 9);
    REQUIRE(bench.all<RunPlanned>().size() == 1);  // the newest, whose window is open
    CHECK(bench.all<RunPlanned>()[0].nominal == verdicts[1].until + minutes{1});
    CHECK(bench.all<RunPlanned>()[0].nominal == kFirstMinute + minutes{59});
}

TEST_CASE("after a restart a runbook is shown as its file is now", "[engine][planner]") {
    EngineBench bench;
    auto recorded = clean_every_minute("sweep", minutes{1});
    recorded.file = "sweep.yaml";  // the record knows no folder
    auto found = recorded;
    found.file = "/etc/runbookd/runbooks.d/sweep.yaml";
    bench.tell([&](Engine& core, Instant now) {
        const auto read = [&](const std::string&, const RecordedText&) {
            return std::make_shared<const runbook::Meaning>(recorded);
        };
        core.start(stored(recorded, test_start() - minutes{1}), read, {found}, {}, now);
    });
    CHECK(bench.all<RevisionEffective>().empty());
    CHECK(bench.engine().planner().find("sweep")->book->file == found.file);
}

TEST_CASE("no instant fires twice when the clock goes back", "[engine][planner]") {
    EngineBench bench;
    auto book = clean_every_minute("sweep", minutes{1});
    bench.start({book});
    bench.run_for(minutes{5});
    bench.step_clock(-minutes{3});
    bench.run_for(minutes{1});
    book.yaml += " # edited";
    bench.reload({book});  // would count from the clock
    bench.run_for(minutes{5});
    bench.reload({});
    book.yaml += " twice";
    bench.step_clock(-minutes{5});
    bench.reload({book});  // removed and brought back
    bench.run_for(minutes{8});
    std::map<UtcTime, int> fired;
    for (const auto& run : bench.all<RunPlanned>()) CHECK(++fired[*run.nominal] == 1);
    CHECK(fired.size() >= 9);
}

TEST_CASE("a start with a clock behind the store fires nothing again", "[engine][planner]") {
    EngineBench bench;
    const auto book = clean_every_minute("sweep", minutes{1});
    bench.start({book}, stored(book, test_start() - hours{1}, test_start() + minutes{3}));
    bench.run_for(minutes{5});
    CHECK(bench.all<OccurrenceDecided>().size() == bench.all<RunPlanned>().size());
    for (const auto& run : bench.all<RunPlanned>()) CHECK(run.nominal > test_start() + minutes{3});
}

TEST_CASE("a clock that jumps ahead is a stall", "[engine][planner]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{1})});
    bench.run_for(seconds{5});
    bench.step_clock(minutes{30});
    bench.run_for(minutes{1});
    const auto verdicts = bench.all<OccurrenceDecided>();
    REQUIRE(verdicts.size() >= 2);
    CHECK(verdicts[0].verdict == Verdict::missed);
    CHECK(verdicts[0].count == 29);
}

TEST_CASE("a reload keeps the times of what did not change, and starts nothing", "[engine][planner]") {
    EngineBench bench;
    const auto sweep = clean_every_minute("sweep", minutes{1});
    bench.start({sweep});
    bench.run_for(seconds{10});
    const auto next = bench.engine().planner().find("sweep")->next_at;
    bench.reload({sweep, clean_every_minute("new", minutes{1})});
    CHECK(bench.engine().planner().find("sweep")->next_at == next);
    CHECK(bench.engine().planner().find("sweep")->revision == 1);
    CHECK(bench.all<RunPlanned>().empty());
    CHECK(bench.all<RevisionEffective>().size() == 2);
    bench.reload({sweep, clean_every_minute("new", minutes{1})});
    CHECK(bench.all<RevisionEffective>().size() == 2);
}

TEST_CASE("what is due in the instant of a reload is served by the revision before", "[engine][planner]") {
    for (const bool is_removed : {false, true}) {
        EngineBench bench;
        auto book = clean_every_minute("sweep", minutes{1});
        bench.start({book});
        bench.run_for(seconds{29});
        bench.stall(seconds{2});  // the instant has passed, its alarm has not rung
        book.yaml += " # edited";
        if (is_removed)
            bench.reload({});
        else
            bench.reload({book});
        bench.run_for(seconds{1});
        REQUIRE(bench.all<RunPlanned>().size() == 1);
        CHECK(bench.all<RunPlanned>()[0].nominal == kFirstMinute);
        CHECK(bench.all<RunPlanned>()[0].revision == 1);
    }
}

TEST_CASE("revisions count up, also over a removal", "[engine][planner]") {
    EngineBench bench;
    auto book = clean_all("sweep");
    bench.start({book});
    bench.reload({});
    CHECK(bench.all<RevisionRetired>().size() == 1);
    CHECK(bench.engine().planner().find("sweep") == nullptr);
    bench.reload({book});
    CHECK(bench.all<RevisionEffective>().back().revision == 2);
}

TEST_CASE("a bad file leaves its last good revision in force, and says so once", "[engine][planner]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{1})});
    bench.reload({}, {{"sweep", "line 3: no"}});
    bench.reload({}, {{"sweep", "line 3: no"}});
    CHECK(bench.all<RevisionRetired>().empty());
    CHECK(bench.notes("runbook.kept_last_good").size() == 1);
    CHECK(bench.engine().planner().find("sweep")->problem == std::string("line 3: no"));
    bench.run_for(minutes{1});
    CHECK(bench.all<RunPlanned>().size() == 1);
    bench.reload({clean_every_minute("sweep", minutes{1})});
    CHECK_FALSE(bench.engine().planner().find("sweep")->problem);
}

TEST_CASE("a disabled runbook has no next time, and a person cannot start it", "[engine][planner]") {
    EngineBench bench;
    auto book = clean_every_minute("sweep", minutes{1});
    book.enabled = false;
    bench.start({book});
    bench.run_for(minutes{3});
    CHECK(bench.all<RunPlanned>().empty());
    bench.run("sweep");
    REQUIRE(bench.run_answers.size() == 1);
    CHECK(bench.run_answers[0].error().code == ErrorCode::conflict);
    bench.run("swep");
    CHECK(bench.run_answers[1].error().code == ErrorCode::not_found);
    CHECK(bench.run_answers[1].error().message.find("'sweep'") != std::string::npos);
}

TEST_CASE("a runbook that is removed while it runs, runs on", "[engine][planner]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{10})});
    bench.run_for(seconds{32});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    bench.reload({});
    JobResult result;
    result.status = DeploymentStatus::success;
    bench.results[DattoJobUid{"j1"}] = result;
    bench.run_for(minutes{1});
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::completed);
    bench.run_for(minutes{5});
    CHECK(bench.all<RunPlanned>().size() == 1);
}

}  // namespace runbookd::engine
