#include "engine/finder.hpp"

#include <map>
#include <tuple>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::EngineBench;
using fakes::failure;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// One create that gets no answer.
struct Bed {
    EngineBench bench;
    std::string name;
    explicit Bed(FailureKind kind = FailureKind::lost,
                 runbook::OnUnknown on_unknown = runbook::OnUnknown::hold) {
        bench.script = [this, kind](const ApiCall& call, Instant) -> std::optional<ApiResult> {
            const auto* create = std::get_if<CreateQuickJob>(&call);
            if (create == nullptr) return std::nullopt;
            name = create->job_name;
            return failure(kind);
        };
        auto book = clean_all("sweep");
        book.window = hours{2};
        book.on_unknown = on_unknown;
        bench.start({book});
        bench.run("sweep");
        bench.run_for(Millis{500});
        REQUIRE_FALSE(name.empty());
    }
    /// The activity log shows the job, and it has ended like that.
    void show(DeploymentStatus status = DeploymentStatus::success) {
        bench.activities = {{DattoJobUid{"j7"}, name}};
        JobResult result;
        result.status = status;
        result.has_stdout = true;
        bench.results[DattoJobUid{"j7"}] = result;
    }
    void answer_creates() {
        bench.script = [](const ApiCall&, Instant) { return std::nullopt; };
    }
};

/// The records of one kind after another that stand together, as one step writes them.
template <class A, class B>
bool stand_together(const std::vector<Record>& records) {
    for (std::size_t i = 1; i < records.size(); ++i)
        if (std::holds_alternative<A>(records[i - 1]) && std::holds_alternative<B>(records[i])) return true;
    return false;
}

}  // namespace

TEST_CASE("a job's name carries its token, and only such a name gives one", "[engine][finder]") {
    const JobUid uid{"01J9ZQ3N5T8V2W4X6Y7Z8A9B0C"};
    CHECK(job_name("clear-temp", uid) == "clear-temp rb01J9ZQ3N5T8V2W4X6Y7Z8A9B0C");
    CHECK(job_in_name("clear-temp rb01J9ZQ3N5T8V2W4X6Y7Z8A9B0C") == uid);
    CHECK(job_in_name("a rb b rb01J9ZQ3N5T8V2W4X6Y7Z8A9B0C") == uid);
    for (const auto* other : {"", "clear-temp", " rb", "clear-temp rb01J9",
                              "clear-temprb01J9ZQ3N5T8V2W4X6Y7Z8A9B0C", "x rb01J9ZQ3N5T8V2W4X6Y7Z8A9B0C0",
                              "x rb01j9zq3n5t8v2w4x6y7z8a9b0c", "x rb01J9ZQ3N5T8V2W4X6Y7Z8A9B0I"})
        CHECK_FALSE(job_in_name(other));
}

TEST_CASE("every doubt about a create sends it to the activity log, never out again", "[engine][finder]") {
    for (const auto kind : {FailureKind::lost, FailureKind::server_error, FailureKind::conflict}) {
        Bed bed(kind);
        bed.bench.run_for(hours{1});
        CHECK(bed.bench.calls<CreateQuickJob>().size() == 1);
        CHECK(bed.bench.notes("job.unanswered").size() == 1);
    }
}

TEST_CASE("a job that turns up in the log is followed", "[engine][finder]") {
    Bed bed;
    bed.bench.run_for(seconds{8});  // the log lags
    bed.bench.activities = {{DattoJobUid{"other"}, "backup"}, {DattoJobUid{"j7"}, bed.name}};
    bed.bench.run_for(seconds{30});
    REQUIRE(bed.bench.all<JobChanged>().size() == 1);
    CHECK(bed.bench.all<JobChanged>()[0].status == JobStatus::queued);
    CHECK(bed.bench.all<JobChanged>()[0].datto_job == DattoJobUid{"j7"});
    CHECK(bed.bench.calls<ReadResult>().size() > 0);
    const auto searches = bed.bench.calls<SearchActivities>().size();
    bed.bench.run_for(hours{1});
    CHECK(bed.bench.calls<SearchActivities>().size() == searches);
}

