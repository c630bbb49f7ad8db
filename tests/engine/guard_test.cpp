#include "engine/guard.hpp"

#include <algorithm>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::blackout;
using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::test_start;
using fakes::windows_server;
using runbook::Overrides;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<Device> fleet_of(int count, int from = 0) {
    std::vector<Device> devices;
    for (int i = from; i < from + count; ++i)
        devices.push_back(windows_server("d" + std::to_string(i), "ACME-" + std::to_string(i)));
    return devices;
}

runbook::Runbook guarded(std::optional<std::int64_t> max, std::int64_t min,
                         std::optional<runbook::Guard::MaxChange> change = std::nullopt) {
    auto book = clean_all("sweep");
    book.guard.max = max;
    book.guard.min = min;
    if (change) book.guard.max_change = *change;
    book.overlap = runbook::OverlapPolicy::allow;
    return book;
}

Overrides without(const std::vector<std::string>& rules) {
    return *runbook::read_overrides(rules, "told by the customer");
}

/// Of the last run.
RunFinished last_end(const EngineBench& bench) {
    REQUIRE_FALSE(bench.all<RunFinished>().empty());
    return bench.all<RunFinished>().back();
}

void start_and_finish(EngineBench& bench, RunScope scope = {}, Overrides overrides = {}) {
    bench.run("sweep", std::move(scope), std::move(overrides));
    bench.run_for(seconds{10});
}

}  // namespace

TEST_CASE("max and min, judged when the targets are frozen", "[engine][guard]") {
    struct Row {
        int devices;
        std::optional<std::int64_t> max;
        std::int64_t min;
        std::string refusal;  // empty: it goes on
    };
    const std::vector<Row> rows{
        {5, 5, 1, ""},
        {5, 4, 1, "5 devices selected, and guard.max is 4"},
        {5, std::nullopt, 6, "5 devices selected, and guard.min is 6"},
        {1, std::nullopt, 2, "1 device selected, and guard.min is 2"},
        {0, std::nullopt, 1, "0 devices selected, and guard.min is 1"},
        {0, std::nullopt, 0, ""},
    };
    for (const auto& row : rows) {
        INFO(row.devices << " devices: " << row.refusal);
        EngineBench bench(fleet_of(row.devices));
        bench.start({guarded(row.max, row.min)});
        start_and_finish(bench);
        REQUIRE(bench.run_answers.size() == 1);
        CHECK(bench.run_answers[0]);  // the run is recorded either way
        CHECK(bench.all<RunStarted>().at(0).targets.size() == static_cast<std::size_t>(row.devices));
        const auto notes = bench.notes("run.refused");
        if (row.refusal.empty()) {
            CHECK(notes.empty());
            CHECK(bench.calls<CreateQuickJob>().size() == static_cast<std::size_t>(row.devices));
            continue;
        }
        REQUIRE(notes.size() == 1);
        CHECK(notes[0].data.at("message") == row.refusal);
        CHECK(notes[0].data.at("selected") == std::to_string(row.devices));
        CHECK(last_end(bench).status == RunStatus::aborted);
        CHECK(last_end(bench).reason == "guard");
        CHECK(bench.all<TargetDecided>().size() == static_cast<std::size_t>(row.devices));
        for (const auto& target : bench.all<TargetDecided>()) {
            CHECK(target.disposition == Disposition::halted);
            CHECK(target.reason == "guard");
        }
        CHECK(bench.calls<CreateQuickJob>().empty());
        CHECK(bench.engine().open_runs() == 0);
    }
}

