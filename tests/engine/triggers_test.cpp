// Policy jobs: what starts a runbook on a device besides its schedule, once and within its rules.
#include "engine/triggers.hpp"

#include "catch.hpp"
#include "fakes/engine_bench.hpp"
#include "fakes/simulated_store.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::SimulatedStore;
using fakes::windows_server;
using runbook::AlertTrigger;
using runbook::DiscoveredTrigger;
using runbook::OnlineTrigger;
using runbook::OutcomeTrigger;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

runbook::Runbook triggered(const std::string& name, std::vector<runbook::Trigger> list,
                           std::int64_t max_per_hour = 50) {
    auto book = clean_all(name);
    book.triggers = runbook::Triggers{std::move(list), max_per_hour};
    return book;
}

AlertTrigger on_disk_alerts() {
    AlertTrigger trigger;
    trigger.classes = {"disk"};
    return trigger;
}

Alert alert(const std::string& uid, UtcTime raised, const std::string& device = "d1") {
    Alert one;
    one.uid = AlertUid{uid};
    one.priority = "High";
    one.context_class = "disk";
    one.diagnostics = "C: is full";
    one.device = DeviceUid{device};
    one.raised_at = raised;
    return one;
}

JobResult ended(DeploymentStatus status) {
    JobResult result;
    result.status = status;
    return result;
}

/// "runbook trigger cause [devices], …" of the runs that triggers started, but for causes that are runs.
std::string starts(const EngineBench& bench) {
    std::string text;
    for (const auto& plan : bench.all<RunPlanned>()) {
        if (!is_policy(plan.trigger)) continue;
        text += (text.empty() ? "" : ", ") + plan.runbook + " " + std::string(to_text(plan.trigger));
        if (plan.trigger == Trigger::alert) text += " " + plan.cause;
        text += " [";
        for (const auto& device : plan.scope.devices)
            text += (device == plan.scope.devices.front() ? "" : " ") + device;
        text += "]";
    }
    return text;
}

/// What a start finds of a life that ended now.
RecoveredState stored_by(const EngineBench& bench, std::size_t records = SIZE_MAX) {
    SimulatedStore store;
    const auto& all = bench.records();
    store.apply({all.begin(), all.begin() + std::ptrdiff_t(std::min(records, all.size()))});
    return store.recover(bench.now().utc);
}

/// The clock goes on from where another life ended.
void go_on(EngineBench& next, const EngineBench& before, Millis down = seconds{10}) {
    next.devices = before.devices;
    next.alerts = before.alerts;
    next.results = before.results;
    next.stall(before.now().utc - next.now().utc + down);
}

}  // namespace

TEST_CASE("an alert that was raised after its trigger took effect acts once", "[engine][triggers]") {
    EngineBench bench;
    bench.alerts = {alert("old", bench.now().utc - minutes{5})};
    bench.start({triggered("fix", {on_disk_alerts()})});
    bench.run_for(minutes{5});
    CHECK(starts(bench).empty());
    bench.alerts.push_back(alert("a1", bench.now().utc));
    auto other = alert("a2", bench.now().utc);
    other.context_class = "cpu";
    bench.alerts.push_back(other);
    bench.run_for(hours{2});
    CHECK(starts(bench) == "fix alert a1 [d1]");
    const auto plan = bench.all<RunPlanned>().at(0);
    CHECK(plan.window_end == plan.at + hours{1});
    CHECK(plan.revision == 1);
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    // Once a minute, and no more.
    CHECK(bench.calls<ReadAlerts>().size() <= 126);
    CHECK(bench.calls<ReadAlerts>().size() >= 120);
}

TEST_CASE("alerts are read only where a runbook in force acts on them", "[engine][triggers]") {
    EngineBench bench;
    auto off = triggered("off", {on_disk_alerts()});
    off.enabled = false;
    bench.start({off, triggered("new", {DiscoveredTrigger{}})});
    bench.run_for(minutes{10});
    CHECK(bench.calls<ReadAlerts>().empty());
    bench.reload({triggered("fix", {on_disk_alerts()})});
    bench.run_for(minutes{10});
    CHECK_FALSE(bench.calls<ReadAlerts>().empty());
    const auto so_far = bench.calls<ReadAlerts>().size();
    bench.reload({});
    bench.run_for(minutes{10});
    CHECK(bench.calls<ReadAlerts>().size() <= so_far + 1);
}

TEST_CASE("alerts of one device within the cooldown start nothing, nor do they afterwards",
          "[engine][triggers]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B")});
    bench.start({triggered("fix", {on_disk_alerts()})});
    bench.run_for(minutes{5});
    bench.alerts = {alert("a1", bench.now().utc), alert("a2", bench.now().utc),
                    alert("b1", bench.now().utc, "d2")};
    bench.run_for(hours{1});
    bench.alerts.push_back(alert("a3", bench.now().utc));
    bench.run_for(hours{25});
    CHECK(starts(bench) == "fix alert a1 [d1], fix alert b1 [d2]");
    bench.alerts.push_back(alert("a4", bench.now().utc));
    bench.run_for(minutes{2});
    CHECK(starts(bench) == "fix alert a1 [d1], fix alert b1 [d2], fix alert a4 [d1]");
}

