// A run that a person must approve: it freezes its targets, waits, and creates nothing until then.
#include <algorithm>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"
#include "fakes/simulated_store.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::SimulatedStore;
using fakes::windows_server;
using runbook::Amount;
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

runbook::Runbook approved(const std::string& name, bool not_starter = false) {
    auto book = clean_all(name);
    runbook::Approval approval;
    approval.not_starter = not_starter;
    book.approval = approval;
    return book;
}

std::size_t created(const EngineBench& bench) { return bench.calls<CreateQuickJob>().size(); }

Result<ApprovedRun> approve(EngineBench& bench, const std::string& uid, const std::string& actor = "carol") {
    std::optional<Result<ApprovedRun>> answer;
    bench.tell([&](Engine& core, Instant now) {
        const ApprovalOrder order{uid, "looks right", actor};
        core.approve(order, [&](Result<ApprovedRun> result) { answer = std::move(result); }, now);
    });
    bench.run_for(seconds{1});
    REQUIRE(answer);
    return *answer;
}

Result<RejectedRun> reject(EngineBench& bench, const std::string& uid, const std::string& actor = "carol") {
    std::optional<Result<RejectedRun>> answer;
    bench.tell([&](Engine& core, Instant now) {
        const ApprovalOrder order{uid, "not on a Friday", actor};
        core.reject(order, [&](Result<RejectedRun> result) { answer = std::move(result); }, now);
    });
    bench.run_for(seconds{1});
    REQUIRE(answer);
    return *answer;
}

JobResult success() {
    JobResult result;
    result.status = DeploymentStatus::success;
    return result;
}

}  // namespace

TEST_CASE("a run waits with its targets frozen until somebody approves it", "[engine][approval]") {
    EngineBench bench(servers(3));
    bench.start({approved("sweep")});
    bench.run("sweep");
    bench.run_for(minutes{20});
    CHECK(created(bench) == 0);
    REQUIRE(bench.all<RunStarted>().size() == 1);
    CHECK(bench.all<RunStarted>()[0].targets.size() == 3);
    REQUIRE(bench.all<RunWaiting>().size() == 1);
    CHECK(bench.all<RunWaiting>()[0].reason == "approval");
    CHECK(bench.all<RunWaiting>()[0].is_unapproved);
    const auto asked = bench.all<ApprovalRequested>();
    REQUIRE(asked.size() == 1);
    const auto run = bench.run_answers.at(0)->str();
    CHECK(asked[0].approval.str() == run);
    CHECK(asked[0].plan.devices.size() == 3);
    // What comes into the fleet meanwhile was not approved.
    bench.devices.push_back(windows_server("d4", "ACME-04"));
    const auto answer = approve(bench, run.substr(0, 12));
    REQUIRE(answer);
    CHECK(answer->devices == 3);
    CHECK(answer->wave == 1);
    bench.run_for(seconds{30});
    CHECK(created(bench) == 3);
    const auto said = bench.all<RunApproved>();
    REQUIRE(said.size() == 1);
    CHECK(said[0].actor == "carol");
    CHECK(said[0].note == "looks right");
    CHECK(said[0].plan_sha256 == asked[0].plan.sha256);
    for (int i = 1; i <= 3; ++i) bench.results[DattoJobUid{"j" + std::to_string(i)}] = success();
    bench.run_for(minutes{5});
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::completed);
    CHECK(bench.all<RunFinished>()[0].reason.empty());
    CHECK(approve(bench, run).error().code == ErrorCode::not_found);
}

TEST_CASE("what nobody approved is skipped when the window closes", "[engine][approval]") {
    EngineBench bench(servers(2));
    auto book = approved("sweep");
    book.schedule = fakes::schedule_of("0 2 * * *");
    bench.start({book});
    bench.run_for(hours{4});
    CHECK(created(bench) == 0);
    const auto verdicts = bench.all<OccurrenceDecided>();
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].verdict == Verdict::on_time);
    const auto decided = bench.all<TargetDecided>();
    REQUIRE(decided.size() == 2);
    for (const auto& target : decided) {
        CHECK(target.disposition == Disposition::skipped);
        CHECK(target.reason == "not_approved");
    }
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::completed);
    CHECK(bench.all<RunFinished>()[0].reason == "not_approved");
}

TEST_CASE("a run that is rejected is over at once", "[engine][approval]") {
    EngineBench bench(servers(2));
    bench.start({approved("sweep", true)});
    bench.run("sweep");
    bench.run_for(seconds{10});
    // Who started it may call it off so, too.
    const auto answer = reject(bench, "sweep", "alice");
    REQUIRE(answer);
    CHECK(answer->skipped == 2);
    REQUIRE(bench.all<RunRejected>().size() == 1);
    CHECK(bench.all<RunRejected>()[0].actor == "alice");
    const auto decided = bench.all<TargetDecided>();
    REQUIRE(decided.size() == 2);
    CHECK(decided[0].reason == "not_approved");
    CHECK(decided[0].message == "rejected by alice: not on a Friday");
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::completed);
    CHECK(bench.all<RunFinished>()[0].reason == "not_approved");
    CHECK(reject(bench, "sweep").error().code == ErrorCode::not_found);
    bench.run_for(hours{2});
    CHECK(created(bench) == 0);
}