TEST_CASE("the search begins before the create, and reads every page", "[engine][finder]") {
    Bed bed;
    const auto created = bed.bench.all<JobCreated>().at(0).at;
    bed.bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        const auto* search = std::get_if<SearchActivities>(&call);
        if (search == nullptr) return std::nullopt;
        if (search->cursor.empty()) return Page<JobActivity>{{{DattoJobUid{"x"}, "x"}}, "2"};
        if (search->cursor == "2") return Page<JobActivity>{{{DattoJobUid{"j7"}, bed.name}}, "3"};
        return Page<JobActivity>{{}, ""};
    };
    bed.bench.run_for(seconds{10});
    const auto searches = bed.bench.calls<SearchActivities>();
    CHECK(searches.at(0).first.from == created - minutes{5});
    CHECK(bed.bench.all<JobChanged>().at(0).datto_job == DattoJobUid{"j7"});
}

TEST_CASE("what is not found within unknown_after ends unknown", "[engine][finder]") {
    Bed bed;
    const auto created = bed.bench.all<JobCreated>().at(0).at;
    bed.bench.run_for(minutes{14});
    CHECK(bed.bench.all<TargetDecided>().empty());
    bed.bench.run_for(minutes{3});
    REQUIRE(bed.bench.all<TargetDecided>().size() == 1);
    const auto decided = bed.bench.all<TargetDecided>()[0];
    CHECK(decided.disposition == Disposition::unknown);
    CHECK(decided.at >= created + minutes{15});
    CHECK(bed.bench.all<JobChanged>().back().status == JobStatus::failed);
    CHECK(bed.bench.all<JobChanged>().back().reason == "unknown_dispatch");
    CHECK(bed.bench.all<RunFinished>().at(0).status == RunStatus::failed);
    CHECK(bed.bench.engine().open_jobs() == 0);
}

TEST_CASE("a search that fails concludes nothing, until patience ends", "[engine][finder]") {
    Bed bed;
    bed.bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<SearchActivities>(call)) return failure(FailureKind::forbidden, 403);
        return std::nullopt;
    };
    bed.bench.run_for(minutes{44});
    CHECK(bed.bench.all<TargetDecided>().empty());
    CHECK(bed.bench.calls<SearchActivities>().size() < 60);  // at most once a minute after the first
    bed.bench.run_for(minutes{3});
    CHECK(bed.bench.all<TargetDecided>().at(0).disposition == Disposition::unknown);
}

TEST_CASE("a search that broke off starts from its first page", "[engine][finder]") {
    Bed bed;
    int calls = 0;
    bed.bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        const auto* search = std::get_if<SearchActivities>(&call);
        if (search == nullptr) return std::nullopt;
        ++calls;
        if (calls == 1) return Page<JobActivity>{{{DattoJobUid{"j7"}, bed.name}}, "2"};
        if (calls == 2) return failure(FailureKind::lost);
        CHECK((calls != 3 || search->cursor.empty()));
        return Page<JobActivity>{{{DattoJobUid{"j7"}, bed.name}}, ""};
    };
    bed.bench.run_for(minutes{1});
    CHECK(bed.bench.all<JobChanged>().at(0).datto_job == DattoJobUid{"j7"});
}

TEST_CASE("what was given up is searched for hourly, for a day more", "[engine][finder]") {
    Bed bed;
    bed.bench.run_for(minutes{17});
    REQUIRE(bed.bench.all<TargetDecided>().at(0).disposition == Disposition::unknown);
    const auto before = bed.bench.calls<SearchActivities>().size();
    bed.bench.run_for(hours{10});
    CHECK(bed.bench.calls<SearchActivities>().size() == before + 10);
    const auto created = bed.bench.all<JobCreated>().at(0).at;
    CHECK(bed.bench.calls<SearchActivities>().back().first.from == created - minutes{5});
    bed.bench.run_for(hours{15});
    const auto all = bed.bench.calls<SearchActivities>().size();
    CHECK(all == before + 24);
    bed.bench.run_for(hours{48});
    CHECK(bed.bench.calls<SearchActivities>().size() == all);
    CHECK(bed.bench.calls<CreateQuickJob>().size() == 1);
}

