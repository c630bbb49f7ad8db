#include "engine/starter.hpp"

#include <vector>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::failure;
using fakes::windows_server;
using std::chrono::minutes;
using std::chrono::seconds;

RunScope only(const std::string& device) {
    RunScope scope;
    scope.devices = {device};
    return scope;
}

}  // namespace

TEST_CASE("a run that no device fits is completed at once, where its guard lets it", "[engine][starter]") {
    EngineBench bench(std::vector<Device>{});
    auto book = clean_all("sweep");
    book.guard.min = 0;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.all<RunStarted>().at(0).targets.empty());
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::completed);
    CHECK(bench.engine().open_runs() == 0);
}

TEST_CASE("an offline device is skipped, or dispatched to where the runbook says so", "[engine][starter]") {
    auto offline = windows_server("d2", "ACME-02");
    offline.online = false;
    EngineBench bench({windows_server("d1", "ACME-01"), offline});
    auto all_the_same = clean_all("all-the-same");
    all_the_same.offline = runbook::OfflinePolicy::dispatch;
    bench.start({clean_all("sweep"), all_the_same});
    bench.run("sweep");
    bench.run_for(seconds{5});
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].device.str() == "d2");
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::skipped);
    CHECK(bench.all<TargetDecided>()[0].reason == "offline");
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    bench.run("all-the-same");
    bench.run_for(seconds{5});
    CHECK(bench.calls<CreateQuickJob>().size() == 3);
}

TEST_CASE("a device with an undecided target of the same runbook is skipped, another runbook is free",
          "[engine][starter]") {
    EngineBench bench;
    bench.start({clean_all("sweep"), clean_all("other")});
    bench.run("sweep");
    bench.run_for(seconds{5});
    bench.run("sweep");
    bench.run("other");
    bench.run_for(seconds{5});
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].reason == "overlap");
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::completed);
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
}

TEST_CASE("two runs that start in one instant do not both take a device", "[engine][starter]") {
    EngineBench bench;
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run("sweep");
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("a component that does not exist fails every target and says what would fit", "[engine][starter]") {
    EngineBench bench;
    auto book = clean_all("sweep");
    book.component = "Claen";
    bench.start({book});
    bench.run("sweep");
    bench.run_for(seconds{5});
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::failed);
    CHECK(bench.all<TargetDecided>()[0].reason == "rejected");
    CHECK(bench.all<TargetDecided>()[0].message.find("did you mean 'Clean'?") != std::string::npos);
    CHECK(bench.notes("run.component_not_found").size() == 1);
    CHECK(bench.calls<CreateQuickJob>().empty());
}

TEST_CASE("a run that is narrowed to a hostname of several devices is refused with their uids and sites",
          "[engine][starter]") {
    EngineBench bench({windows_server("d1", "PC1"), windows_server("d2", "PC1")});
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{5});
    bench.run("sweep", only("pc1"));
    bench.run_for(seconds{5});
    REQUIRE(bench.run_answers.size() == 1);
    REQUIRE_FALSE(bench.run_answers[0]);
    CHECK(bench.run_answers[0].error().code == ErrorCode::conflict);
    CHECK(bench.run_answers[0].error().message ==
          "hostname 'pc1' fits 2 devices; give a uid: d1 (Acme HQ) d2 (Acme HQ)");
    CHECK(bench.all<RunPlanned>().empty());
    bench.run("sweep", only("d2"));
    bench.run_for(seconds{5});
    CHECK(bench.all<RunStarted>().at(0).targets.at(0).device.str() == "d2");
}

TEST_CASE("a hostname that a second device has by the time the run begins aborts it", "[engine][starter]") {
    EngineBench bench({windows_server("d1", "PC1")});
    bench.start({clean_all("sweep")});
    bench.run_for(minutes{1});
    bench.devices.push_back(windows_server("d2", "PC1"));
    bench.run("sweep", only("pc1"));
    bench.run_for(seconds{5});
    CHECK(bench.all<RunStarted>().at(0).targets.empty());
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::aborted);
    CHECK(bench.notes("run.device_ambiguous").size() == 1);
    CHECK(bench.calls<CreateQuickJob>().empty());
}

TEST_CASE("a component made since the list was read is found", "[engine][starter]") {
    EngineBench bench;
    auto book = clean_all("sweep");
    book.component = "Brand new";
    bench.start({book});
    bench.run_for(minutes{2});
    bench.components.push_back({ComponentUid{"c9"}, "Brand New", "", "", {}});
    bench.run("sweep");
    bench.run_for(seconds{5});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(bench.calls<CreateQuickJob>()[0].first.component.str() == "c9");
}

TEST_CASE("a run freezes a fleet read for it, and shares a reading of the same instant",
          "[engine][starter]") {
    EngineBench bench;
    bench.start({clean_all("a"), clean_all("b")});
    bench.run_for(minutes{2});
    const auto before = bench.calls<ReadDevices>().size();
    bench.devices.push_back(windows_server("d2", "ACME-02"));
    bench.run("a");
    bench.run("b");
    bench.run_for(seconds{5});
    CHECK(bench.calls<ReadDevices>().size() == before + 1);
    CHECK(bench.all<RunStarted>().at(1).targets.size() == 2);
}

TEST_CASE("a run whose fleet cannot be read in its window is missed, with the cause", "[engine][starter]") {
    EngineBench bench;
    bench.script = [](const ApiCall&, Instant) { return failure(FailureKind::not_sent); };
    bench.start({clean_every_minute("sweep", minutes{2})});
    bench.run_for(minutes{2} + seconds{35});
    const auto verdicts = bench.all<OccurrenceDecided>();
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].verdict == Verdict::missed);
    CHECK(verdicts[0].reason == "api_unavailable");
    CHECK(verdicts[0].run == bench.all<RunPlanned>().at(0).run);
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::failed);
    CHECK(bench.all<RunFinished>().at(0).reason == "window_closed");
}

TEST_CASE("a run that starts more than a minute after its instant is late", "[engine][starter]") {
    EngineBench bench;
    const auto back_at = bench.now().utc + seconds{95};
    bench.script = [&](const ApiCall&, Instant now) -> std::optional<ApiResult> {
        if (now.utc < back_at) return failure(FailureKind::not_sent);
        return std::nullopt;
    };
    bench.start({clean_every_minute("sweep", minutes{10})});
    bench.run_for(minutes{3});
    const auto verdicts = bench.all<OccurrenceDecided>();
    REQUIRE(verdicts.size() >= 2);
    CHECK(verdicts[0].verdict == Verdict::late);
    CHECK(verdicts[1].verdict == Verdict::on_time);
}

TEST_CASE("a list that fails is tried again soon, whatever else is possible", "[engine][starter]") {
    EngineBench bench;
    int failures = 1;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<ReadComponents>(call) && failures-- > 0)
            return failure(FailureKind::rejected, 400);
        return std::nullopt;
    };
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{10} + Millis{100});
    CHECK(bench.calls<ReadComponents>().size() == 2);
}

}  // namespace runbookd::engine
