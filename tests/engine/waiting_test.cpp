// What happens to targets whose device is offline under `offline: wait`.
#include "engine/waiting.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::blackout;
using fakes::clean_all;
using fakes::EngineBench;
using fakes::failure;
using fakes::test_start;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

runbook::Runbook waiting(const std::string& name = "sweep") {
    auto book = clean_all(name);
    book.offline = runbook::OfflinePolicy::wait;
    return book;
}

Device offline(int number, const std::string& site = "s1") {
    auto name = std::to_string(number);
    name.insert(0, 5 - name.size(), '0');
    auto device = windows_server("d" + name, "ACME-" + name);
    device.site_uid = SiteUid{site};
    device.online = false;
    device.last_seen = *parse_utc("2026-02-27T08:00:00Z");
    return device;
}

std::vector<Device> all_offline(int count, const std::string& site = "s1") {
    std::vector<Device> devices;
    for (int i = 0; i < count; ++i) devices.push_back(offline(i, site));
    return devices;
}

/// The most reads for waiting devices that any minute holds. None of the tests that count have others.
std::size_t most_in_a_minute(const EngineBench& bench) {
    std::deque<SteadyTime> window;
    std::size_t most = 0;
    for (const auto& [call, at] : bench.sent()) {
        if (!std::holds_alternative<ReadSiteDevices>(call) && !std::holds_alternative<ReadDevice>(call))
            continue;
        while (!window.empty() && window.front() + seconds{60} <= at.steady) window.pop_front();
        window.push_back(at.steady);
        most = std::max(most, window.size());
    }
    return most;
}

/// The one target's end.
TargetDecided end_of(const EngineBench& bench) {
    const auto decided = bench.all<TargetDecided>();
    REQUIRE(decided.size() == 1);
    return decided[0];
}

}  // namespace

TEST_CASE("a device that comes online inside the window gets its job within a minute", "[engine][waiting]") {
    for (const int others : {0, 30, 700}) {
        auto devices = all_offline(others + 1);
        for (int i = 1; i <= others; ++i) devices[static_cast<std::size_t>(i)].online = true;
        auto settings = EngineSettings{};
        settings.fleet_refresh = hours{5};
        EngineBench bench(devices, settings);
        bench.start({waiting()});
        bench.run("sweep", {{"d00000"}, {}, {}, ""});
        bench.run_for(minutes{37} + seconds{3});
        CHECK(bench.calls<CreateQuickJob>().empty());
        CHECK(bench.all<TargetDecided>().empty());
        bench.devices[0].online = true;
        const auto came = bench.now().utc;
        bench.run_for(seconds{60});
        const auto creates = bench.calls<CreateQuickJob>();
        REQUIRE(creates.size() == 1);
        CHECK(creates[0].second.utc - came <= seconds{60});
        // Read by itself where its site has more pages than devices are waited for.
        CHECK(bench.calls<ReadSiteDevices>().empty() == (others == 700));
        bench.run_for(minutes{20});
        CHECK(bench.calls<CreateQuickJob>().size() == 1);
    }
}

TEST_CASE("many devices of one site are read by its pages", "[engine][waiting]") {
    EngineBench bench(all_offline(600));
    bench.start({waiting()});
    bench.run("sweep");
    bench.run_for(minutes{9});
    CHECK(bench.calls<ReadDevice>().empty());
    const auto pages = bench.calls<ReadSiteDevices>();
    CHECK(pages.size() >= 3 * 10);
    CHECK(pages.size() <= 3 * 13);
    for (const auto& [page, at] : pages) CHECK(page.site.str() == "s1");
    for (int i = 0; i < 600; i += 100) bench.devices[static_cast<std::size_t>(i)].online = true;
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 6);
}

TEST_CASE("a device that never comes is expired when the window closes, with when it was last seen",
          "[engine][waiting]") {
    EngineBench bench({offline(1)});
    bench.start({waiting()});
    bench.run("sweep");
    bench.run_for(minutes{59});
    CHECK(bench.all<TargetDecided>().empty());
    bench.run_for(minutes{2});
    const auto end = end_of(bench);
    CHECK(end.disposition == Disposition::expired);
    CHECK(end.reason == "offline");
    CHECK(end.message ==
          "the device was offline until the window closed; last seen 2026-02-27T08:00:00.000Z");
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::failed);
    const auto reads = bench.calls<ReadSiteDevices>().size();
    bench.run_for(minutes{30});
    CHECK(bench.calls<ReadSiteDevices>().size() == reads);  // nobody waits any more
}

TEST_CASE("finish_by: window ends the waiting when the last create could go out", "[engine][waiting]") {
    EngineBench bench({offline(1)});
    auto book = waiting();
    book.finish_by = runbook::FinishBy::window;
    book.timeout = minutes{40};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{21});
    CHECK(end_of(bench).disposition == Disposition::expired);
    CHECK(end_of(bench).reason == "offline");
}

