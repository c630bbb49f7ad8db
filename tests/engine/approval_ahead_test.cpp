// Approval that is asked for ahead of a run: the plan of the coming instant, and what it is worth when the
// run starts.
#include <algorithm>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"
#include "fakes/simulated_store.hpp"

namespace runbookd::engine {
namespace {

using fakes::EngineBench;
using fakes::SimulatedStore;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<Device> servers(int count) {
    std::vector<Device> devices;
    for (int i = 1; i <= count; ++i) {
        const auto name = std::to_string(i);
        devices.push_back(windows_server("d" + name, "ACME-0" + name));
    }
    return devices;
}

/// At 02:00 UTC, asked for at 01:00; a test begins at 00:00:30.
runbook::Runbook nightly(Millis ahead = hours{1}, const std::string& cron = "0 2 * * *") {
    auto book = fakes::clean_all("sweep");
    book.schedule = fakes::schedule_of(cron);
    runbook::Approval approval;
    approval.ahead = ahead;
    book.approval = approval;
    return book;
}

std::size_t created(const EngineBench& bench) { return bench.calls<CreateQuickJob>().size(); }

Result<ApprovedRun> approve(EngineBench& bench, const std::string& uid, const std::string& actor = "carol") {
    std::optional<Result<ApprovedRun>> answer;
    bench.tell([&](Engine& core, Instant now) {
        const ApprovalOrder order{uid, "", actor};
        core.approve(order, [&](Result<ApprovedRun> result) { answer = std::move(result); }, now);
    });
    bench.run_for(seconds{1});
    REQUIRE(answer);
    return *answer;
}

Result<RejectedRun> reject(EngineBench& bench, const std::string& uid) {
    std::optional<Result<RejectedRun>> answer;
    bench.tell([&](Engine& core, Instant now) {
        const ApprovalOrder order{uid, "not tonight", "carol"};
        core.reject(order, [&](Result<RejectedRun> result) { answer = std::move(result); }, now);
    });
    bench.run_for(seconds{1});
    REQUIRE(answer);
    return *answer;
}

}  // namespace

TEST_CASE("approval is asked for ahead, with the plan, and holds for that plan", "[engine][approval]") {
    EngineBench bench(servers(3));
    bench.start({nightly()});
    bench.run_for(minutes{58});
    CHECK(bench.all<ApprovalRequested>().empty());
    bench.run_for(minutes{2});
    const auto asked = bench.all<ApprovalRequested>();
    REQUIRE(asked.size() == 1);
    CHECK_FALSE(asked[0].run);
    CHECK(asked[0].nominal == *parse_utc("2026-03-01T02:00:00Z"));
    CHECK(asked[0].plan.devices.size() == 3);
    CHECK(asked[0].plan.component_name == "Clean");
    const auto answer = approve(bench, asked[0].approval.str().substr(0, 14));
    REQUIRE(answer);
    CHECK(answer->run.empty());
    CHECK(answer->wave == 0);
    CHECK(answer->devices == 3);
    CHECK(approve(bench, "sweep").error().code == ErrorCode::conflict);  // one word is enough
    // One device comes, another goes.
    bench.devices.push_back(windows_server("d4", "ACME-04"));
    bench.devices.erase(bench.devices.begin());
    bench.run_for(minutes{62});
    const auto started = bench.all<RunStarted>();
    REQUIRE(started.size() == 1);
    CHECK(started[0].targets.size() == 2);
    REQUIRE(started[0].exclusions.size() == 1);
    CHECK(started[0].exclusions[0].device == DeviceUid{"d4"});
    CHECK(started[0].exclusions[0].rule == "not_in_approved_plan");
    CHECK(bench.all<RunPlanned>().at(0).approval == asked[0].approval);
    CHECK(bench.all<RunWaiting>().empty());
    CHECK(bench.all<OccurrenceDecided>().at(0).verdict == Verdict::on_time);
    CHECK(created(bench) == 2);
    // Tomorrow's is asked for tomorrow.
    CHECK(bench.all<ApprovalRequested>().size() == 1);
    bench.run_for(hours{23});
    REQUIRE(bench.all<ApprovalRequested>().size() == 2);
    CHECK(bench.all<ApprovalRequested>()[1].plan.devices.size() == 3);
    CHECK(bench.all<ApprovalVoided>().empty());
}

TEST_CASE("what nobody has approved ahead waits when its time comes", "[engine][approval]") {
    EngineBench bench(servers(2));
    bench.start({nightly()});
    bench.run_for(minutes{121});
    REQUIRE(bench.all<RunWaiting>().size() == 1);
    CHECK(bench.all<OccurrenceDecided>().at(0).verdict == Verdict::on_time);
    const auto asked = bench.all<ApprovalRequested>();
    REQUIRE(asked.size() == 2);
    CHECK(asked[1].approval == asked[0].approval);
    CHECK(asked[1].run == bench.all<RunPlanned>().at(0).run);
    CHECK(created(bench) == 0);
    // By the uid that people were told the day before.
    const auto answer = approve(bench, asked[0].approval.str());
    REQUIRE(answer);
    CHECK(answer->run == bench.all<RunPlanned>()[0].run);
    bench.run_for(minutes{1});
    CHECK(created(bench) == 2);
}

TEST_CASE("what is rejected ahead is skipped when its time comes", "[engine][approval]") {
    EngineBench bench(servers(2));
    bench.start({nightly()});
    bench.run_for(minutes{70});
    const auto answer = reject(bench, "sweep");
    REQUIRE(answer);
    CHECK(answer->run.empty());
    CHECK(reject(bench, "sweep").error().code == ErrorCode::conflict);
    bench.run_for(hours{2});
    const auto decided = bench.all<TargetDecided>();
    REQUIRE(decided.size() == 2);
    CHECK(decided[0].disposition == Disposition::skipped);
    CHECK(decided[0].reason == "not_approved");
    CHECK(decided[0].message == "rejected by carol: not tonight");
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::completed);
    CHECK(bench.all<RunFinished>()[0].reason == "not_approved");
    CHECK(created(bench) == 0);
}

