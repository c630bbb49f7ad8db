#include "engine/finder.hpp"

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
    explicit Bed(FailureKind kind = FailureKind::lost) {
        bench.script = [this, kind](const ApiCall& call, Instant) -> std::optional<ApiResult> {
            const auto* create = std::get_if<CreateQuickJob>(&call);
            if (create == nullptr) return std::nullopt;
            name = create->job_name;
            return failure(kind);
        };
        auto book = clean_all("sweep");
        book.window = hours{2};
        bench.start({book});
        bench.run("sweep");
        bench.run_for(Millis{500});
        REQUIRE_FALSE(name.empty());
    }
};

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

}  // namespace runbookd::engine
