#include "engine/preview.hpp"

#include <map>
#include <random>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::blackout;
using fakes::clean_all;
using fakes::EngineBench;
using fakes::schedule_of;
using fakes::test_start;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

PreviewOrder of(const std::string& runbook, std::optional<UtcTime> at = std::nullopt) {
    PreviewOrder order;
    order.runbook = runbook;
    order.at = at;
    return order;
}

/// Asks, and lets the lists that are asked for come in.
Result<Preview> ask(EngineBench& bench, PreviewOrder order) {
    std::optional<Result<Preview>> got;
    bench.tell([&](Engine& engine, Instant now) {
        engine.preview(std::move(order), [&](Result<Preview> preview) { got = std::move(preview); }, now);
    });
    bench.run_for(seconds{2});
    REQUIRE(got);
    return std::move(*got);
}

Preview plan(EngineBench& bench, const std::string& runbook) {
    auto preview = ask(bench, of(runbook));
    REQUIRE(preview);
    return std::move(*preview);
}

/// How each target of the newest run ended, or that it has a job.
std::map<std::string, std::string> fates(const EngineBench& bench) {
    std::map<std::string, std::string> found;
    const auto started = bench.all<RunStarted>().back();
    for (const auto& target : started.targets) found[target.device.str()] = "pending/";
    for (const auto& decided : bench.all<TargetDecided>())
        if (decided.run == started.run)
            found[decided.device.str()] = std::string(to_text(decided.disposition)) + "/" + decided.reason;
    return found;
}

std::map<std::string, std::string> fates(const Preview& preview) {
    std::map<std::string, std::string> found;
    for (const auto& target : preview.targets) {
        const bool is_open = target.disposition == Disposition::pending;
        found[target.row.device.str()] =
            std::string(to_text(target.disposition)) + "/" + (is_open ? "" : target.reason);
    }
    return found;
}

}  // namespace

TEST_CASE("a plan says what would run, where, and when", "[engine][preview]") {
    auto deleted = windows_server("d3", "ACME-03");
    deleted.deleted = true;
    EngineBench bench({windows_server("d2", "ACME-02"), windows_server("d1", "ACME-01"), deleted});
    bench.start({clean_all("sweep")});
    bench.run_for(minutes{2});
    const auto before = bench.records().size();
    const auto preview = plan(bench, "sweep");
    CHECK(preview.runbook == "sweep");
    CHECK(preview.revision == 1);
    CHECK(preview.refusal.empty());
    CHECK(preview.component_name == "Clean");
    CHECK(preview.window_end == preview.at + hours{1});
    REQUIRE(preview.targets.size() == 2);
    CHECK(preview.targets[0].row.hostname == "ACME-01");
    REQUIRE(preview.exclusions.size() == 1);
    CHECK(preview.exclusions[0].rule == "deleted");
    CHECK(preview.creates.created == 2);
    CHECK(bench.records().size() == before);  // nothing is written
    CHECK(bench.engine().open_runs() == 0);
}

TEST_CASE("a plan is made from lists that are as fresh as a run's would be", "[engine][preview]") {
    EngineBench bench({windows_server("d1", "ACME-01")});
    bench.start({clean_all("sweep")});
    bench.run_for(minutes{2});
    bench.devices.push_back(windows_server("d2", "ACME-02"));
    CHECK(plan(bench, "sweep").targets.size() == 2);
}

TEST_CASE("when the account does not answer, a plan is made from what is known, and says of when that is",
          "[engine][preview]") {
    EngineBench bench;
    bench.start({clean_all("sweep")});
    bench.run_for(minutes{2});
    bench.script = [](const ApiCall&, Instant) { return fakes::failure(FailureKind::lost); };
    std::optional<Result<Preview>> got;
    bench.tell([&](Engine& engine, Instant now) {
        engine.preview(of("sweep"), [&](Result<Preview> preview) { got = std::move(preview); }, now);
    });
    bench.run_for(seconds{10});
    CHECK_FALSE(got);
    bench.run_for(seconds{15});
    REQUIRE(got);
    REQUIRE(*got);
    CHECK((*got)->targets.size() == 1);
    CHECK((*got)->fleet_read_at < bench.now().utc - minutes{2});
}

TEST_CASE("before anything was read there is no plan", "[engine][preview]") {
    EngineBench bench;
    bench.script = [](const ApiCall&, Instant) { return fakes::failure(FailureKind::lost); };
    bench.start({clean_all("sweep")});
    std::optional<Result<Preview>> got;
    bench.tell([&](Engine& engine, Instant now) {
        engine.preview(of("sweep"), [&](Result<Preview> preview) { got = std::move(preview); }, now);
    });
    bench.run_for(seconds{30});
    REQUIRE(got);
    REQUIRE_FALSE(*got);
    CHECK(got->error().code == ErrorCode::unavailable);
}

TEST_CASE("a plan of a runbook that does not exist says which does", "[engine][preview]") {
    EngineBench bench;
    bench.start({clean_all("sweep")});
    const auto preview = ask(bench, of("swep"));
    REQUIRE_FALSE(preview);
    CHECK(preview.error().message.find("did you mean 'sweep'?") != std::string::npos);
}