TEST_CASE("a device that is something else by now is waited for no more", "[engine][waiting]") {
    struct Change {
        const char* what;
        std::function<void(EngineBench&)> happens;
    };
    const std::vector<Change> changes{
        {"deleted", [](EngineBench& bench) { bench.devices[0].deleted = true; }},
        {"suspended", [](EngineBench& bench) { bench.devices[0].suspended = true; }},
        {"on_demand", [](EngineBench& bench) { bench.devices[0].site_uid = SiteUid{"s2"}; }},
        {"moved, and online",
         [](EngineBench& bench) {
             bench.devices[0].site_uid = SiteUid{"s9"};
             bench.devices[0].site_name = "Beta";
             bench.devices[0].online = true;
         }},
        {"moved", [](EngineBench& bench) { bench.devices[0].site_uid = SiteUid{"s9"}; }},
        {"gone", [](EngineBench& bench) { bench.devices.erase(bench.devices.begin()); }},
    };
    for (const auto& change : changes)
        for (const int others : {0, 800}) {
            INFO(change.what << " among " << others);
            auto devices = all_offline(others + 1);
            EngineBench bench(devices);
            bench.start({waiting()});
            bench.run("sweep", {{"d00000"}, {}, {}, ""});
            bench.run_for(minutes{2});
            change.happens(bench);
            bench.run_for(minutes{1});
            CHECK(end_of(bench).disposition == Disposition::skipped);
            CHECK(end_of(bench).reason == "excluded_state");
            CHECK_FALSE(end_of(bench).message.empty());
            CHECK(bench.calls<CreateQuickJob>().empty());
            CHECK(bench.engine().open_runs() == 0);
        }
}

TEST_CASE("a site whose pages are refused is read device by device", "[engine][waiting]") {
    EngineBench bench(all_offline(3));
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<ReadSiteDevices>(call)) return failure(FailureKind::rejected, 400);
        return std::nullopt;
    };
    bench.start({waiting()});
    bench.run("sweep");
    bench.run_for(minutes{5});
    CHECK(bench.calls<ReadSiteDevices>().size() == 1);
    CHECK(bench.calls<ReadDevice>().size() >= 15);
    bench.devices[1].online = true;
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("a device that this user may not read fails its target", "[engine][waiting]") {
    EngineBench bench(all_offline(600));
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<ReadDevice>(call)) return failure(FailureKind::forbidden, 403);
        return std::nullopt;
    };
    bench.start({waiting()});
    bench.run("sweep", {{"d00000"}, {}, {}, ""});
    bench.run_for(minutes{2});
    CHECK(end_of(bench).disposition == Disposition::failed);
    CHECK(end_of(bench).reason == "rejected");
}

