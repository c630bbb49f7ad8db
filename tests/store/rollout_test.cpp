// What a rollout decides is in the rows, and a start finds it there.
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {

using engine::Disposition;
using engine::JobStatus;

TEST_CASE("a start finds the wave of a run, and what the next one waits for", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    {
        OpenStore open(database);
        auto begun = started(3);
        begun.targets[1].wave = begun.targets[2].wave = 2;
        begun.tolerated = 1;
        open.commit({revision(), planned(), begun, engine::WaveStarted{RunUid{"01RUN"}, 1, "", at(10)}});
        open.commit({created(), changed(JobStatus::failed), decided(Disposition::failed),
                     engine::RunWaiting{RunUid{"01RUN"}, 2, "soak", at(60'000), at(20)}});
        CHECK(one(database, "SELECT status || '/' || reason FROM run_history") == "waiting/soak");
        const auto waiting = open.store().load(at(100));
        REQUIRE(waiting->runs.size() == 1);
        CHECK(waiting->runs[0].wave == 1);
        CHECK(waiting->runs[0].waits_for == "soak");
        CHECK(waiting->runs[0].waits_until == at(60'000));
        open.commit({engine::WaveStarted{RunUid{"01RUN"}, 2, "ana", at(70'000)},
                     engine::TargetMoved{RunUid{"01RUN"}, DeviceUid{"d3"}, 3, at(70'001)}});
    }
    OpenStore open(database);
    const auto state = open.store().load(at(100'000));
    REQUIRE(state->runs.size() == 1);
    CHECK(state->runs[0].wave == 2);
    CHECK(state->runs[0].waits_for.empty());
    CHECK_FALSE(state->runs[0].waits_until);
    CHECK(one(database, "SELECT status || '/' || ifnull(reason, '') FROM run_history") == "running/");
    CHECK(one(database, "SELECT wave FROM target_ledger WHERE device_uid = 'd3'") == "3");
    CHECK(one(database, "SELECT actor FROM event_trail WHERE kind = 'run.wave_started' AND actor <> ''") ==
          "ana");
}

TEST_CASE("a start finds what is to be tried again, and waits for its end upstream", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    open.commit({revision(), planned(), started(2)});
    open.commit(
        {created(), changed(JobStatus::failed),
         engine::TargetRetried{
             RunUid{"01RUN"}, DeviceUid{"d1"}, {at(60'000), Disposition::failed, "exit_code"}, at(30)}});
    auto queued = changed(JobStatus::queued, "02JOB");
    queued.datto_job = DattoJobUid("datto-2");
    open.commit({created("02JOB", "d2"), queued, changed(JobStatus::timeout, "02JOB")});
    const auto state = open.store().load(at(100));
    REQUIRE(state->runs.size() == 1);
    const auto& target = state->runs[0].targets.at(0);
    CHECK(target.tries == 1);
    REQUIRE(target.retry);
    CHECK(target.retry->next == at(60'000));
    CHECK(target.retry->disposition == Disposition::failed);
    CHECK(target.retry->reason == "exit_code");
    REQUIRE(state->jobs.size() == 1);
    CHECK(state->jobs[0].status == JobStatus::timeout);
    CHECK(state->jobs[0].abandoned_at);
    auto second = created("03JOB");
    second.attempt = 2;
    open.commit({second});
    CHECK_FALSE(open.store().load(at(100))->runs[0].targets.at(0).retry);
}

TEST_CASE("the exit code that a job printed is kept", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    auto ended = changed(JobStatus::failed);
    ended.reason = "exit_code";
    ended.exit_code = -5;
    open.commit({revision(), planned(), started(1), created(), ended});
    CHECK(one(database, "SELECT exit_code || '/' || reason FROM job_history") == "-5/exit_code");
}

}  // namespace runbookd::store_test
