// What people say of a run, a job, a device or the store is heard by the account that it is about.
#include "catch.hpp"
#include "runtime/two_accounts.hpp"

namespace runbookd::runtime {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

Result<ports::CancelAccepted> cancel(TwoAccounts& bed, const std::string& uid) {
    return bed
        .ask<Result<ports::CancelAccepted>>([&bed, uid] {
            ports::CancelRequest request{uid, "wrong day", "ana"};
            return bed.control.cancel(std::move(request));
        })
        .value();
}

Result<ports::ApproveAccepted> approve(TwoAccounts& bed, const std::string& uid) {
    return bed
        .ask<Result<ports::ApproveAccepted>>([&bed, uid] {
            ports::ApproveRequest request{uid, "", "bob"};
            return bed.control.approve(std::move(request));
        })
        .value();
}

Result<void> accept_restore(TwoAccounts& bed) {
    return bed.ask<Result<void>>([&bed] { return bed.control.accept_restore("ana"); }).value();
}

}  // namespace

TEST_CASE("a device, a component or a customer is paused by name, wherever it is", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({clean_on("a", "sweep"), clean_on("b", "patch")});
    REQUIRE(run(bed, "sweep"));  // the lists are read
    REQUIRE(run(bed, "patch"));
    const auto paused = pause(bed, "device:beta-01", hours{1});
    REQUIRE(paused);
    CHECK(paused->scope == engine::PauseScope("device:b1"));
    CHECK(quick_job(bed, "BETA-01").value().error().code == ErrorCode::refused_by_rule);
    CHECK(quick_job(bed, "ALPHA-01").value());
    const auto sets = bed.all<engine::PauseSet>();
    REQUIRE(sets.size() == 1);
    CHECK(sets[0].scope.text() == "device:b1");
    CHECK(resume(bed, "device:BETA-01").value() == engine::PauseScope("device:b1"));
    CHECK(bed.all<engine::PauseEnded>().size() == 1);
    REQUIRE(pause(bed, "component:clean", hours{1}));
    for (const auto* device : {"ALPHA-01", "BETA-01"})
        CHECK(quick_job(bed, device).value().error().code == ErrorCode::refused_by_rule);
    CHECK(pause(bed, "customer:acme", hours{1}).error().code == ErrorCode::not_found);
    CHECK(pause(bed, "device:nowhere", hours{1}).error().code == ErrorCode::not_found);
}

TEST_CASE("a person settles a job on the account that it was on", "[runtime][accounts]") {
    TwoAccounts bed;
    engine::RecoveredState of_b;
    engine::LostJob lost;
    lost.job = JobUid{"01J0B"};
    lost.run = RunUid{"01R0N"};
    lost.runbook = "patch";
    lost.device = DeviceUid{"b1"};
    lost.created_at = bed.clock.now().utc;
    of_b.lost = {lost};
    bed.start({clean_on("b", "patch"), clean_on("a", "moved")}, {}, of_b);
    const auto settle = [&](ports::SettleRequest::Word word) {
        return bed
            .ask<Result<ports::SettleAccepted>>([&bed, word] {
                ports::SettleRequest request{"01J", word, "ana saw it", "ana"};
                return bed.control.settle(std::move(request));
            })
            .value();
    };
    ports::SettledJob job;
    job.job_uid = "01J0B";
    job.run_uid = "01R0N";
    job.runbook = "patch";
    job.device_uid = "b1";
    job.disposition = "unknown";
    job.account = "gone";
    bed.history.settled = job;
    auto refused = settle(ports::SettleRequest::Word::ran);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::unavailable);
    CHECK(refused.error().message ==
          "job 01J0B is of account 'gone', which is not in the configuration any more");
    job.account = "b";
    job.runbook = "moved";
    bed.history.settled = job;
    refused = settle(ports::SettleRequest::Word::redispatch);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message ==
          "job 01J0B was on account 'b', and runbook 'moved' is on account 'a' now, which has other devices");
    job.runbook = "patch";
    bed.history.settled = job;
    const auto settled = settle(ports::SettleRequest::Word::ran);
    REQUIRE(settled);
    CHECK(settled->disposition == "succeeded");
    const auto revised = bed.all<engine::TargetRevised>();
    REQUIRE(revised.size() == 1);
    CHECK(revised[0].device.str() == "b1");
}

