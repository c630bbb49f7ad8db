#include "engine/follower.hpp"

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::failure;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const DattoJobUid kJob{"j1"};

JobResult ended(DeploymentStatus status) {
    JobResult result;
    result.status = status;
    result.has_stdout = true;
    return result;
}

JobResult running_since(UtcTime at) {
    JobResult result;
    result.status = DeploymentStatus::running;
    result.ran_on = at;
    return result;
}

/// One run on one device whose job Datto has.
struct Bed {
    EngineBench bench;
    explicit Bed(runbook::Runbook book = clean_all("sweep"),
                 std::vector<Device> devices = {windows_server("d1", "ACME-01")})
        : bench(std::move(devices)) {
        const auto name = book.name;
        bench.start({std::move(book)});
        bench.run(name);
        bench.run_for(seconds{1});
        REQUIRE(bench.all<JobChanged>().size() == 1);
    }
    JobChanged last_change() { return bench.all<JobChanged>().back(); }
    std::vector<Instant> looks() {
        std::vector<Instant> at;
        for (const auto& [call, when] : bench.calls<ReadResult>()) at.push_back(when);
        return at;
    }
};

}  // namespace

TEST_CASE("every end in Datto closes job, target and run as the table says", "[engine][follower]") {
    struct Row {
        DeploymentStatus datto;
        JobStatus job;
        Disposition disposition;
        RunStatus run;
    };
    const std::vector<Row> rows{
        {DeploymentStatus::success, JobStatus::completed, Disposition::succeeded, RunStatus::completed},
        {DeploymentStatus::warning, JobStatus::completed, Disposition::warning, RunStatus::completed},
        {DeploymentStatus::failure, JobStatus::failed, Disposition::failed, RunStatus::failed},
        {DeploymentStatus::expired, JobStatus::failed, Disposition::expired, RunStatus::failed},
        {DeploymentStatus::retired, JobStatus::failed, Disposition::failed, RunStatus::failed}};
    for (const auto& row : rows) {
        Bed bed;
        bed.bench.results[kJob] = ended(row.datto);
        bed.bench.run_for(minutes{1});
        CHECK(bed.last_change().status == row.job);
        REQUIRE(bed.last_change().out);
        CHECK(bed.last_change().out->text == "done\n");
        REQUIRE(bed.bench.all<TargetDecided>().size() == 1);
        CHECK(bed.bench.all<TargetDecided>()[0].disposition == row.disposition);
        REQUIRE(bed.bench.all<RunFinished>().size() == 1);
        CHECK(bed.bench.all<RunFinished>()[0].status == row.run);
        CHECK(bed.bench.engine().open_runs() == 0);
        CHECK(bed.bench.engine().open_jobs() == 0);
    }
}

TEST_CASE("a job is looked at often while it is young, and every 30 seconds at most", "[engine][follower]") {
    Bed bed;
    bed.bench.results[kJob] = running_since(bed.bench.now().utc);
    bed.bench.run_for(minutes{10});
    const auto looks = bed.looks();
    REQUIRE(looks.size() > 20);
    for (std::size_t i = 1; i < looks.size(); ++i) {
        const auto pause = looks[i].steady - looks[i - 1].steady;
        CHECK(pause >= seconds{1});
        CHECK(pause <= seconds{31});
    }
    CHECK(looks[2].steady - looks[1].steady < seconds{3});
    CHECK(looks.size() < 40);
}

TEST_CASE("a job on an offline device that has not started is looked at every two minutes",
          "[engine][follower]") {
    auto book = clean_all("sweep");
    book.offline = runbook::OfflinePolicy::dispatch;
    auto device = windows_server("d1", "ACME-01");
    device.online = false;
    Bed bed(book, {device});
    bed.bench.run_for(minutes{20});
    CHECK(bed.looks().size() >= 9);
    CHECK(bed.looks().size() <= 12);
}

TEST_CASE("output that is flagged but empty is asked for a few times, then done without",
          "[engine][follower]") {
    Bed bed;
    bed.bench.output = std::nullopt;
    bed.bench.results[kJob] = ended(DeploymentStatus::success);
    bed.bench.run_for(minutes{4});
    CHECK(bed.bench.all<TargetDecided>().empty());
    bed.bench.run_for(minutes{1});
    CHECK(bed.bench.calls<ReadOutput>().size() == 9);
    CHECK(bed.last_change().status == JobStatus::completed);
    CHECK_FALSE(bed.last_change().out);
}