TEST_CASE("a job that shows up late is followed to its end, which revises its target", "[engine][finder]") {
    Bed bed;
    bed.bench.run_for(hours{3});
    REQUIRE(bed.bench.all<RunFinished>().at(0).status == RunStatus::failed);
    CHECK(bed.bench.engine().may_still_run("sweep").empty());
    bed.bench.activities = {{DattoJobUid{"j7"}, bed.name}};
    bed.bench.run_for(hours{1});
    REQUIRE(bed.bench.all<JobFound>().size() == 1);
    CHECK(bed.bench.all<JobFound>()[0].datto_job == DattoJobUid{"j7"});
    CHECK(bed.bench.all<TargetRevised>().empty());  // it has not ended
    CHECK(bed.bench.engine().may_still_run("sweep").size() == 1);
    bed.show();
    bed.bench.run_for(hours{1});
    REQUIRE(bed.bench.all<JobLate>().size() == 1);
    CHECK(bed.bench.all<JobLate>()[0].late_status == "completed");
    CHECK(bed.bench.all<JobLate>()[0].out->text == "done\n");
    REQUIRE(bed.bench.all<TargetRevised>().size() == 1);
    const auto revised = bed.bench.all<TargetRevised>()[0];
    CHECK(revised.disposition == Disposition::succeeded);
    CHECK(revised.job == bed.bench.all<JobLate>()[0].job);
    CHECK(revised.actor.empty());
    CHECK(stand_together<JobLate, TargetRevised>(bed.bench.records()));
    CHECK(bed.bench.engine().open_jobs() == 0);
    CHECK(bed.bench.engine().may_still_run("sweep").empty());
    const auto searches = bed.bench.calls<SearchActivities>().size();
    bed.bench.run_for(hours{30});
    CHECK(bed.bench.calls<SearchActivities>().size() == searches);
    CHECK(bed.bench.all<TargetRevised>().size() == 1);
}

TEST_CASE("a target is revised to how its job really ended", "[engine][finder]") {
    for (const auto& [status, disposition, reason] :
         {std::tuple{DeploymentStatus::failure, Disposition::failed, "datto_failure"},
          std::tuple{DeploymentStatus::warning, Disposition::warning, "warnings"},
          std::tuple{DeploymentStatus::expired, Disposition::expired, "datto_expired"}}) {
        Bed bed;
        bed.bench.run_for(minutes{30});
        bed.show(status);
        bed.bench.run_for(hours{2});
        REQUIRE(bed.bench.all<TargetRevised>().size() == 1);
        CHECK(bed.bench.all<TargetRevised>()[0].disposition == disposition);
        CHECK(bed.bench.all<TargetRevised>()[0].reason == reason);
    }
}

TEST_CASE("a run that is open when its target is revised ends by what it was revised to",
          "[engine][finder]") {
    EngineBench bench({fakes::windows_server("d1", "A"), fakes::windows_server("d2", "B")});
    std::string lost;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        const auto* create = std::get_if<CreateQuickJob>(&call);
        if (create == nullptr || create->device.str() != "d1") return std::nullopt;
        lost = create->job_name;
        return failure(FailureKind::lost);
    };
    auto book = clean_all("sweep");
    book.window = hours{20};
    book.timeout = hours{20};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{30});
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    JobResult good;
    good.status = DeploymentStatus::success;
    bench.activities = {{DattoJobUid{"j77"}, lost}};
    bench.results[DattoJobUid{"j77"}] = good;
    bench.run_for(hours{2});
    REQUIRE(bench.all<TargetRevised>().size() == 1);
    CHECK(bench.all<RunFinished>().empty());
    bench.results[DattoJobUid{"j1"}] = good;
    bench.run_for(minutes{10});
    REQUIRE(bench.all<RunFinished>().size() == 1);
    CHECK(bench.all<RunFinished>()[0].status == RunStatus::completed);
}

TEST_CASE("one search serves those that are waited for and those that were given up", "[engine][finder]") {
    Bed bed;
    bed.bench.run_for(hours{1} + minutes{30});
    bed.show();
    auto first = bed.bench.activities;
    bed.bench.activities.clear();
    const auto one = bed.name;
    bed.bench.quick_job("ACME-01", "Clean");  // its create is lost too
    bed.bench.run_for(seconds{3});
    REQUIRE(bed.name != one);
    bed.bench.activities = {first[0], {DattoJobUid{"j8"}, bed.name}};
    bed.bench.run_for(seconds{30});
    // Whatever a search shows is taken: the one that was given up need not wait for its hour.
    CHECK(bed.bench.all<JobFound>().size() == 1);
    CHECK(bed.bench.calls<ReadResult>().size() >= 2);
}

TEST_CASE("a late search goes on after one that failed", "[engine][finder]") {
    Bed bed;
    bed.bench.run_for(minutes{30});
    bed.bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<SearchActivities>(call)) return failure(FailureKind::lost);
        return std::nullopt;
    };
    const auto before = bed.bench.calls<SearchActivities>().size();
    bed.bench.run_for(hours{2});
    const auto tried = bed.bench.calls<SearchActivities>().size() - before;
    CHECK(tried > 10);
    CHECK(tried < 30);
    bed.answer_creates();
    bed.show();
    bed.bench.run_for(minutes{10});
    CHECK(bed.bench.all<TargetRevised>().size() == 1);
    bed.bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<SearchActivities>(call)) return failure(FailureKind::forbidden, 403);
        return std::nullopt;
    };
    const auto all = bed.bench.calls<SearchActivities>().size();
    bed.bench.run_for(hours{48});
    CHECK(bed.bench.calls<SearchActivities>().size() == all);
}