TEST_CASE("a plan says what would refuse the run, and shows the devices all the same", "[engine][preview]") {
    EngineBench bench;
    auto held = clean_all("held");
    held.not_during = blackout("0 0 * * *", hours{23});
    auto lost = clean_all("lost");
    lost.component = "Claen";
    bench.start({held, lost});
    bench.run_for(seconds{5});
    const auto preview = plan(bench, "held");
    CHECK(preview.refusal.find("freeze") != std::string::npos);
    CHECK(preview.targets.size() == 1);
    CHECK(preview.creates.created == 0);
    const auto other = plan(bench, "lost");
    CHECK(other.refusal.find("did you mean 'Clean'?") != std::string::npos);
    CHECK(other.targets.at(0).disposition == Disposition::failed);
}

TEST_CASE("a plan says what is waited for, and what the guard would refuse", "[engine][preview]") {
    auto away = windows_server("d2", "ACME-02");
    away.online = false;
    EngineBench bench({windows_server("d1", "ACME-01"), away});
    auto waiting = clean_all("waiting");
    waiting.offline = runbook::OfflinePolicy::wait;
    auto guarded = clean_all("guarded");
    guarded.guard.max = 1;
    bench.start({waiting, guarded});
    bench.run_for(seconds{5});
    const auto preview = plan(bench, "waiting");
    CHECK(preview.refusal.empty());
    CHECK(preview.wanted == 1);
    CHECK(preview.offline == 1);
    CHECK(preview.targets.at(1).reason == "offline");
    const auto refused = plan(bench, "guarded");
    CHECK(refused.refusal.find("guard: ") == 0);
    CHECK(refused.targets.at(0).disposition == Disposition::halted);
    CHECK(refused.wanted == 0);
    CHECK(bench.notes("run.refused").empty());
}

TEST_CASE("a plan at an instant of the schedule is that occurrence's", "[engine][preview]") {
    EngineBench bench;
    auto book = clean_all("sweep");
    book.schedule = schedule_of("0 2 * * *");
    book.variables.emplace("on",
                           *templates::Template::parse("{{ occurrence.nominal_at | date('%Y-%m-%d') }}"));
    bench.components.at(0).variables.push_back({"on", "string", "", "", true});
    bench.start({book});
    bench.run_for(seconds{5});
    const auto nominal = *parse_utc("2026-03-02T02:00:00Z");
    auto preview = ask(bench, of("sweep", nominal));
    REQUIRE(preview);
    CHECK(preview->at == nominal);
    CHECK(preview->zone == "UTC");
    CHECK(preview->creates.first == nominal);
    CHECK(preview->targets.at(0).disposition == Disposition::pending);
    // Started by hand there is no occurrence, and so no such time.
    CHECK(plan(bench, "sweep").targets.at(0).reason == "null_variable");
}

TEST_CASE("an open run stands in the way of a run now, not of one tomorrow", "[engine][preview]") {
    EngineBench bench;
    auto book = clean_all("sweep");
    book.schedule = schedule_of("0 2 * * *");
    book.overlap = runbook::OverlapPolicy::skip_run;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(plan(bench, "sweep").refusal.find("is open") != std::string::npos);
    const auto tomorrow = ask(bench, of("sweep", *parse_utc("2026-03-02T02:00:00Z")));
    REQUIRE(tomorrow);
    CHECK(tomorrow->refusal.empty());
}

TEST_CASE("a plan and the run that follows agree device by device", "[engine][preview]") {
    std::mt19937_64 random(5);
    const auto chance = [&](std::uint64_t out_of) { return random() % out_of == 0; };
    for (int round = 0; round < 60; ++round) {
        std::vector<Device> devices;
        for (int i = 0; i < 30; ++i) {
            // Every third hostname is somebody else's too.
            auto device = windows_server("d" + std::to_string(i), "PC" + std::to_string(i % 20));
            device.online = !chance(4);
            device.deleted = chance(9);
            device.suspended = chance(9);
            if (chance(9)) device.device_class = "printer";
            if (chance(3)) device.domain = "corp";
            devices.push_back(device);
        }
        EngineBench bench(devices);
        auto book = clean_all("sweep");
        book.overlap = chance(2) ? runbook::OverlapPolicy::skip : runbook::OverlapPolicy::allow;
        book.offline = chance(3)   ? runbook::OfflinePolicy::wait
                       : chance(2) ? runbook::OfflinePolicy::skip
                                   : runbook::OfflinePolicy::dispatch;
        if (chance(4)) book.guard.max = 10;
        book.targets.exclude.push_back({.hostname = runbook::TextMatch{{"PC1?"}}});
        if (chance(2)) book.variables.emplace("where", *templates::Template::parse("{{ device.domain }}"));
        bench.components.at(0).variables.push_back({"where", "string", "", "", true});
        bench.start({book});
        bench.run_for(seconds{30});
        if (chance(2)) {
            RunScope scope;
            scope.devices = {"d0", "d1", "d2"};
            bench.run("sweep", scope);
            bench.run_for(seconds{10});
        }
        const auto preview = plan(bench, "sweep");
        bench.run("sweep");
        bench.run_for(seconds{10});
        CHECK(fates(preview) == fates(bench));
        const auto started = bench.all<RunStarted>().back();
        REQUIRE(preview.exclusions.size() == started.exclusions.size());
        for (std::size_t i = 0; i < started.exclusions.size(); ++i) {
            CHECK(preview.exclusions[i].device == started.exclusions[i].device);
            CHECK(preview.exclusions[i].rule == started.exclusions[i].rule);
        }
    }
}

}  // namespace runbookd::engine
