// A person's word on what became of a job that nobody knows about.
#include "catch.hpp"
#include "engine/finder.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::failure;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Word = SettleOrder::Word;

/// One target that is unknown.
struct Bed {
    EngineBench bench;
    SettleOrder order;
    std::vector<Result<std::optional<RunUid>>> answers;

    Bed() {
        bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
            if (std::holds_alternative<CreateQuickJob>(call)) return failure(FailureKind::lost);
            return std::nullopt;
        };
        bench.components[0].variables.push_back({"days", "string", "7", "", true});
        bench.start({clean_all("sweep")});
        bench.run("sweep");
        bench.run_for(minutes{30});
        bench.script = [](const ApiCall&, Instant) { return std::nullopt; };
        REQUIRE(bench.all<TargetDecided>().at(0).disposition == Disposition::unknown);
        const auto job = bench.all<JobCreated>().at(0);
        order = {job.job, job.run, job.device, "sweep", {{"days", "3"}}, Word::ran, "I looked", "alice"};
    }
    void settle(Word word) {
        order.word = word;
        bench.tell([&](Engine& core, Instant at) {
            core.settle(
                order, [this](Result<std::optional<RunUid>> answer) { answers.push_back(std::move(answer)); },
                at);
        });
        bench.run_for(seconds{5});
    }
    /// The activity log shows the job after all, and it failed.
    void show() {
        bench.activities = {{DattoJobUid{"j7"}, job_name("sweep", order.job)}};
        JobResult failed;
        failed.status = DeploymentStatus::failure;
        bench.results[DattoJobUid{"j7"}] = failed;
    }
};

}  // namespace

TEST_CASE("a person says that it ran, or that it did not", "[engine][settle]") {
    for (const auto word : {Word::ran, Word::not_run}) {
        Bed bed;
        bed.settle(word);
        REQUIRE(bed.answers.size() == 1);
        REQUIRE(bed.answers[0]);
        CHECK_FALSE(*bed.answers[0]);
        REQUIRE(bed.bench.all<TargetRevised>().size() == 1);
        const auto revised = bed.bench.all<TargetRevised>()[0];
        CHECK(revised.disposition == (word == Word::ran ? Disposition::succeeded : Disposition::failed));
        CHECK(revised.reason == "by_person");
        CHECK(revised.message == "I looked");
        CHECK(revised.actor == "alice");
        CHECK(revised.job == bed.order.job);
    }
}

TEST_CASE("a person's word is the last: what shows up later is told and changes nothing",
          "[engine][settle]") {
    Bed bed;
    bed.settle(Word::ran);
    bed.show();
    bed.bench.run_for(hours{3});
    CHECK(bed.bench.all<JobFound>().size() == 1);
    REQUIRE(bed.bench.all<JobLate>().size() == 1);
    CHECK(bed.bench.all<JobLate>()[0].late_status == "failed");
    CHECK(bed.bench.all<TargetRevised>().size() == 1);
    bed.settle(Word::not_run);
    REQUIRE(bed.answers.size() == 2);
    CHECK(bed.answers[1].error().code == ErrorCode::conflict);
    CHECK(bed.bench.all<TargetRevised>().size() == 1);
}

TEST_CASE("what the activity log has shown leaves nothing to be said", "[engine][settle]") {
    Bed bed;
    bed.show();
    bed.bench.run_for(hours{3});
    REQUIRE(bed.bench.all<TargetRevised>().size() == 1);
    bed.settle(Word::ran);
    CHECK(bed.answers.at(0).error().code == ErrorCode::conflict);
    CHECK(bed.bench.all<TargetRevised>().size() == 1);
}

TEST_CASE("redispatch: the target failed, and its device gets a run of its own", "[engine][settle]") {
    Bed bed;
    bed.settle(Word::redispatch);
    REQUIRE(bed.answers.size() == 1);
    REQUIRE(bed.answers[0]);
    CHECK(bed.bench.all<TargetRevised>().at(0).disposition == Disposition::failed);
    const auto planned = bed.bench.all<RunPlanned>();
    REQUIRE(planned.size() == 2);
    CHECK(planned[1].run == *bed.answers[0]);
    CHECK(planned[1].trigger == Trigger::retarget);
    CHECK(planned[1].cause == bed.order.run.str());
    CHECK(planned[1].actor == "alice");
    CHECK(planned[1].note == "I looked");
    CHECK(planned[1].scope.devices == std::vector<std::string>{"d1"});
    CHECK(planned[1].scope.variables == bed.order.variables);
    CHECK(bed.bench.calls<CreateQuickJob>().size() == 2);
}

TEST_CASE("a redispatch that would be refused leaves nothing said", "[engine][settle]") {
    Bed bed;
    bed.bench.pause("sweep", hours{1});
    bed.settle(Word::redispatch);
    REQUIRE(bed.answers.size() == 1);
    CHECK(bed.answers[0].error().code == ErrorCode::refused_by_rule);
    CHECK(bed.bench.all<TargetRevised>().empty());
    bed.bench.resume("sweep");
    bed.bench.run("sweep");  // a job of it is on the device now
    bed.bench.run_for(seconds{5});
    bed.settle(Word::redispatch);
    CHECK(bed.answers.at(1).error().code == ErrorCode::conflict);
    CHECK(bed.bench.all<TargetRevised>().empty());
    bed.settle(Word::not_run);
    CHECK(bed.answers.at(2));
}

TEST_CASE("an unknown of long ago, which this process never saw, is settled once", "[engine][settle]") {
    Bed bed;
    bed.order.run = RunUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0R"};
    bed.order.job = JobUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0C"};
    bed.settle(Word::ran);
    CHECK(bed.answers.at(0));
    bed.settle(Word::ran);
    CHECK(bed.answers.at(1).error().code == ErrorCode::conflict);
}

}  // namespace runbookd::engine