TEST_CASE("whoever started a run does not approve it, where the runbook says so", "[engine][approval]") {
    const bool not_starter = GENERATE(true, false);
    EngineBench bench(servers(1));
    bench.start({approved("sweep", not_starter)});
    bench.run("sweep");
    bench.run_for(seconds{10});
    const auto own = approve(bench, "sweep", "alice");
    if (!not_starter) {
        CHECK(own);
        return;
    }
    REQUIRE_FALSE(own);
    CHECK(own.error().code == ErrorCode::refused_by_rule);
    CHECK(own.error().message.find("started it") != std::string::npos);
    CHECK(bench.all<RunApproved>().empty());
    CHECK(approve(bench, "sweep", "bob"));
}

TEST_CASE("of a scheduled run it is who put its revision into force", "[engine][approval]") {
    EngineBench bench(servers(1));
    auto book = approved("sweep", true);
    book.schedule = fakes::schedule_of("0 2 * * *");
    bench.start({});
    bench.reload({book});  // by "test"
    bench.run_for(hours{2});
    const auto own = approve(bench, "sweep", "test");
    REQUIRE_FALSE(own);
    CHECK(own.error().code == ErrorCode::refused_by_rule);
    CHECK(approve(bench, "sweep", "bob"));
}

TEST_CASE("the first wave waits for approval, the next ones as the rollout says", "[engine][approval]") {
    EngineBench bench(servers(3));
    auto book = approved("sweep");
    runbook::Rollout rollout;
    rollout.waves = {Amount{1, false}, Amount{100, true}};
    rollout.is_promoted_by_hand = true;
    book.rollout = rollout;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{2});
    CHECK(bench.all<WaveStarted>().empty());
    REQUIRE(approve(bench, "sweep"));
    bench.run_for(minutes{1});
    CHECK(created(bench) == 1);
    CHECK(approve(bench, "sweep").error().code == ErrorCode::not_found);  // nothing of it waits
    CHECK(approve(bench, bench.run_answers.at(0)->str()).error().code == ErrorCode::conflict);
    CHECK(reject(bench, bench.run_answers.at(0)->str()).error().code == ErrorCode::conflict);
    bench.results[DattoJobUid{"j1"}] = success();
    bench.run_for(minutes{5});
    CHECK(created(bench) == 1);
    const auto rejected = reject(bench, "sweep");
    REQUIRE(rejected);
    CHECK(rejected->skipped == 2);
    CHECK(bench.all<RunRejected>()[0].approval.empty());
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::completed);
}

TEST_CASE("nobody is asked about what a guard refuses", "[engine][approval]") {
    EngineBench bench(servers(3));
    auto book = approved("sweep");
    book.guard.max = 2;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{1});
    CHECK(bench.all<ApprovalRequested>().empty());
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::aborted);
}

TEST_CASE("a quick job needs nobody's approval", "[engine][approval]") {
    EngineBench bench(servers(1));
    bench.start({approved("sweep")});
    bench.quick_job("d1", "Clean");
    bench.run_for(seconds{10});
    CHECK(created(bench) == 1);
}

TEST_CASE("a runbook's name is not enough where several of its runs wait", "[engine][approval]") {
    EngineBench bench(servers(2));
    auto book = approved("sweep");
    book.overlap = runbook::OverlapPolicy::allow;
    bench.start({book});
    bench.run("sweep");
    bench.run("sweep");
    bench.run_for(seconds{20});
    const auto answer = approve(bench, "sweep");
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::conflict);
    CHECK(answer.error().message.find(bench.run_answers.at(1)->str()) != std::string::npos);
    CHECK(approve(bench, bench.run_answers.at(1)->str()));
    CHECK(approve(bench, "sweep"));
}

TEST_CASE("a run that waits does so after a restart, and what was said holds", "[engine][approval]") {
    EngineBench before(servers(2));
    const std::vector books{approved("sweep", true)};
    before.start(books);
    before.run("sweep");
    before.run_for(seconds{20});
    REQUIRE(approve(before, "sweep", "bob"));
    const auto& records = before.records();
    const auto said = std::find_if(records.begin(), records.end(), [](const Record& record) {
        return std::holds_alternative<RunApproved>(record);
    });
    for (const bool was_said : {false, true}) {
        INFO(was_said);
        // The word and the begin of the wave are of one step.
        SimulatedStore store;
        store.apply({records.begin(), said + (was_said ? 2 : 0)});
        EngineBench next(servers(2));
        next.stall(before.now().utc - next.now().utc);
        next.start(books, store.recover(next.now().utc));
        next.run_for(minutes{5});
        CHECK(created(next) == (was_said ? 2 : 0));
        if (was_said) continue;
        CHECK(approve(next, "sweep", "alice").error().code == ErrorCode::refused_by_rule);
        REQUIRE(approve(next, "sweep", "bob"));
        next.run_for(minutes{1});
        CHECK(created(next) == 2);
    }
}

TEST_CASE("what is approved after a restart is what was asked for before", "[engine][approval]") {
    EngineBench before(servers(2));
    const std::vector books{approved("sweep")};
    before.start(books);
    before.run("sweep");
    before.run_for(seconds{20});
    const auto asked = before.all<ApprovalRequested>();
    REQUIRE(asked.size() == 1);
    SimulatedStore store;
    store.apply(before.records());
    EngineBench next(servers(2));
    next.stall(before.now().utc - next.now().utc);
    next.start(books, store.recover(next.now().utc));
    // Its component is not known again yet, and so the plan is not.
    CHECK(approve(next, "sweep").error().code == ErrorCode::unavailable);
    CHECK(next.all<RunApproved>().empty());
    next.run_for(minutes{1});
    REQUIRE(approve(next, "sweep"));
    REQUIRE(next.all<RunApproved>().size() == 1);
    CHECK(next.all<RunApproved>()[0].plan_sha256 == asked[0].plan.sha256);
}

}  // namespace runbookd::engine
