#include "engine/completion_log.hpp"

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

constexpr Millis kTakes = minutes{3};

std::vector<Device> devices_of(int count) {
    std::vector<Device> devices;
    for (int i = 0; i < count; ++i)
        devices.push_back(windows_server("d" + std::to_string(i), "WS-" + std::to_string(i)));
    return devices;
}

EngineSettings following(FollowMode mode) {
    EngineSettings settings;
    settings.follow = mode;
    return settings;
}

/// An account whose jobs all take three minutes, and whose log tells of each end some time later, or never.
struct Bed {
    EngineBench bench;
    Millis lag = seconds{5};
    bool tells = true;
    std::map<DattoJobUid, std::pair<std::string, UtcTime>> jobs;  // name, and when it was created
    std::optional<FailureKind> log_fails;
    std::optional<Millis> others_every;  ///< so often somebody else's job ends, a page each

    Bed(FollowMode mode, int devices) : bench(devices_of(devices), following(mode)) {
        bench.script = [this](const ApiCall& call, Instant now) { return answer(call, now); };
        bench.start({clean_all("sweep")});
        bench.run_for(seconds{2});
    }
    std::optional<ApiResult> answer(const ApiCall& call, Instant now) {
        if (const auto* create = std::get_if<CreateQuickJob>(&call)) {
            const DattoJobUid uid{"u" + std::to_string(jobs.size())};
            jobs[uid] = {create->job_name, now.utc};
            return CreatedJob{uid};
        }
        if (const auto* read = std::get_if<ReadResult>(&call)) {
            JobResult result;
            const auto created = jobs.at(read->job).second;
            result.ran_on = created;
            result.status =
                now.utc < created + kTakes ? DeploymentStatus::running : DeploymentStatus::success;
            return result;
        }
        const auto* search = std::get_if<SearchActivities>(&call);
        if (search == nullptr || search->kind != ActivityKind::ended) return std::nullopt;
        if (log_fails) return failure(*log_fails, 403);
        Page<JobActivity> page;
        if (others_every) {
            const auto nth = search->cursor.empty() ? 0 : std::stoll(search->cursor);
            const auto first = std::max(search->from, fakes::test_start() - minutes{2});
            const auto at = first + nth * *others_every;
            if (at + *others_every <= now.utc) page.next_cursor = std::to_string(nth + 1);
            JobActivity line;
            line.job = DattoJobUid{"other"};
            line.job_name = "somebody's job";
            line.status = DeploymentStatus::success;
            line.at = at;
            page.items.push_back(std::move(line));
        }
        const bool is_last = page.next_cursor.empty();
        for (const auto& [uid, job] : jobs) {
            const auto ended = job.second + kTakes;
            if (!is_last || !tells || now.utc < ended + lag || ended < search->from) continue;
            JobActivity line;
            line.job = uid;
            line.job_name = job.first;
            line.status = DeploymentStatus::success;
            line.at = ended;
            page.items.push_back(std::move(line));
        }
        return page;
    }
    [[nodiscard]] std::size_t log_reads() {
        std::size_t count = 0;
        for (const auto& [search, at] : bench.calls<SearchActivities>())
            count += search.kind == ActivityKind::ended ? 1 : 0;
        return count;
    }
    /// Runs to the end; reads of results that each job took.
    double run() {
        const auto before = bench.calls<ReadResult>().size();
        const auto decided = bench.all<TargetDecided>().size();
        bench.run("sweep");
        bench.run_for(minutes{20});
        REQUIRE(bench.all<TargetDecided>().size() - decided == bench.devices.size());
        return static_cast<double>(bench.calls<ReadResult>().size() - before) /
               static_cast<double>(bench.devices.size());
    }
    std::vector<Millis> delays() {
        std::vector<Millis> all;
        for (const auto& change : bench.all<JobChanged>())
            if (change.completed_at && change.ran_at)
                all.push_back(*change.completed_at - (*change.ran_at + kTakes));
        return all;
    }
};

}  // namespace

TEST_CASE("with the log, each job's result is read about once", "[engine][follow]") {
    Bed bed(FollowMode::activity_log, 40);
    CHECK(bed.run() < 1.4);
    for (const auto& delay : bed.delays()) CHECK(delay < seconds{20});
}