TEST_CASE("redispatch: the target gets another job when the first is given up", "[engine][finder]") {
    Bed bed(FailureKind::lost, runbook::OnUnknown::redispatch);
    const auto first = bed.name;
    bed.bench.run_for(minutes{14});
    CHECK(bed.bench.calls<CreateQuickJob>().size() == 1);
    bed.answer_creates();
    bed.bench.run_for(minutes{3});
    REQUIRE(bed.bench.calls<CreateQuickJob>().size() == 2);
    CHECK(bed.bench.all<JobCreated>().at(1).attempt == 2);
    CHECK(bed.bench.all<TargetDecided>().empty());
    const auto changes = bed.bench.all<JobChanged>();
    CHECK(changes.at(0).status == JobStatus::failed);
    CHECK(changes.at(0).reason == "unknown_dispatch");
    JobResult good;
    good.status = DeploymentStatus::success;
    bed.bench.results[DattoJobUid{"j1"}] = good;
    bed.bench.run_for(minutes{5});
    REQUIRE(bed.bench.all<TargetDecided>().size() == 1);
    CHECK(bed.bench.all<TargetDecided>()[0].disposition == Disposition::succeeded);
    // The first had run after all: that is told, and changes nothing.
    bed.name = first;
    bed.show(DeploymentStatus::failure);
    bed.bench.run_for(hours{2});
    REQUIRE(bed.bench.all<JobLate>().size() == 1);
    CHECK(bed.bench.all<JobLate>()[0].late_status == "failed");
    CHECK(bed.bench.all<TargetRevised>().empty());
}

TEST_CASE("redispatch ends with the window: what is given up after it is unknown", "[engine][finder]") {
    Bed bed(FailureKind::lost, runbook::OnUnknown::redispatch);
    bed.bench.run_for(hours{3});
    const auto creates = bed.bench.all<JobCreated>();
    CHECK(creates.size() >= 7);  // each given up a quarter of an hour later
    for (std::size_t i = 0; i < creates.size(); ++i) {
        CHECK(creates[i].attempt == static_cast<std::int64_t>(i) + 1);
        CHECK(creates[i].at < fakes::test_start() + hours{2} + seconds{1});
    }
    REQUIRE(bed.bench.all<TargetDecided>().size() == 1);
    CHECK(bed.bench.all<TargetDecided>()[0].disposition == Disposition::unknown);
    // Any of them has the last word.
    bed.name = job_name("sweep", creates[2].job);
    bed.show();
    bed.bench.run_for(hours{2});
    REQUIRE(bed.bench.all<TargetRevised>().size() == 1);
    CHECK(bed.bench.all<TargetRevised>()[0].job == creates[2].job);
}

TEST_CASE("a create whose answer is lost while a search is under way is not given up by that one",
          "[engine][finder]") {
    EngineSettings settings;
    settings.unknown_after = seconds{1};
    EngineBench bench({fakes::windows_server("d1", "A"), fakes::windows_server("d2", "B")}, settings);
    int searches = 0;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<SearchActivities>(call))
            return Page<JobActivity>{{}, ++searches % 2 == 1 ? "2" : ""};
        return std::holds_alternative<CreateQuickJob>(call) ? std::optional(failure(FailureKind::lost))
                                                            : std::nullopt;
    };
    bench.latency = seconds{4};
    bench.start({clean_all("sweep")});
    bench.run_for(minutes{1});
    bench.quick_job("d1", "Clean");
    bench.run_for(seconds{6});
    bench.quick_job("d2", "Clean");
    bench.run_for(minutes{5});
    // Each has had a whole search of its own before it was given up.
    std::map<std::string, UtcTime> given_up;
    for (const auto& decided : bench.all<TargetDecided>()) given_up[decided.device.str()] = decided.at;
    const auto answered = bench.notes("job.unanswered");
    REQUIRE(given_up.size() == 2);
    REQUIRE(answered.size() == 2);
    CHECK(given_up["d1"] >= answered[0].at + seconds{8});
    CHECK(given_up["d2"] >= answered[1].at + seconds{8});
}

}  // namespace runbookd::engine