TEST_CASE("an approval is of its revision", "[engine][approval]") {
    EngineBench bench(servers(2));
    auto book = nightly();
    bench.start({book});
    bench.run_for(minutes{70});
    REQUIRE(approve(bench, "sweep"));
    bench.reload({book});  // the same text
    bench.run_for(minutes{1});
    CHECK(bench.all<ApprovalVoided>().empty());
    book.yaml += "\n# changed";
    bench.reload({book});
    bench.run_for(minutes{1});
    REQUIRE(bench.all<ApprovalVoided>().size() == 1);
    REQUIRE(bench.all<ApprovalRequested>().size() == 2);
    CHECK(bench.all<ApprovalRequested>()[1].revision == 2);
    CHECK(bench.all<ApprovalRequested>()[1].approval != bench.all<ApprovalRequested>()[0].approval);
    bench.run_for(hours{1});
    CHECK(created(bench) == 0);
    CHECK(bench.all<RunWaiting>().size() == 1);
    REQUIRE(approve(bench, "sweep"));
    bench.run_for(minutes{1});
    CHECK(created(bench) == 2);
}

TEST_CASE("a runbook that asks no more has nothing to be approved", "[engine][approval]") {
    EngineBench bench(servers(1));
    auto book = nightly();
    bench.start({book});
    bench.run_for(minutes{70});
    book.approval = {};
    book.yaml += "\n# without approval";
    bench.reload({book});
    bench.run_for(minutes{1});
    CHECK(bench.all<ApprovalVoided>().size() == 1);
    CHECK(approve(bench, "sweep").error().code == ErrorCode::not_found);
    bench.run_for(hours{1});
    CHECK(created(bench) == 1);
}

TEST_CASE("who put the revision into force does not approve ahead, where the runbook says so",
          "[engine][approval]") {
    EngineBench bench(servers(1));
    auto book = nightly();
    book.approval->not_starter = true;
    bench.start({});
    bench.reload({book});  // by "test"
    bench.run_for(minutes{70});
    CHECK(approve(bench, "sweep", "test").error().code == ErrorCode::refused_by_rule);
    CHECK(approve(bench, "sweep", "bob"));
}

