// A person calls a run off.
#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Bed {
    EngineBench bench;
    std::vector<Result<CalledOff>> answers;

    void cancel(const RunUid& run, const std::string& reason = "wrong day") {
        bench.tell([&](Engine& core, Instant at) {
            core.cancel(
                {run, reason, "alice"},
                [this](Result<CalledOff> answer) { answers.push_back(std::move(answer)); }, at);
        });
        bench.run_for(seconds{1});
    }
    std::map<std::string, Disposition> dispositions() {
        std::map<std::string, Disposition> found;
        for (const auto& decided : bench.all<TargetDecided>())
            found[decided.device.str()] = decided.disposition;
        return found;
    }
};

}  // namespace

TEST_CASE("what has no job gets none, and what has one is followed to its end", "[engine][cancel]") {
    Bed bed;
    auto& bench = bed.bench;
    auto away = fakes::windows_server("d2", "ACME-02");
    away.online = false;
    bench.devices = {fakes::windows_server("d1", "ACME-01"), away};
    auto sweep = clean_all("sweep");
    sweep.offline = runbook::OfflinePolicy::wait;
    bench.start({sweep});
    bench.run("sweep");
    bench.run_for(seconds{5});
    REQUIRE(bench.all<JobCreated>().size() == 1);
    const auto run = bench.all<RunPlanned>().at(0).run;
    bed.cancel(run);
    REQUIRE(bed.answers.size() == 1);
    REQUIRE(bed.answers[0]);
    CHECK(bed.answers[0]->cancelled == 1);
    CHECK(bed.answers[0]->still_running == 1);
    CHECK_FALSE(bed.answers[0]->was_planned);
    CHECK(bed.dispositions() == std::map<std::string, Disposition>{{"d2", Disposition::cancelled}});
    CHECK(bench.all<RunFinished>().empty());
    // The device comes online too late.
    bench.devices[1].online = true;
    JobResult done;
    done.status = DeploymentStatus::success;
    bench.results[DattoJobUid{"j1"}] = done;
    bench.run_for(hours{1});
    CHECK(bench.all<JobCreated>().size() == 1);
    CHECK(bed.dispositions().at("d1") == Disposition::succeeded);
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::cancelled);
    CHECK(bench.all<RunFinished>()[0].reason == "by_person");
    const auto notes = bench.notes("run.cancelled");
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].actor == "alice");
    CHECK(notes[0].data.at("reason") == "wrong day");
    // There is nothing left of it.
    bed.cancel(run);
    REQUIRE_FALSE(bed.answers.at(1));
    CHECK(bed.answers[1].error().code == ErrorCode::conflict);
}

TEST_CASE("a run that has not begun ends with its verdict, and sends nothing", "[engine][cancel]") {
    Bed bed;
    auto& bench = bed.bench;
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<ReadDevices>(call)) return fakes::failure(FailureKind::lost);
        return std::nullopt;
    };
    auto sweep = clean_all("sweep");
    sweep.schedule = fakes::schedule_of("* * * * *");
    sweep.window = hours{1};
    bench.start({sweep});
    bench.run_for(minutes{1});
    const auto planned = bench.all<RunPlanned>();
    REQUIRE_FALSE(planned.empty());
    bed.cancel(planned[0].run, "");
    REQUIRE(bed.answers.at(0));
    CHECK(bed.answers[0]->was_planned);
    const auto verdicts = bench.all<OccurrenceDecided>();
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].verdict == Verdict::skipped);
    CHECK(verdicts[0].reason == "by_person");
    CHECK(verdicts[0].run == planned[0].run);
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::cancelled);
    CHECK(bench.all<JobCreated>().empty());
}

TEST_CASE("a durable intent that could not go out is called off too, and stays so after a restart",
          "[engine][cancel]") {
    Bed bed;
    auto& bench = bed.bench;
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<CreateQuickJob>(call)) return fakes::failure(FailureKind::not_sent);
        return std::nullopt;
    };
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(seconds{2});
    REQUIRE_FALSE(bench.all<JobCreated>().empty());
    bed.cancel(bench.all<RunPlanned>().at(0).run);
    REQUIRE(bed.answers.at(0));
    CHECK(bed.answers[0]->still_running == 0);
    for (const auto& [device, disposition] : bed.dispositions()) {
        INFO(device);
        CHECK(disposition == Disposition::cancelled);
    }
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::cancelled);
    bench.script = [](const ApiCall&, Instant) { return std::nullopt; };
    const auto creates = bench.all<JobCreated>().size();
    bench.run_for(hours{1});
    CHECK(bench.all<JobCreated>().size() == creates);
}

}  // namespace runbookd::engine