TEST_CASE("without a cooldown every alert acts", "[engine][triggers]") {
    EngineBench bench;
    auto trigger = on_disk_alerts();
    trigger.cooldown = Millis{0};
    auto book = triggered("fix", {trigger});
    book.overlap = runbook::OverlapPolicy::queue;
    bench.start({book});
    bench.run_for(minutes{5});
    bench.alerts = {alert("a1", bench.now().utc), alert("a2", bench.now().utc)};
    bench.run_for(minutes{2});
    CHECK(starts(bench) == "fix alert a1 [d1], fix alert a2 [d1]");
}

TEST_CASE("an alert is closed once its job has succeeded, and only then", "[engine][triggers]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B")});
    auto trigger = on_disk_alerts();
    trigger.resolve = true;
    bench.start({triggered("fix", {trigger})});
    bench.run_for(minutes{5});
    bench.alerts = {alert("a1", bench.now().utc), alert("b1", bench.now().utc, "d2")};
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::success);
    bench.results[DattoJobUid{"j2"}] = ended(DeploymentStatus::failure);
    bench.run_for(hours{1});
    REQUIRE(bench.calls<ResolveAlert>().size() == 1);
    CHECK(bench.calls<ResolveAlert>()[0].first.alert == AlertUid{"a1"});
    REQUIRE(bench.notes("alert.resolved").size() == 1);
    CHECK(bench.notes("alert.resolved")[0].subject_uid == "a1");
}

TEST_CASE("a close that did not get through is made again, and a refused one is not", "[engine][triggers]") {
    EngineBench bench;
    auto trigger = on_disk_alerts();
    trigger.resolve = true;
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::success);
    auto kind = FailureKind::server_error;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (!std::holds_alternative<ResolveAlert>(call)) return std::nullopt;
        return fakes::failure(kind, 500);
    };
    bench.start({triggered("fix", {trigger})});
    bench.run_for(minutes{5});
    bench.alerts = {alert("a1", bench.now().utc)};
    bench.run_for(hours{1});
    const auto tries = bench.calls<ResolveAlert>().size();
    CHECK(tries > 2);
    CHECK(bench.notes("alert.not_resolved").empty());
    kind = FailureKind::forbidden;
    bench.run_for(hours{1});
    CHECK(bench.calls<ResolveAlert>().size() == tries + 1);
    CHECK(bench.notes("alert.not_resolved").size() == 1);
}

TEST_CASE("a device that is no target is not acted on", "[engine][triggers]") {
    EngineBench bench({windows_server("d1", "ACME-01"), windows_server("d2", "BIRCH-01")});
    auto book = triggered("fix", {on_disk_alerts()});
    book.targets.include = {{.hostname = runbook::TextMatch{{"ACME-*"}}}};
    bench.start({book});
    bench.run_for(minutes{5});
    bench.alerts = {alert("a1", bench.now().utc, "d2"), alert("a2", bench.now().utc, "nobody"),
                    alert("a3", bench.now().utc, "d1")};
    bench.run_for(minutes{5});
    CHECK(starts(bench) == "fix alert a3 [d1]");
}

TEST_CASE("the job gets what its alert says", "[engine][triggers]") {
    EngineBench bench;
    bench.components = {{ComponentUid{"c1"}, "Clean", "", "", {{"what", "string", "", "", true}}}};
    auto book = triggered("fix", {on_disk_alerts()});
    book.variables.emplace("what",
                           *templates::Template::parse("{{ alert.priority }}: {{ alert.diagnostics }}"));
    bench.start({book});
    bench.run_for(minutes{5});
    bench.alerts = {alert("a1", bench.now().utc)};
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::success);
    bench.run_for(minutes{5});
    REQUIRE(bench.all<JobCreated>().size() == 1);
    CHECK(bench.all<JobCreated>()[0].variables.at("what") == "High: C: is full");
    // In a run that no alert started the field has no value.
    bench.run("fix");
    bench.run_for(minutes{1});
    CHECK(bench.all<TargetDecided>().back().reason == "null_variable");
}

TEST_CASE("a paused runbook starts nothing, and an alert that is still open acts when the pause is over",
          "[engine][triggers]") {
    EngineBench bench;
    bench.start({triggered("fix", {on_disk_alerts()})});
    bench.run_for(minutes{5});
    bench.pause("fix", hours{1});
    bench.alerts = {alert("a1", bench.now().utc)};
    bench.run_for(minutes{50});
    CHECK(starts(bench).empty());
    bench.run_for(minutes{15});
    CHECK(starts(bench) == "fix alert a1 [d1]");
}