TEST_CASE("an API that does not answer for a while ends nothing", "[engine][waiting]") {
    EngineBench bench(all_offline(2));
    bool is_down = false;
    bench.script = [&](const ApiCall&, Instant) -> std::optional<ApiResult> {
        if (is_down) return failure(FailureKind::lost);
        return std::nullopt;
    };
    bench.start({waiting()});
    bench.run("sweep");
    bench.run_for(minutes{1});
    is_down = true;
    bench.run_for(minutes{15});
    CHECK(bench.all<TargetDecided>().empty());
    is_down = false;
    bench.devices[0].online = true;
    bench.run_for(minutes{3});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("what a whole list has just said is not read again", "[engine][waiting]") {
    auto settings = EngineSettings{};
    settings.fleet_refresh = seconds{30};
    EngineBench bench(all_offline(3), settings);
    bench.start({waiting()});
    bench.run("sweep");
    bench.run_for(minutes{20});
    CHECK(bench.calls<ReadSiteDevices>().empty());
    CHECK(bench.calls<ReadDevice>().empty());
    bench.devices[2].online = true;
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("nothing is read for a run that is held, and it goes on when it is not", "[engine][waiting]") {
    auto settings = EngineSettings{};
    settings.fleet_refresh = hours{20};
    const auto reads = [](const EngineBench& bench) {
        return bench.calls<ReadSiteDevices>().size() + bench.calls<ReadDevice>().size();
    };
    SECTION("paused") {
        EngineBench bench(all_offline(3), settings);
        bench.start({waiting()});
        bench.run("sweep");
        bench.run_for(minutes{2});
        bench.pause("sweep", minutes{30});
        bench.run_for(minutes{2});
        const auto before = reads(bench);
        bench.devices[1].online = true;
        bench.run_for(minutes{27});
        CHECK(reads(bench) == before);
        CHECK(bench.calls<CreateQuickJob>().empty());
        bench.run_for(minutes{2});
        CHECK(bench.calls<CreateQuickJob>().size() == 1);
    }
    SECTION("inside a blackout") {
        EngineBench bench(all_offline(3), settings);
        auto book = waiting();
        book.not_during = blackout("10 0 * * *", minutes{20});
        bench.start({book});
        bench.run("sweep");
        bench.run_for(minutes{12});
        const auto before = reads(bench);
        CHECK(before > 10);
        bench.devices[1].online = true;
        bench.run_for(minutes{17});
        CHECK(reads(bench) == before);
        CHECK(bench.calls<CreateQuickJob>().empty());
        bench.run_for(minutes{2});
        CHECK(bench.calls<CreateQuickJob>().size() == 1);
    }
}

TEST_CASE("two runs wait for one device, and each gets its job", "[engine][waiting]") {
    EngineBench bench(all_offline(1));
    bench.start({waiting("sweep"), waiting("other")});
    bench.run("sweep");
    bench.run("other");
    bench.run("sweep");  // the device is taken: skipped / overlap
    bench.run_for(minutes{5});
    CHECK(end_of(bench).reason == "overlap");
    const auto reads = bench.calls<ReadSiteDevices>().size() + bench.calls<ReadDevice>().size();
    CHECK(reads <= 7);  // once for both
    bench.devices[0].online = true;
    bench.run_for(minutes{1});
    const auto creates = bench.calls<CreateQuickJob>();
    REQUIRE(creates.size() == 2);
    CHECK(creates[0].first.job_name.substr(0, 5) != creates[1].first.job_name.substr(0, 5));
}

TEST_CASE("after a restart what waited waits again", "[engine][waiting]") {
    RecoveredState state;
    const auto book = waiting();
    state.runbooks.push_back({book.name, 1, book.yaml, "", test_start() - hours{2}, false, {}, {}, {}});
    RecoveredRun run;
    run.planned.run = RunUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0R"};
    run.planned.runbook = "sweep";
    run.planned.revision = 1;
    run.planned.trigger = Trigger::manual;
    run.planned.window_end = test_start() + minutes{30};
    run.planned.at = test_start() - minutes{30};
    run.started_at = test_start() - minutes{30};
    for (const char* uid : {"d00000", "d00001"})
        run.targets.push_back({{DeviceUid{uid}, SiteUid{"s1"}, "Acme HQ", uid, 1}, Disposition::pending, 2});
    state.runs.push_back(run);
    EngineBench bench(all_offline(2));
    bench.start({book}, state);
    bench.run_for(minutes{10});
    CHECK(bench.calls<CreateQuickJob>().empty());
    bench.devices[0].online = true;
    bench.run_for(minutes{1});
    REQUIRE(bench.all<JobCreated>().size() == 1);
    CHECK(bench.all<JobCreated>()[0].attempt == 3);  // after those of before the restart
    bench.run_for(minutes{20});
    CHECK(end_of(bench).device.str() == "d00001");
    CHECK(end_of(bench).reason == "offline");
}

TEST_CASE("a job that could not go out before its device went offline is another attempt later",
          "[engine][waiting]") {
    auto devices = all_offline(1);
    devices[0].online = true;
    EngineBench bench(devices);
    bench.start({waiting()});
    bench.run_for(seconds{5});
    bench.hold_commits();  // the disk stands still between the intent and its create
    bench.run("sweep");
    bench.run_for(minutes{2});
    bench.devices[0].online = false;
    bench.release_commits();
    bench.run_for(minutes{5});
    CHECK(bench.calls<CreateQuickJob>().empty());
    CHECK(bench.all<TargetDecided>().empty());
    const auto changes = bench.all<JobChanged>();
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].status == JobStatus::failed);
    CHECK(changes[0].reason == "offline");
    bench.devices[0].online = true;
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    REQUIRE(bench.all<JobCreated>().size() == 2);
    CHECK(bench.all<JobCreated>()[1].attempt == 2);
}

TEST_CASE("waiting takes at most a quarter of the reads, and shares it out fairly", "[engine][waiting]") {
    // A site each: 400 reads for one look at every device, with 120 to spend a minute.
    std::vector<Device> devices;
    for (int i = 0; i < 400; ++i) devices.push_back(offline(i, "site" + std::to_string(i)));
    auto settings = EngineSettings{};
    settings.fleet_refresh = hours{5};
    EngineBench bench(devices, settings);
    auto book = waiting();
    book.window = hours{2};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(hours{1});
    CHECK(most_in_a_minute(bench) <= 120);
    CHECK(most_in_a_minute(bench) >= 115);
    std::map<std::string, std::pair<SteadyTime, Millis>> looks;  // when last, the longest pause
    for (const auto& [call, at] : bench.sent()) {
        const auto* const page = std::get_if<ReadSiteDevices>(&call);
        if (page == nullptr) continue;
        auto& [last, longest] = looks.try_emplace(page->site.str(), at.steady, Millis{0}).first->second;
        longest = std::max(longest, std::chrono::duration_cast<Millis>(at.steady - last));
        last = at.steady;
    }
    CHECK(looks.size() == 400);
    for (const auto& [site, look] : looks) CHECK(look.second <= minutes{4});
}

TEST_CASE("a large site is read in its turn, and its devices that come get their jobs", "[engine][waiting]") {
    auto settings = EngineSettings{};
    settings.fleet_refresh = hours{5};
    EngineBench bench(all_offline(6000), settings);
    auto book = waiting();
    book.window = hours{3};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{10});
    CHECK(most_in_a_minute(bench) <= 120);
    CHECK(bench.calls<ReadDevice>().empty());
    CHECK(bench.calls<CreateQuickJob>().empty());
    for (int i = 7; i < 6000; i += 300) bench.devices[static_cast<std::size_t>(i)].online = true;
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 20);
}

}  // namespace runbookd::engine
