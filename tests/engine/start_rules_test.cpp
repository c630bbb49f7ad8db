// Which devices `once` and `ramp` leave out when targets are frozen, and what the guard makes of it.
#include "engine/start_rules.hpp"

#include <algorithm>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"
#include "fakes/stepped_zone.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::test_start;
using fakes::windows_server;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;

/// 2026-03-01, the day on which every test begins.
const local_days kToday{std::chrono::year{2026} / std::chrono::March / std::chrono::day{1}};

std::vector<Device> fleet_of(int count) {
    std::vector<Device> devices;
    for (int i = 1; i <= count; ++i)
        devices.push_back(windows_server("d" + std::to_string(i), "ACME-" + std::to_string(i)));
    return devices;
}

runbook::Runbook once(std::optional<Millis> within = std::nullopt) {
    auto book = clean_all("sweep");
    book.once = runbook::Once{within};
    return book;
}

runbook::Runbook ramped(local_days from, std::vector<runbook::Ramp::Step> steps) {
    auto book = clean_all("sweep");
    book.ramp = runbook::Ramp{from, std::move(steps)};
    return book;
}

JobResult ended(DeploymentStatus status) {
    JobResult result;
    result.status = status;
    return result;
}

/// Runs it by hand and lets every job end like that.
void run_all(EngineBench& bench, DeploymentStatus status = DeploymentStatus::success) {
    bench.run("sweep");
    bench.run_for(seconds{5});
    for (std::size_t i = 1; i <= bench.calls<CreateQuickJob>().size(); ++i)
        bench.results.try_emplace(DattoJobUid{"j" + std::to_string(i)}, ended(status));
    bench.run_for(minutes{5});
}

std::vector<std::string> targets_of_last(const EngineBench& bench) {
    std::vector<std::string> uids;
    const auto last = bench.all<RunStarted>().back();
    for (const auto& target : last.targets) uids.push_back(target.device.str());
    return uids;
}

std::vector<ExclusionRow> left_out_of_last(const EngineBench& bench) {
    return bench.all<RunStarted>().back().exclusions;
}

/// A job of d1 whose create got no answer and which is not found: `unknown`.
void lose_the_job(EngineBench& bench) {
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<CreateQuickJob>(call)) return fakes::failure(FailureKind::lost);
        return std::nullopt;
    };
    bench.run("sweep");
    bench.run_for(minutes{30});
    bench.script = [](const ApiCall&, Instant) { return std::nullopt; };
}

}  // namespace

TEST_CASE("per_device: what has succeeded is out from the next run on, and the row says when",
          "[engine][once]") {
    EngineBench bench(fleet_of(2));
    bench.start({once()});
    run_all(bench);
    CHECK(targets_of_last(bench) == std::vector<std::string>{"d1", "d2"});
    run_all(bench);
    CHECK(targets_of_last(bench).empty());
    const auto rows = left_out_of_last(bench);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].rule == "already_succeeded");
    const auto decided = bench.all<TargetDecided>();
    const auto word = std::find_if(decided.begin(), decided.end(),
                                   [&](const auto& one) { return one.device == rows[0].device; });
    REQUIRE(word != decided.end());
    CHECK(rows[0].reason.str() ==
          "it succeeded at " + format_utc(word->at) + ", and once is enough (once: per_device)");
    CHECK(bench.all<RunFinished>().back().status == RunStatus::completed);  // that none is left is no refusal
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
}

TEST_CASE("a warning is a success here, a failure is none", "[engine][once]") {
    for (const auto status : {DeploymentStatus::warning, DeploymentStatus::failure}) {
        EngineBench bench;
        bench.start({once()});
        run_all(bench, status);
        run_all(bench, status);
        CHECK(targets_of_last(bench).size() == (status == DeploymentStatus::failure ? 1U : 0U));
    }
}