TEST_CASE("output that becomes readable a minute after the end is not lost", "[engine][follower]") {
    Bed bed;
    const auto readable_at = bed.bench.now().utc + minutes{1};
    bed.bench.results[kJob] = ended(DeploymentStatus::success);
    bed.bench.script = [&](const ApiCall& call, Instant now) -> std::optional<ApiResult> {
        if (now.utc < readable_at && std::holds_alternative<ReadOutput>(call)) return Output{};
        return std::nullopt;
    };
    bed.bench.run_for(minutes{3});
    CHECK(bed.last_change().status == JobStatus::completed);
    REQUIRE(bed.last_change().out);
    CHECK(bed.last_change().out->text == "done\n");
}

TEST_CASE("a line that is down loses no output", "[engine][follower]") {
    Bed bed;
    bed.bench.results[kJob] = ended(DeploymentStatus::success);
    const auto down_until = bed.bench.now().utc + minutes{20};
    bed.bench.script = [&](const ApiCall& call, Instant now) -> std::optional<ApiResult> {
        if (now.utc < down_until && std::holds_alternative<ReadOutput>(call))
            return failure(FailureKind::server_error, 503);
        return std::nullopt;
    };
    bed.bench.run_for(minutes{19});
    CHECK(bed.last_change().status == JobStatus::queued);
    bed.bench.run_for(minutes{4});
    CHECK(bed.last_change().status == JobStatus::completed);
    CHECK(bed.last_change().out->text == "done\n");
}

TEST_CASE("a job that runs past its time is given up, and its late end is kept", "[engine][follower]") {
    auto book = clean_all("sweep");
    book.timeout = minutes{10};
    Bed bed(book);
    const auto ran_on = bed.bench.now().utc + seconds{3};
    bed.bench.run_for(seconds{5});
    bed.bench.results[kJob] = running_since(ran_on);
    bed.bench.run_for(minutes{9});
    CHECK(bed.last_change().status == JobStatus::running);
    bed.bench.run_for(minutes{2});
    CHECK(bed.last_change().status == JobStatus::timeout);
    CHECK(bed.last_change().reason == "deadline");
    const auto decided = bed.bench.all<TargetDecided>().at(0);
    CHECK(decided.disposition == Disposition::timeout);
    CHECK(decided.at - ran_on >= minutes{10});
    CHECK(decided.at - ran_on < minutes{10} + seconds{2});

    // 1, 2, 5, 15, 30 min, then hourly.
    bed.bench.run_for(hours{4});
    auto looks = bed.looks();
    std::erase_if(looks, [&](const auto& look) { return look.utc <= decided.at; });
    const std::vector<int> expected{1, 3, 8, 23, 53, 113, 173, 233};
    REQUIRE(looks.size() >= expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto after = looks[i].utc - decided.at;
        CHECK(after >= minutes{expected[i]});
        CHECK(after < minutes{expected[i]} + seconds{10});
    }
    bed.bench.results[kJob] = ended(DeploymentStatus::success);
    bed.bench.run_for(hours{2});
    REQUIRE(bed.bench.all<JobLate>().size() == 1);
    CHECK(bed.bench.all<JobLate>()[0].late_status == "completed");
    CHECK(bed.bench.all<JobLate>()[0].out->text == "done\n");
    CHECK(bed.bench.engine().open_jobs() == 0);
}

TEST_CASE("what is given up is followed for 30 days, no longer", "[engine][follower]") {
    auto book = clean_all("sweep");
    book.timeout = minutes{1};
    Bed bed(book);
    bed.bench.results[kJob] = running_since(bed.bench.now().utc);
    bed.bench.run_for(hours{24 * 29});
    CHECK(bed.bench.engine().open_jobs() == 1);
    bed.bench.run_for(hours{24 * 2});
    CHECK(bed.bench.engine().open_jobs() == 0);
}