TEST_CASE("the log is relied on once it has told of ends in time", "[engine][follow]") {
    Bed bed(FollowMode::automatic, 40);
    const auto first = bed.run();
    CHECK(first > 3);
    CHECK(bed.bench.notes("account.follows_log").size() == 1);
    const auto second = bed.run();
    CHECK(second < 1.5);
    CHECK(bed.bench.notes("account.follows_results").empty());
}

TEST_CASE("a log that tells nothing is never relied on", "[engine][follow]") {
    Bed bed(FollowMode::automatic, 40);
    bed.tells = false;
    (void)bed.run();
    CHECK(bed.run() > 2);
    CHECK(bed.bench.notes("account.follows_log").empty());
}

TEST_CASE("a log that falls silent is left, and no end is lost", "[engine][follow]") {
    Bed bed(FollowMode::automatic, 40);
    (void)bed.run();
    REQUIRE(bed.bench.notes("account.follows_log").size() == 1);
    bed.tells = false;
    (void)bed.run();
    CHECK(bed.bench.notes("account.follows_results").size() == 1);
    // And tried again an hour later.
    bed.tells = true;
    bed.bench.run_for(hours{1});
    (void)bed.run();
    CHECK(bed.bench.notes("account.follows_log").size() == 2);
}

TEST_CASE("where the log may not be read, results are", "[engine][follow]") {
    for (const auto mode : {FollowMode::automatic, FollowMode::activity_log}) {
        Bed bed(mode, 20);
        bed.log_fails = FailureKind::forbidden;
        (void)bed.run();
        CHECK(bed.log_reads() == 1);
        CHECK(bed.bench.notes("account.follows_results").size() == 1);
    }
}

TEST_CASE("a log with more in it than one pass reads is read to its end", "[engine][follow]") {
    Bed bed(FollowMode::activity_log, 10);
    bed.others_every = seconds{1};  // within the overlap alone there are more than a pass reads
    (void)bed.run();
    for (const auto& delay : bed.delays()) CHECK(delay < seconds{30});
    CHECK(bed.bench.notes("account.follows_results").empty());
}

TEST_CASE("a log that grows faster than it can be read is left", "[engine][follow]") {
    for (const auto mode : {FollowMode::automatic, FollowMode::activity_log}) {
        Bed bed(mode, 40);
        bed.others_every = Millis{5};  // a page takes ten
        CHECK(bed.run() > 3);
        for (const auto& delay : bed.delays()) CHECK(delay < minutes{1});
        CHECK(bed.log_reads() == 40);
        CHECK(bed.bench.notes("account.follows_log").empty());
        REQUIRE(bed.bench.notes("account.follows_results").size() == 1);
    }
}

TEST_CASE("for a few jobs the log is not read", "[engine][follow]") {
    Bed bed(FollowMode::automatic, 3);
    (void)bed.run();
    CHECK(bed.log_reads() == 0);
    Bed wanted(FollowMode::activity_log, 1);
    (void)wanted.run();
    CHECK(wanted.log_reads() > 5);
    CHECK(wanted.delays().at(0) < seconds{20});
}

TEST_CASE("with results alone the log is never read", "[engine][follow]") {
    Bed bed(FollowMode::results, 40);
    (void)bed.run();
    CHECK(bed.log_reads() == 0);
}

TEST_CASE("lines of jobs that are not ours, or have not ended, start nothing", "[engine][follow]") {
    Bed bed(FollowMode::activity_log, 1);
    std::size_t told = 0;
    bed.bench.script = [&](const ApiCall& call, Instant now) -> std::optional<ApiResult> {
        const auto* search = std::get_if<SearchActivities>(&call);
        if (search == nullptr || bed.jobs.empty()) return bed.answer(call, now);
        ++told;
        Page<JobActivity> page;
        for (int i = 0; i < 3; ++i) {
            JobActivity line;
            line.job = i == 0 ? DattoJobUid{"other"} : bed.jobs.begin()->first;
            line.job_name = i == 1 ? "somebody's job" : bed.jobs.begin()->second.first;
            if (i != 2) line.status = DeploymentStatus::success;
            page.items.push_back(std::move(line));
        }
        return page;
    };
    bed.bench.run("sweep");
    bed.bench.run_for(minutes{2});
    CHECK(told > 3);
    CHECK(bed.bench.calls<ReadResult>().size() <= 1);
}

}  // namespace runbookd::engine