TEST_CASE("what is skipped by policy was asked in vain", "[engine][approval]") {
    EngineBench bench(servers(1));
    bench.start({nightly()});
    bench.run_for(minutes{70});
    REQUIRE(approve(bench, "sweep"));
    bench.pause("sweep", hours{3});
    bench.run_for(hours{1});
    REQUIRE(bench.all<OccurrenceDecided>().size() == 1);
    CHECK(bench.all<OccurrenceDecided>()[0].reason == "paused");
    REQUIRE(bench.all<ApprovalVoided>().size() == 1);
    CHECK(bench.all<ApprovalVoided>()[0].reason == "its instant has passed, and no run came of it");
    CHECK(bench.all<RunPlanned>().empty());
}

TEST_CASE("where instants come more often, only the next one is asked for", "[engine][approval]") {
    EngineBench bench(servers(1));
    auto book = nightly(hours{24}, "*/10 * * * *");
    book.window = minutes{5};
    bench.start({book});
    bench.run_for(hours{1});
    std::size_t ahead = 0;
    for (const auto& asked : bench.all<ApprovalRequested>()) ahead += asked.run ? 0 : 1;
    CHECK(ahead == 7);  // at the start, and after each of six
    CHECK(bench.all<RunPlanned>().size() == 6);
    CHECK(created(bench) == 0);
}

TEST_CASE("what stands against a plan is said once, and tried again", "[engine][approval]") {
    EngineBench bench(servers(1));
    const auto components = bench.components;
    bench.components.clear();
    bench.start({nightly()});
    bench.run_for(minutes{80});
    CHECK(bench.all<ApprovalRequested>().empty());
    REQUIRE(bench.notes("approval.not_requested").size() == 1);
    bench.components = components;
    bench.run_for(minutes{20});
    CHECK(bench.notes("approval.not_requested").size() == 1);
    CHECK(bench.all<ApprovalRequested>().size() == 1);
}

TEST_CASE("a run that wants approval and no schedule started waits as any other", "[engine][approval]") {
    EngineBench bench(servers(1));
    bench.start({nightly()});
    bench.run("sweep");
    bench.run_for(minutes{1});
    REQUIRE(bench.all<ApprovalRequested>().size() == 1);
    CHECK(bench.all<ApprovalRequested>()[0].run == *bench.run_answers.at(0));
    CHECK_FALSE(bench.all<ApprovalRequested>()[0].nominal);
    REQUIRE(approve(bench, "sweep"));
    bench.run_for(seconds{30});
    CHECK(created(bench) == 1);
}

TEST_CASE("what was asked and said ahead is there after a restart", "[engine][approval]") {
    const std::vector books{nightly()};
    EngineBench before(servers(2));
    before.start(books);
    before.run_for(minutes{70});
    const bool is_approved = GENERATE(true, false);
    if (is_approved) REQUIRE(approve(before, "sweep"));
    SimulatedStore store;
    store.apply(before.records());
    REQUIRE(store.approvals().size() == 1);
    // Back before its time, or after it with the window still open.
    const auto down = GENERATE(minutes{5}, minutes{75});
    EngineBench next(servers(3));
    next.stall(before.now().utc - next.now().utc + down);
    next.start(books, store.recover(next.now().utc));
    next.run_for(minutes{60});
    CHECK(next.all<ApprovalVoided>().empty());
    REQUIRE(next.all<RunPlanned>().size() == 1);
    CHECK(next.all<RunPlanned>()[0].approval == store.approvals().begin()->first);
    CHECK(next.all<RunWaiting>().size() == (is_approved ? 0 : 1));
    CHECK(created(next) == (is_approved ? 2 : 0));
    if (is_approved) CHECK(next.all<RunStarted>().at(0).exclusions.at(0).rule == "not_in_approved_plan");
}

TEST_CASE("a clock that is set back leaves what was asked as it is", "[engine][approval]") {
    EngineBench bench(servers(1));
    bench.start({nightly()});
    bench.run_for(minutes{70});
    REQUIRE(approve(bench, "sweep"));
    bench.step_clock(-minutes{40});
    bench.run_for(minutes{80});
    CHECK(bench.all<ApprovalVoided>().empty());
    CHECK(bench.all<ApprovalRequested>().size() == 1);
    bench.run_for(minutes{15});
    CHECK(created(bench) == 1);
}

}  // namespace runbookd::engine