TEST_CASE("what a runbook comes to on a device starts another there", "[engine][triggers]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B"), windows_server("d3", "C")});
    bench.start({clean_all("check"), triggered("repair", {OutcomeTrigger{"check", {"failed", "timeout"}}})});
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::failure);
    bench.results[DattoJobUid{"j2"}] = ended(DeploymentStatus::success);
    bench.results[DattoJobUid{"j3"}] = ended(DeploymentStatus::failure);
    bench.run("check");
    bench.run_for(hours{1});
    CHECK(starts(bench) == "repair outcome [d1], repair outcome [d3]");
    const auto plans = bench.all<RunPlanned>();
    CHECK(plans.at(1).cause == plans.at(0).run.str());
    // It is in one batch with the decision.
    const auto& records = bench.records();
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto* const decided = std::get_if<TargetDecided>(&records[i]);
        if (decided == nullptr || decided->run != plans.at(0).run) continue;
        CHECK((decided->disposition == Disposition::failed) ==
              (i + 1 < records.size() && std::holds_alternative<RunPlanned>(records[i + 1])));
    }
}

TEST_CASE("an outcome that has to come several times in a row", "[engine][triggers]") {
    EngineBench bench;
    bench.start({clean_all("check"), triggered("repair", {OutcomeTrigger{"check", {"failed"}, 2}})});
    int job = 0;
    const auto check = [&](DeploymentStatus status) {
        bench.results[DattoJobUid{"j" + std::to_string(++job)}] = ended(status);
        bench.run("check");
        bench.run_for(minutes{30});
    };
    check(DeploymentStatus::failure);
    check(DeploymentStatus::success);
    check(DeploymentStatus::failure);
    CHECK(starts(bench).empty());

    // A start finds what was counted.
    EngineBench next;
    go_on(next, bench);
    next.start({clean_all("check"), triggered("repair", {OutcomeTrigger{"check", {"failed"}, 2}})},
               stored_by(bench));
    next.results.clear();
    next.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::failure);
    next.run("check");
    next.run_for(minutes{30});
    CHECK(starts(next) == "repair outcome [d1]");
}

TEST_CASE("an outcome while the other runbook is paused is passed over, and that is recorded",
          "[engine][triggers]") {
    EngineBench bench;
    bench.start({clean_all("check"), triggered("repair", {OutcomeTrigger{"check", {"failed"}}})});
    bench.pause("repair", hours{1});
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::failure);
    bench.run("check");
    bench.run_for(hours{3});
    CHECK(starts(bench).empty());
    REQUIRE(bench.notes("runbook.trigger_passed_over").size() == 1);
    CHECK(bench.notes("runbook.trigger_passed_over")[0].data.at("device") == "d1");
}

TEST_CASE("beyond max_per_hour the targets are skipped, and one notice says so", "[engine][triggers]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B"), windows_server("d3", "C"),
                       windows_server("d4", "D")});
    bench.start({triggered("fix", {on_disk_alerts()}, 2)});
    bench.run_for(minutes{5});
    for (const auto* device : {"d1", "d2", "d3", "d4"})
        bench.alerts.push_back(alert(std::string("a-") + device, bench.now().utc, device));
    bench.run_for(minutes{10});
    std::string skipped;
    for (const auto& decided : bench.all<TargetDecided>())
        skipped += decided.device.str() + " " + decided.reason + " ";
    CHECK(skipped == "d3 storm d4 storm ");
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    REQUIRE(bench.notes("runbook.storm").size() == 1);
    CHECK(bench.notes("runbook.storm")[0].subject_uid == "fix");
    // An hour later there is room again; what was skipped has had its turn, and is under no cooldown.
    bench.run_for(hours{1});
    bench.alerts.push_back(alert("a-again", bench.now().utc, "d4"));
    bench.run_for(minutes{10});
    CHECK(bench.calls<CreateQuickJob>().size() == 3);
    CHECK(bench.notes("runbook.storm").size() == 1);
}

TEST_CASE("a device that was never seen before is acted on once it has settled", "[engine][triggers]") {
    EngineBench bench;
    const std::vector books{triggered("enrol", {DiscoveredTrigger{minutes{30}}})};
    bench.start(books);
    bench.run_for(minutes{15});
    bench.devices.push_back(windows_server("d2", "B"));
    bench.devices.push_back(windows_server("d3", "C"));
    bench.run_for(minutes{30});
    CHECK(starts(bench).empty());
    bench.run_for(minutes{15});
    CHECK(starts(bench) == "enrol discovered [d2 d3]");
    bench.run_for(hours{3});
    CHECK(starts(bench) == "enrol discovered [d2 d3]");

    EngineBench next;
    go_on(next, bench);
    next.start(books, stored_by(bench));
    next.run_for(hours{2});
    CHECK(starts(next).empty());
}