TEST_CASE("a device's clock does not end a job before its time", "[engine][follower]") {
    auto book = clean_all("sweep");
    book.timeout = minutes{10};
    Bed bed(book);
    bed.bench.results[kJob] = running_since(bed.bench.now().utc - hours{3});
    bed.bench.run_for(minutes{9});
    CHECK(bed.last_change().status == JobStatus::running);
    bed.bench.run_for(minutes{2});
    CHECK(bed.last_change().status == JobStatus::timeout);
}

TEST_CASE("what Datto still holds five minutes after the window is expired, and followed on",
          "[engine][follower]") {
    auto book = clean_all("sweep");
    book.window = minutes{10};
    Bed bed(book);
    bed.bench.run_for(minutes{14});
    CHECK(bed.bench.all<TargetDecided>().empty());
    bed.bench.run_for(minutes{2});
    REQUIRE(bed.bench.all<TargetDecided>().size() == 1);
    CHECK(bed.bench.all<TargetDecided>()[0].disposition == Disposition::expired);
    CHECK(bed.bench.all<TargetDecided>()[0].reason == "pending_upstream");
    CHECK(bed.last_change().status == JobStatus::queued);  // the job stays as it is
    CHECK(bed.bench.engine().open_jobs() == 1);

    // Until it ends upstream, no other job of the runbook goes to the device.
    bed.bench.run("sweep");
    bed.bench.run_for(seconds{30});
    CHECK(bed.bench.all<TargetDecided>().back().disposition == Disposition::skipped);
    CHECK(bed.bench.all<TargetDecided>().back().reason == "pending_upstream");
    bed.bench.results[kJob] = ended(DeploymentStatus::success);
    bed.bench.run_for(hours{2});
    CHECK(bed.bench.all<JobLate>().at(0).late_status == "completed");
    bed.bench.run("sweep");
    bed.bench.run_for(seconds{30});
    CHECK(bed.bench.calls<CreateQuickJob>().size() == 2);
}

TEST_CASE("a job that ran while the API was away is not expired for want of an answer",
          "[engine][follower]") {
    auto book = clean_all("sweep");
    book.window = minutes{10};
    Bed bed(book);
    const auto back_at = bed.bench.now().utc + minutes{25};
    bed.bench.results[kJob] = ended(DeploymentStatus::success);
    bed.bench.script = [&](const ApiCall&, Instant now) -> std::optional<ApiResult> {
        if (now.utc < back_at) return failure(FailureKind::not_sent);
        return std::nullopt;
    };
    bed.bench.run_for(minutes{30});
    REQUIRE(bed.bench.all<TargetDecided>().size() == 1);
    CHECK(bed.bench.all<TargetDecided>()[0].disposition == Disposition::succeeded);
}

TEST_CASE("an API that stays away keeps no target open for ever", "[engine][follower]") {
    auto book = clean_all("sweep");
    book.window = minutes{10};
    Bed bed(book);
    bed.bench.script = [&](const ApiCall&, Instant) { return failure(FailureKind::not_sent); };
    bed.bench.run_for(hours{1});
    REQUIRE(bed.bench.all<TargetDecided>().size() == 1);
    CHECK(bed.bench.all<TargetDecided>()[0].reason == "pending_upstream");
    CHECK(bed.bench.engine().open_runs() == 0);
}

TEST_CASE("while the store takes nothing, results wait in Datto", "[engine][follower]") {
    std::vector<Device> devices;
    for (int i = 0; i < 70; ++i)
        devices.push_back(windows_server("d" + std::to_string(i), std::to_string(i)));
    EngineBench bench(devices);
    auto book = clean_all("sweep");
    bench.start({book});
    bench.run("sweep");
    bench.run_for(seconds{20});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 70);
    for (int i = 1; i <= 70; ++i)
        bench.results[DattoJobUid{"j" + std::to_string(i)}] = ended(DeploymentStatus::success);
    bench.hold_commits();
    bench.run_for(minutes{10});
    const auto while_held = bench.calls<ReadResult>().size();
    bench.run_for(minutes{30});
    CHECK(bench.calls<ReadResult>().size() == while_held);
    bench.release_commits();
    bench.run_for(minutes{50});
    CHECK(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::completed);
}

}  // namespace runbookd::engine