TEST_CASE("max_change: the symmetric difference to the last run", "[engine][guard]") {
    struct Row {
        int before, gone, came;
        runbook::Guard::MaxChange limit;
        bool is_refused;
    };
    const std::vector<Row> rows{
        {100, 30, 0, {30, 10}, false},  // exactly the share
        {100, 31, 0, {30, 10}, true},  {100, 0, 31, {30, 10}, true},
        {100, 16, 16, {30, 10}, true}, {10, 9, 0, {30, 10}, false},  // few devices may all change
        {10, 0, 10, {30, 10}, true},   {100, 1, 0, {1, 0}, false},
        {99, 1, 0, {1, 0}, true},      {20, 0, 0, {1, 0}, false},
    };
    for (const auto& row : rows) {
        INFO(row.before << " - " << row.gone << " + " << row.came);
        EngineBench bench(fleet_of(row.before));
        bench.start({guarded(std::nullopt, 1, row.limit)});
        start_and_finish(bench);
        CHECK(bench.notes("run.refused").empty());  // the first ever is compared with nothing
        bench.devices.erase(bench.devices.begin(), bench.devices.begin() + row.gone);
        for (auto& device : fleet_of(row.came, 1000)) bench.devices.push_back(std::move(device));
        bench.run_for(minutes{1});
        start_and_finish(bench);
        const auto notes = bench.notes("run.refused");
        REQUIRE(notes.size() == (row.is_refused ? 1U : 0U));
        if (!row.is_refused) continue;
        const auto& data = notes[0].data;
        CHECK(data.at("rules") == "max_change");
        CHECK(data.at("previous") == std::to_string(row.before));
        CHECK(data.at("removed") == std::to_string(row.gone));
        CHECK(data.at("added") == std::to_string(row.came));
    }
}

TEST_CASE("what is compared with: the last run that went on and was not narrowed", "[engine][guard]") {
    EngineBench bench(fleet_of(40));
    bench.start({guarded(std::nullopt, 1, runbook::Guard::MaxChange{30, 1})});
    start_and_finish(bench);
    // A person's choice of three devices is no change, and no measure for the next.
    start_and_finish(bench, {{"d1", "d2", "d3"}, {}, {}, ""});
    CHECK(bench.notes("run.refused").empty());
    bench.devices.resize(20);
    bench.run_for(minutes{1});
    start_and_finish(bench);
    CHECK(bench.notes("run.refused").size() == 1);
    start_and_finish(bench);  // a refused one is no measure either
    CHECK(bench.notes("run.refused").size() == 2);
    start_and_finish(bench, {}, without({"guard"}));
    CHECK(bench.notes("run.refused").size() == 2);
    CHECK(bench.notes("run.guard_overridden").size() == 1);
    start_and_finish(bench);  // but one that somebody let go on is
    CHECK(bench.notes("run.refused").size() == 2);
}

TEST_CASE("after a restart the last run of each lane is known", "[engine][guard]") {
    EngineBench bench(fleet_of(40));
    RecoveredState state;
    LastTargets last{"sweep", "", "", {}};
    for (int i = 0; i < 100; ++i) last.devices.emplace_back("d" + std::to_string(i));
    state.last_targets = {last};
    bench.start({guarded(std::nullopt, 1, runbook::Guard::MaxChange{30, 10})}, state);
    start_and_finish(bench);
    REQUIRE(bench.notes("run.refused").size() == 1);
    CHECK(bench.notes("run.refused")[0].data.at("message") ==
          "60 devices changed since the last run, which had 100 (0 came, 60 went), and guard.max_change is "
          "30% of them, and at least 10");
}

TEST_CASE("an occurrence that the guard refuses is skipped by it, and its run says so", "[engine][guard]") {
    EngineBench bench(fleet_of(3));
    auto book = clean_every_minute("sweep", minutes{1});
    book.guard.max = 2;
    bench.start({book});
    bench.run_for(minutes{1});
    REQUIRE(bench.all<OccurrenceDecided>().size() == 1);
    const auto verdict = bench.all<OccurrenceDecided>()[0];
    CHECK(verdict.verdict == Verdict::skipped);
    CHECK(verdict.reason == "guard");
    CHECK(verdict.run == bench.all<RunPlanned>().at(0).run);
    CHECK(last_end(bench).status == RunStatus::aborted);
}

