// At which step a target stands is in the rows, and a start finds it there.
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::Disposition;
using engine::JobStatus;
using runbook::StepEnd;

engine::JobCreated created_at_step(const std::string& job, std::int64_t step, const std::string& name,
                                   std::int64_t attempt = 1) {
    auto record = created(job);
    record.step = step;
    record.step_name = name;
    record.attempt = attempt;
    record.steps_after = 3 - step;
    record.at = at(100 * step + attempt);
    return record;
}

engine::TargetStepped stepped(const std::string& name, std::vector<StepEnd> ended, std::int64_t when) {
    return {RunUid{"01RUN"}, DeviceUid{"d1"}, name, std::move(ended), "", "", at(when)};
}

}  // namespace

TEST_CASE("a start finds at which step a target stands, and what came of those before", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    {
        OpenStore open(database);
        open.commit({revision(), planned(), started(2), created_at_step("01JOB", 1, "check")});
        open.commit({changed(JobStatus::failed), created_at_step("02JOB", 1, "check", 2)});
        open.commit({changed(JobStatus::failed, "02JOB"), stepped("check", {StepEnd::failed}, 150),
                     stepped("repair", {StepEnd::failed, StepEnd::skipped}, 150)});
        const auto between = open.store().load(at(200));
        const auto& target = between->runs.at(0).targets.at(0);
        CHECK(target.ended == std::vector<StepEnd>{StepEnd::failed, StepEnd::skipped});
        CHECK(target.step_at == at(150));
        CHECK(target.last_job_at == at(102));
        CHECK(target.attempts == 0);
        CHECK(target.tries == 0);
        CHECK(between->runs.at(0).targets.at(1).ended.empty());
        CHECK_FALSE(between->runs.at(0).targets.at(1).step_at);
        CHECK_FALSE(between->runs.at(0).is_called_off);
        open.commit({created_at_step("03JOB", 3, "tell")});
    }
    OpenStore open(database);
    const auto state = open.store().load(at(400));
    const auto& target = state->runs.at(0).targets.at(0);
    CHECK(target.attempts == 1);
    CHECK(target.tries == 1);
    REQUIRE(state->jobs.size() == 1);
    CHECK(state->jobs[0].step == 3);
    CHECK(state->jobs[0].steps_after == 0);
    CHECK(rows(database, "SELECT step, attempt FROM job_history ORDER BY job_uid") ==
          std::vector<std::string>{"check|1", "check|2", "tell|1"});
    CHECK(one(database, "SELECT job_uid FROM target_ledger WHERE device_uid = 'd1'") == "03JOB");
    CHECK(rows(database,
               "SELECT data ->> 'step', data ->> 'end' FROM event_trail WHERE kind = 'target.stepped'") ==
          std::vector<std::string>{"check|failed", "repair|skipped"});
}

TEST_CASE("a runbook without steps has jobs of step 1", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    open.commit({revision(), planned(), started(1), created()});
    CHECK(one(database, "SELECT step FROM job_history") == "1");
    CHECK(one(database, "SELECT typeof(step) FROM job_history") == "integer");
}

TEST_CASE("a start finds that a run was called off", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    open.commit({revision(), planned(), started(1), created(),
                 engine::Noted{"run", "01RUN", "run.cancelled", "ana", {}, at(50)}});
    CHECK(open.store().load(at(100))->runs.at(0).is_called_off);
}

TEST_CASE("outputs are grouped step by step", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    auto first = changed(JobStatus::completed);
    first.out = engine::OutputText{"same", false};
    auto second = changed(JobStatus::completed, "02JOB");
    second.out = engine::OutputText{"same", false};
    open.commit({revision(), planned(), started(1), created_at_step("01JOB", 1, "check"), first,
                 stepped("check", {StepEnd::succeeded}, 150), created_at_step("02JOB", 2, "mend"), second});
    CHECK(rows(database, "SELECT step, group_no, devices FROM output_groups ORDER BY group_no") ==
          std::vector<std::string>{"check|1|1", "mend|2|1"});
}

TEST_CASE("a step of a target that is decided contradicts the record", "[store]") {
    TempFolder folder;
    std::string fatal;
    OpenStore open(folder.file("audit.db"), {{}, [&](const std::string& why) { fatal = why; }});
    open.commit({revision(), planned(), started(2), decided(Disposition::succeeded)});
    boost::asio::co_spawn(open.loop(), open.store().commit({stepped("check", {StepEnd::succeeded}, 150)}),
                          [](std::exception_ptr) {});
    open.run_until([&] { return !fatal.empty(); });
    CHECK(contains(fatal, "target.stepped: run 01RUN has no pending target d1"));
}

}  // namespace runbookd::store_test
