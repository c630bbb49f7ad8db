#include "engine/forecast.hpp"

#include <map>

#include "catch.hpp"
#include "engine/steps_support.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::blackout;
using fakes::clean_all;
using fakes::EngineBench;
using fakes::schedule_of;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

runbook::Runbook scheduled(const std::string& name, const std::string& cron, const std::string& hostnames) {
    auto book = clean_all(name);
    book.schedule = schedule_of(cron);
    book.targets.include = {{.hostname = runbook::TextMatch{{hostnames}}}};
    return book;
}

std::vector<ComingRun> coming(EngineBench& bench, Millis span) {
    return bench.engine().forecast().coming(bench.now().utc + span, bench.now());
}

/// The first and last create of each runbook, and how many there were.
std::map<std::string, Drained> creates_of(const EngineBench& bench) {
    std::map<std::string, Drained> found;
    for (const auto& [call, at] : bench.calls<CreateQuickJob>()) {
        auto& drained = found[call.runbook];
        if (!drained.first) drained.first = at.utc;
        drained.last = at.utc;
        ++drained.created;
    }
    return found;
}

}  // namespace

TEST_CASE("what is coming is every instant until then, and why some will not be served",
          "[engine][forecast]") {
    EngineBench bench;
    auto held = scheduled("held", "0 3 * * *", "*");
    held.not_during = blackout("0 0 * * *", hours{23});
    auto disabled = scheduled("disabled", "0 3 * * *", "*");
    disabled.enabled = false;
    bench.start({scheduled("hourly", "30 * * * *", "*"), held, disabled, clean_all("by-hand")});
    bench.run_for(seconds{5});
    bench.pause("hourly", minutes{60});
    bench.run_for(seconds{5});
    const auto runs = coming(bench, hours{4});
    REQUIRE(runs.size() == 5);
    CHECK(runs[0].runbook == "hourly");
    CHECK(runs[0].suppressed_by == "paused");
    CHECK(runs[1].suppressed_by.empty());
    CHECK(runs[3].runbook == "held");
    CHECK(runs[3].suppressed_by == "blackout");
    CHECK(runs[3].starts == *parse_utc("2026-03-01T03:00:00Z"));
}

TEST_CASE("a run that is open counts with what it still wants", "[engine][forecast]") {
    std::vector<Device> devices;
    for (int i = 0; i < 200; ++i) devices.push_back(windows_server("d" + std::to_string(i), "PC"));
    EngineBench bench(devices);
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(seconds{30});
    const auto runs = coming(bench, hours{1});
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].run);
    CHECK(runs[0].open_creates == 120);  // 80 went out at once
    const auto drained = bench.engine().forecast().drain(runs, {120}, bench.now());
    CHECK(drained.at(0).left == 0);
    bench.run_for(minutes{5});
    const auto last = creates_of(bench).at("sweep").last;
    const auto off = *last - *drained[0].last;
    CHECK(std::chrono::abs(off) < seconds{5});
}

TEST_CASE("an open run of several steps counts with the jobs that are left where all goes well",
          "[engine][forecast]") {
    using namespace steps_testing;
    StepsBed bed(2);
    auto mend = job_step("mend", "Repair");
    mend.when = {{0, runbook::StepEnd::failed}};
    auto check = job_step("check", "Check");
    check.goes_on_after_failure = true;
    const auto wanted = [&] { return coming(bed.bench, hours{1}).at(0).open_creates; };
    bed.start_and_run(stepped({check, mend, return_step("back"), job_step("tell", "Tell")}), seconds{5});
    CHECK(wanted() == 2);  // each one's last
    bed.end(1, DeploymentStatus::failure);
    bed.bench.run_for(minutes{1});
    CHECK(bed.jobs() == Texts{"check 1", "check 1", "mend 1"});
    CHECK(wanted() == 2);
    bed.end(3, DeploymentStatus::success);
    bed.bench.run_for(minutes{2});
    CHECK(bed.jobs() == Texts{"check 1", "check 1", "mend 1", "tell 1"});
    CHECK(wanted() == 1);
}

TEST_CASE("the forecast of a busy night comes true within a tenth", "[engine][forecast]") {
    std::vector<Device> devices;
    for (int i = 0; i < 3'000; ++i)
        devices.push_back(windows_server("d" + std::to_string(i), "ABC"[i % 3] + std::to_string(i)));
    EngineSettings settings;
    settings.limits_source = LimitsSource::fixed;
    EngineBench bench(devices, settings);
    // 80 a minute: the first and the second share the begin, the third comes while they are at it.
    bench.start({scheduled("first", "5 0 * * *", "A*"), scheduled("second", "5 0 * * *", "B*"),
                 scheduled("third", "15 0 * * *", "C*")});
    bench.run_for(seconds{30});
    const auto begin = bench.now().utc;
    const auto runs = coming(bench, hours{1});
    REQUIRE(runs.size() == 3);
    const auto forecast = bench.engine().forecast().drain(runs, {1'000, 1'000, 1'000}, bench.now());
    bench.run_for(minutes{90});
    const auto came = creates_of(bench);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        INFO(runs[i].runbook);
        const auto& what = came.at(runs[i].runbook);
        const auto is_near = [&](UtcTime a, UtcTime b) {
            return std::chrono::abs(a - b) <= (b - begin) / 10;
        };
        CHECK(is_near(*forecast[i].first, *what.first));
        CHECK(is_near(*forecast[i].last, *what.last));
        CHECK(std::abs(forecast[i].created - what.created) <= 100);
    }
}

}  // namespace runbookd::engine
