// The rows that jobs print for the record: of which jobs, and that nothing of the output is cut before.
#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using std::chrono::hours;
using std::chrono::minutes;
using Rows = std::vector<std::string>;

enum class Collect { none, rows };

JobResult ended(DeploymentStatus status) {
    JobResult result;
    result.status = status;
    result.has_stdout = true;
    return result;
}

/// One device, one job that prints this and ends so.
void run_one(EngineBench& bench, Collect collect, DeploymentStatus status, const std::string& out) {
    auto book = clean_all("sweep");
    book.collects_rows = collect == Collect::rows;
    bench.results[DattoJobUid{"j1"}] = ended(status);
    bench.output = out;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{5});
}

}  // namespace

TEST_CASE("rows of the whole output come with the job's end, whatever is cut of it", "[engine][collect]") {
    EngineSettings settings;
    settings.output_max_bytes = 40;
    EngineBench bench({fakes::windows_server("d1", "ACME-01")}, settings);
    run_one(bench, Collect::rows, DeploymentStatus::success,
            std::string(100, 'x') + "\n::row {\"disk\": \"C\"}\n::row broken\n" + std::string(100, 'y'));
    const auto last = bench.all<JobChanged>().back();
    CHECK(last.status == JobStatus::completed);
    CHECK(last.out->truncated);
    REQUIRE(last.collected);
    CHECK(last.collected->rows == Rows{R"({"disk":"C"})"});
    CHECK(last.collected->not_rows == 1);
}

TEST_CASE("a job that failed has rows too, and one that prints none has none", "[engine][collect]") {
    EngineBench failed;
    run_one(failed, Collect::rows, DeploymentStatus::failure, "::row {\"a\":1}\n");
    CHECK(failed.all<JobChanged>().back().collected->rows == Rows{R"({"a":1})"});
    EngineBench silent;
    run_one(silent, Collect::rows, DeploymentStatus::success, "nothing\n");
    REQUIRE(silent.all<JobChanged>().back().collected);
    CHECK(silent.all<JobChanged>().back().collected->rows.empty());
}

TEST_CASE("without collect: rows nothing is collected", "[engine][collect]") {
    EngineBench bench;
    run_one(bench, Collect::none, DeploymentStatus::success, "::row {\"a\":1}\n");
    CHECK(bench.all<JobChanged>().back().status == JobStatus::completed);
    CHECK(!bench.all<JobChanged>().back().collected);
}

TEST_CASE("what a job printed that was given up is collected when it ends after all", "[engine][collect]") {
    EngineBench bench;
    auto book = clean_all("sweep");
    book.collects_rows = true;
    book.timeout = minutes{10};
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::running);
    bench.output = "::row {\"a\":1}\n";
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{30});
    REQUIRE(bench.all<JobChanged>().back().status == JobStatus::timeout);
    CHECK(!bench.all<JobChanged>().back().collected);
    bench.results[DattoJobUid{"j1"}] = ended(DeploymentStatus::success);
    bench.run_for(hours{2});
    REQUIRE(bench.all<JobLate>().size() == 1);
    REQUIRE(bench.all<JobLate>()[0].collected);
    CHECK(bench.all<JobLate>()[0].collected->rows == Rows{R"({"a":1})"});
}

TEST_CASE("a job whose run was over before a start is collected as the revision of its run says",
          "[engine][collect]") {
    const auto collect = GENERATE(Collect::none, Collect::rows);
    EngineBench bench;
    auto old = clean_all("sweep");
    old.collects_rows = collect == Collect::rows;
    auto newer = clean_all("sweep");
    newer.yaml += "\nof: now";
    newer.collects_rows = collect == Collect::none;
    RecoveredState state;
    const auto before = fakes::test_start() - hours{2};
    state.runbooks.push_back({"sweep", 2, newer.yaml, newer.resolved, before, false, {}, {}, {}});
    state.older_revisions["sweep"][1] = {old.yaml, old.resolved};
    RecoveredJob job;
    job.revision = 1;
    job.job = JobUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0C"};
    job.run = RunUid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0R"};
    job.runbook = "sweep";
    job.device = DeviceUid{"d1"};
    job.component_uid = ComponentUid{"c1"};
    job.status = JobStatus::timeout;
    job.datto_job = DattoJobUid{"j77"};
    job.created_at = fakes::test_start() - hours{1};
    job.queued_at = job.created_at;
    job.abandoned_at = fakes::test_start() - minutes{10};
    state.jobs.push_back(job);
    bench.results[*job.datto_job] = ended(DeploymentStatus::success);
    bench.output = "::row {\"a\":1}\n";
    bench.start({newer}, state, {old});
    bench.run_for(hours{1});
    REQUIRE(bench.all<JobLate>().size() == 1);
    const auto collected = bench.all<JobLate>()[0].collected;
    CHECK(static_cast<bool>(collected) == (collect == Collect::rows));
    if (collected) CHECK(collected->rows == Rows{R"({"a":1})"});
}

}  // namespace runbookd::engine