TEST_CASE("what succeeded is taken again when its time is over, to the millisecond", "[engine][once]") {
    EngineBench bench;
    bench.successes["sweep"] = {{DeviceUid{"d1"}, test_start() - hours{24 * 30} + seconds{30}}};
    bench.start({once(hours{24 * 30})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    REQUIRE(left_out_of_last(bench).size() == 1);
    CHECK(left_out_of_last(bench)[0].reason.str() ==
          "it succeeded at 2026-01-30T00:01:00.000Z, and is taken again 30d after that");
    bench.run_for(seconds{25});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(left_out_of_last(bench).empty());
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("a run waits for what the record says, and asks it once", "[engine][once]") {
    EngineBench bench(fleet_of(2));
    bench.successes["sweep"] = {{DeviceUid{"d2"}, test_start() - hours{1}}};
    bench.recall_takes = minutes{3};
    bench.start({once()});
    bench.run("sweep");
    bench.run("sweep", {{"d1"}, {}, {}, ""});
    bench.run_for(minutes{2});
    CHECK(bench.all<RunStarted>().empty());
    CHECK(bench.calls<CreateQuickJob>().empty());
    bench.run_for(minutes{2});
    REQUIRE(bench.all<RunStarted>().size() == 2);
    CHECK(bench.all<RunStarted>()[0].targets.size() == 1);
    CHECK(bench.all<RunStarted>()[0].exclusions.size() == 1);
}

TEST_CASE("what a runbook did before it said once counts from the reload on", "[engine][once]") {
    EngineBench bench(fleet_of(2));
    bench.start({clean_all("sweep")});
    run_all(bench);
    for (const auto& word : bench.all<TargetDecided>())
        bench.successes["sweep"].push_back({word.device, word.at});  // as the record has it
    auto book = once();
    book.yaml += "\nonce: per_device";
    bench.reload({book});
    run_all(bench);
    CHECK(targets_of_last(bench).empty());
    CHECK(left_out_of_last(bench).size() == 2);
}

TEST_CASE("what a person says of an unknown job counts too", "[engine][once]") {
    EngineBench bench;
    bench.start({once()});
    lose_the_job(bench);
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    REQUIRE(bench.all<TargetDecided>()[0].disposition == Disposition::unknown);
    const auto job = bench.all<JobCreated>().at(0);
    bench.successes["sweep"] = {{DeviceUid{"d1"}, bench.now().utc}};  // as the record has it then
    bench.tell([&](Engine& core, Instant at) {
        core.settle(
            {job.job, job.run, job.device, "sweep", {}, SettleOrder::Word::ran, "seen", "alice"},
            [](const Result<std::optional<RunUid>>&) {}, at);
    });
    run_all(bench);
    CHECK(targets_of_last(bench).empty());
}

TEST_CASE("a plan says who is out, for now and for later", "[engine][once]") {
    EngineBench bench;
    bench.successes["sweep"] = {{DeviceUid{"d1"}, test_start() - hours{1}}};
    bench.start({once(hours{2})});
    const auto plan = [&](std::optional<UtcTime> at) {
        std::optional<Preview> got;
        bench.tell([&](Engine& core, Instant now) {
            PreviewOrder order;
            order.runbook = "sweep";
            order.at = at;
            core.preview(order, [&](Result<Preview> preview) { got = std::move(*preview); }, now);
        });
        bench.run_for(seconds{10});
        REQUIRE(got);
        return *got;
    };
    const auto now = plan(std::nullopt);
    CHECK(now.targets.empty());
    REQUIRE(now.exclusions.size() == 1);
    CHECK(now.exclusions[0].rule == "already_succeeded");
    CHECK(now.refusal.empty());
    CHECK(plan(test_start() + hours{1}).targets.size() == 1);
    CHECK(bench.all<RunPlanned>().empty());
}

TEST_CASE("a device is in when its hash lies under today's share, and stays in", "[engine][ramp]") {
    // The first 8 bytes of SHA-256("sweep" NUL "ramp:d1"), big-endian, modulo 100: computed with Python.
    CHECK(runbook::place_in_ramp("sweep", "d1") == 49);
    CHECK(runbook::place_in_ramp("sweep", "d2") == 16);
    CHECK(runbook::place_in_ramp("sweep", "d3") == 31);
    const runbook::Ramp ramp{kToday, {{days{0}, 1}, {days{3}, 10}, {days{7}, 40}, {days{14}, 100}}};
    CHECK(ramp.share_on(kToday - days{1}) == 0);
    CHECK(ramp.share_on(kToday) == 1);
    CHECK(ramp.share_on(kToday + days{2}) == 1);
    CHECK(ramp.share_on(kToday + days{3}) == 10);
    CHECK(ramp.share_on(kToday + days{13}) == 40);
    CHECK(ramp.share_on(kToday + days{400}) == 100);
    for (int place = 0; place < 100; ++place) {
        const auto* const step = ramp.step_of(place);
        REQUIRE(step != nullptr);
        CHECK(ramp.share_on(ramp.from + step->after) > place);
        CHECK(ramp.share_on(ramp.from + step->after - days{1}) <= place);
    }
}

TEST_CASE("a run takes the share of its day and names the day of the others", "[engine][ramp]") {
    EngineBench bench(fleet_of(200));
    bench.start({ramped(kToday - days{3}, {{days{0}, 1}, {days{3}, 40}, {days{7}, 90}})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    const auto start = bench.all<RunStarted>().at(0);
    CHECK(start.targets.size() + start.exclusions.size() == 200);
    for (const auto& target : start.targets) CHECK(runbook::place_in_ramp("sweep", target.device.str()) < 40);
    for (const auto& row : start.exclusions) {
        const auto place = runbook::place_in_ramp("sweep", row.device.str());
        CHECK(row.rule == "ramp");
        CHECK(place >= 40);
        CHECK(row.reason.str() == (place < 90 ? "the ramp is at 40% on 2026-03-01; this device comes with "
                                                "90%, on 2026-03-05"
                                              : "the ramp is at 40% on 2026-03-01; none of its shares takes "
                                                "this device"));
    }
}

TEST_CASE("days are those of the run's zone, and before the first nobody is in", "[engine][ramp]") {
    struct Row {
        std::chrono::seconds offset;
        bool is_in;
    };
    // It is half a minute past midnight in UTC.
    for (const auto& row : {Row{seconds{0}, true}, Row{hours{9}, true}, Row{-hours{5}, false}}) {
        EngineBench bench;
        auto book = ramped(kToday, {{days{0}, 100}});
        book.zone = fakes::zone_of("Test/Zone", row.offset);
        bench.start({book});
        bench.run("sweep");
        bench.run_for(seconds{5});
        CHECK(targets_of_last(bench).size() == (row.is_in ? 1U : 0U));
        if (row.is_in) continue;
        CHECK(left_out_of_last(bench).at(0).reason.str() ==
              "the ramp begins on 2026-03-01; this device comes with 100%, on 2026-03-01");
        CHECK(bench.all<RunFinished>().back().status == RunStatus::completed);
    }
}

TEST_CASE("the guard judges what the selectors took: a ramp that grows is no change", "[engine][ramp]") {
    EngineBench bench(fleet_of(100));
    auto book = ramped(kToday, {{days{0}, 1}, {days{1}, 100}});
    book.guard.max_change = runbook::Guard::MaxChange{30, 1};
    book.guard.min = 50;
    book.overlap = runbook::OverlapPolicy::allow;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(days{1});
    bench.run("sweep");
    bench.run_for(minutes{1});
    CHECK(bench.notes("run.refused").empty());
    CHECK(targets_of_last(bench).size() == 100);
    // What is over `max` is counted by what gets a job.
    book.guard.max = 99;
    book.yaml += "\nguard: {max: 99}";
    bench.reload({book});
    bench.run("sweep");
    bench.run_for(minutes{1});
    CHECK(bench.notes("run.refused").size() == 1);
}

}  // namespace runbookd::engine