TEST_CASE("an override is recorded with who and why, and says what it overrode", "[engine][guard]") {
    EngineBench bench(fleet_of(3));
    bench.start({guarded(2, 1)});
    start_and_finish(bench, {}, without({"guard"}));
    CHECK(bench.calls<CreateQuickJob>().size() == 3);
    const auto asked = bench.notes("run.override");
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].actor == "alice");
    CHECK(asked[0].data.at("rules") == "guard");
    CHECK(asked[0].data.at("reason") == "told by the customer");
    const auto used = bench.notes("run.guard_overridden");
    REQUIRE(used.size() == 1);
    CHECK(used[0].actor == "alice");
    CHECK(used[0].data.at("message") == "3 devices selected, and guard.max is 2");
    CHECK(bench.all<RunPlanned>().at(0).overrides.guard);
}

TEST_CASE("not_during is overridden for one run alone", "[engine][guard]") {
    EngineBench bench(fleet_of(2));
    auto book = guarded(std::nullopt, 1);
    book.not_during = blackout("0 0 * * *", hours{23});
    bench.start({book});
    start_and_finish(bench);
    REQUIRE(bench.run_answers.size() == 1);
    REQUIRE_FALSE(bench.run_answers[0]);
    CHECK(bench.run_answers[0].error().code == ErrorCode::refused_by_rule);
    start_and_finish(bench, {}, without({"guard", "window"}));  // it waits for the blackout's end
    CHECK(bench.calls<CreateQuickJob>().empty());
    start_and_finish(bench, {}, without({"not_during"}));
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    for (const char* job : {"j1", "j2"}) bench.results[DattoJobUid{job}].status = DeploymentStatus::success;
    bench.run_for(hours{23});
    CHECK(bench.calls<CreateQuickJob>().size() == 4);
}

TEST_CASE("a run whose window is overridden creates until all is done", "[engine][guard]") {
    auto away = windows_server("d9", "ACME-9");
    away.online = false;
    EngineBench bench({away});
    auto book = guarded(std::nullopt, 1);
    book.offline = runbook::OfflinePolicy::wait;
    bench.start({book});
    start_and_finish(bench, {}, without({"window"}));
    CHECK(bench.all<RunPlanned>().at(0).window_end == bench.all<RunPlanned>().at(0).at + hours{24 * 31});
    bench.run_for(hours{30});
    CHECK(bench.all<TargetDecided>().empty());
    bench.devices[0].online = true;
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("overrides hold after a restart", "[engine][guard]") {
    const auto book = [] {
        auto made = guarded(1, 1);
        made.not_during = blackout("0 0 * * *", hours{23});
        return made;
    }();
    RecoveredState state;
    state.runbooks.push_back({book.name, 1, book.yaml, "", test_start() - hours{2}, false, {}, {}, {}});
    RecoveredRun run;
    run.planned.run = RunUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0R"};
    run.planned.runbook = "sweep";
    run.planned.revision = 1;
    run.planned.trigger = Trigger::manual;
    run.planned.actor = "alice";
    run.planned.window_end = test_start() + minutes{30};
    run.planned.at = test_start() - minutes{1};
    run.planned.overrides = without({"guard", "not_during"});
    state.runs.push_back(run);
    EngineBench bench(fleet_of(2));
    bench.start({book}, state);
    bench.run_for(seconds{10});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
}

TEST_CASE("which rules can be overridden, and what else is said", "[runbook][guard]") {
    const auto good = runbook::read_overrides({"window", "guard", "guard"}, "because");
    REQUIRE(good);
    CHECK(good->guard);
    CHECK(good->window);
    CHECK_FALSE(good->not_during);
    CHECK(good->rules() == std::vector<std::string>{"guard", "window"});
    CHECK(good->reason == "because");
    CHECK_FALSE(runbook::read_overrides({}, "")->any());
    CHECK(runbook::read_overrides({"gard"}, "because").error().message ==
          "'gard' is not a rule that can be overridden; did you mean 'guard'? there are guard, not_during, "
          "window");
    CHECK(runbook::read_overrides({"pause"}, "because").error().message ==
          "'pause' is not a rule that can be overridden; there are guard, not_during, window");
    CHECK(runbook::read_overrides({"guard"}, " \n").error().message ==
          "an override needs a reason, for the record");
    CHECK(runbook::read_overrides({}, "because").error().message ==
          "a reason is given, and no rule that it overrides");
}

}  // namespace runbookd::engine