TEST_CASE("a device that settled while the daemon was down is acted on at the start", "[engine][triggers]") {
    EngineBench bench;
    const std::vector books{triggered("enrol", {DiscoveredTrigger{minutes{30}}})};
    bench.start(books);
    bench.run_for(minutes{15});
    bench.devices.push_back(windows_server("d2", "B"));
    bench.run_for(minutes{20});
    EngineBench next;
    go_on(next, bench, hours{5});
    next.start(books, stored_by(bench));
    next.run_for(minutes{5});
    CHECK(starts(next) == "enrol discovered [d2]");
}

TEST_CASE("a device that came back after long enough is acted on once", "[engine][triggers]") {
    auto away = windows_server("d2", "B");
    away.online = false;
    away.last_seen = fakes::test_start() - hours{30};
    EngineBench bench({windows_server("d1", "A"), away});
    const std::vector books{triggered("greet", {OnlineTrigger{hours{24}}})};
    bench.start(books);
    bench.run_for(minutes{15});
    CHECK(starts(bench).empty());
    bench.devices[1].online = true;
    bench.devices[1].last_seen = bench.now().utc;
    bench.run_for(minutes{15});
    CHECK(starts(bench) == "greet online [d2]");
    // A short absence is none.
    bench.devices[1].online = false;
    bench.run_for(minutes{15});
    bench.devices[1].online = true;
    bench.devices[1].last_seen = bench.now().utc;
    bench.run_for(hours{1});
    CHECK(starts(bench) == "greet online [d2]");
}

TEST_CASE("a device that came back while the daemon was down is acted on at the start, once",
          "[engine][triggers]") {
    auto away = windows_server("d2", "B");
    away.online = false;
    away.last_seen = fakes::test_start() - hours{30};
    EngineBench bench({windows_server("d1", "A"), away});
    const std::vector books{triggered("greet", {OnlineTrigger{hours{24}}})};
    bench.start(books);
    bench.run_for(minutes{15});
    EngineBench next;
    go_on(next, bench, hours{1});
    next.devices[1].online = true;
    next.devices[1].last_seen = next.now().utc;
    auto state = stored_by(bench);
    next.start(books, state);
    next.run_for(minutes{5});
    CHECK(starts(next) == "greet online [d2]");
}

TEST_CASE("what an alert has started is known after a kill at any point", "[engine][triggers]") {
    EngineBench bench;
    const std::vector books{triggered("fix", {on_disk_alerts()})};
    bench.start(books);
    bench.run_for(minutes{5});
    bench.alerts = {alert("a1", bench.now().utc)};
    bench.run_for(minutes{5});
    REQUIRE(starts(bench) == "fix alert a1 [d1]");
    for (std::size_t kept = 1; kept <= bench.records().size(); ++kept) {
        const auto& records = bench.records();
        // What one step writes is kept whole or not at all: here only what separates acting from not acting.
        if (kept < records.size() && !std::holds_alternative<RunPlanned>(records[kept]) &&
            !std::holds_alternative<RunPlanned>(records[kept - 1]))
            continue;
        EngineBench next;
        go_on(next, bench);
        next.start(books, stored_by(bench, kept));
        next.run_for(minutes{5});
        bool was_planned = false;
        for (std::size_t i = 0; i < kept; ++i)
            was_planned = was_planned || std::holds_alternative<RunPlanned>(records[i]);
        INFO(kept);
        CHECK(starts(next) == (was_planned ? "" : "fix alert a1 [d1]"));
    }
}

TEST_CASE("a trigger keeps its time over revisions that change something else", "[engine][triggers]") {
    EngineBench bench;
    auto book = triggered("fix", {on_disk_alerts()});
    bench.start({book});
    bench.run_for(minutes{5});
    bench.pause("fix", hours{1});
    bench.alerts = {alert("a1", bench.now().utc)};
    bench.run_for(minutes{5});
    auto edited = book;
    edited.yaml += "\ndescription: x";
    edited.window = hours{2};
    bench.reload({edited});
    bench.run_for(minutes{5});
    bench.resume("fix");
    bench.run_for(minutes{5});
    CHECK(starts(bench) == "fix alert a1 [d1]");
    // Another trigger begins anew.
    bench.alerts = {alert("a2", bench.now().utc)};
    auto other = edited;
    other.yaml += "\n# other";
    AlertTrigger by_priority;
    by_priority.priorities = {"High"};
    by_priority.cooldown = Millis{0};
    other.triggers = runbook::Triggers{{by_priority}, 50};
    bench.reload({other});
    bench.run_for(minutes{5});
    CHECK(starts(bench) == "fix alert a1 [d1]");
}

}  // namespace runbookd::engine