TEST_CASE("a run is called off on the account that it is on", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.start({clean_on("a", "sweep"), clean_on("b", "patch")});
    REQUIRE(run(bed, "patch"));
    const auto planned = bed.all<engine::RunPlanned>();
    REQUIRE(planned.size() == 1);
    bed.history.left = ports::RunLeftovers{planned[0].run.str(), "patch", 1, {}, {}, "b"};
    const auto done = cancel(bed, "01");
    REQUIRE(done);
    CHECK(done->run == planned[0].run);
    CHECK(done->still_running == 1);
    bed.history.left = ports::RunLeftovers{"01RUN", "patch", 1, {}, {}, "gone"};
    const auto absent = cancel(bed, "01");
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::unavailable);
    CHECK(absent.error().message ==
          "run 01RUN is of account 'gone', which is not in the configuration any more");
    // A job's uid is no run's.
    bed.history.left = fail(ErrorCode::not_found, "no run has a uid that begins with '01J'");
    bed.history.settled.job_uid = "01J0B";
    bed.history.settled.run_uid = "01R0N";
    const auto job = cancel(bed, "01J");
    REQUIRE_FALSE(job);
    CHECK(job.error().code == ErrorCode::refused_by_rule);
}

TEST_CASE("a run is approved on the account that has it", "[runtime][accounts]") {
    TwoAccounts bed;
    auto patch = clean_on("b", "patch");
    patch.approval = runbook::Approval{};
    bed.start({clean_on("a", "sweep"), patch});
    REQUIRE(run(bed, "patch"));
    bed.pass(seconds{30});
    CHECK(creates(bed.b.api) == 0);
    const auto planned = bed.all<engine::RunPlanned>();
    REQUIRE(planned.size() == 1);
    const auto done = approve(bed, planned[0].run.str());
    REQUIRE(done);
    CHECK(done->run == planned[0].run);
    CHECK(done->devices == 1);
    bed.pass(seconds{30});
    CHECK(creates(bed.b.api) == 1);
    const auto again = approve(bed, "01");  // it waits for nobody now
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::conflict);
}

TEST_CASE("a store that was put back holds every account until a person accepts it", "[runtime][accounts]") {
    TwoAccounts bed;
    bed.a.api.has_log = bed.b.api.has_log = true;
    int told = 0;
    bed.control.on_restore_accepted([&] { ++told; });
    bed.accounts.tell_all(bed.clock.now(), [](const ServedAccount&, engine::Engine& core, Instant) {
        core.hold_for_restore("it is older than what was acknowledged");
    });
    bed.start({clean_on("a", "sweep"), clean_on("b", "patch")});
    // What the folder holds takes effect once the store is accepted; a quick job waits, and goes nowhere.
    CHECK(run(bed, "sweep").error().code == ErrorCode::not_found);
    (void)quick_job(bed, "BETA-01");
    bed.pass(hours{1});
    CHECK(creates(bed.a.api) + creates(bed.b.api) == 0);
    CHECK(bed.accounts.is_clock_doubted());
    const auto held = bed.control.status().held;
    REQUIRE(held.size() == 2);
    CHECK(held[0].account == "a");
    CHECK(held[0].why == "it is older than what was acknowledged");
    CHECK(held[1].is_searched_whole);
    CHECK(held[1].found_jobs == 0);
    REQUIRE(accept_restore(bed));
    CHECK(told == 1);
    CHECK(bed.control.status().held.empty());
    REQUIRE(run(bed, "sweep"));
    REQUIRE(run(bed, "patch"));
    bed.pass(seconds{30});
    CHECK(creates(bed.a.api) == 1);
    CHECK(creates(bed.b.api) == 1);
    CHECK_FALSE(bed.accounts.is_clock_doubted());
    const auto again = accept_restore(bed);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::conflict);
}

}  // namespace runbookd::runtime
