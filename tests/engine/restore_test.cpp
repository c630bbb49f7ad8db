// A store that was put back to an earlier state: what was created since is found in the activity log, and
// taken into the books.
#include <algorithm>
#include <set>

#include "base/ulid.hpp"
#include "catch.hpp"
#include "engine/finder.hpp"
#include "engine/steps_support.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::failure;
using fakes::test_start;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Millis kJudged = minutes{20};  // the store's newest time lies so long before the start

JobUid job_of(UtcTime at, const std::string& key = "job") { return JobUid{ulid_of(at, key)}; }

JobActivity line_of(const std::string& runbook, const JobUid& job, const std::string& upstream,
                    const std::string& device = "d1") {
    JobActivity line;
    line.job = DattoJobUid{upstream};
    line.job_name = job_name(runbook, job);
    line.device = DeviceUid{device};
    line.at = time_of_ulid(job.str()) + seconds{2};
    return line;
}

struct Bed {
    EngineBench bench{{windows_server("d1", "ACME-01"), windows_server("d2", "ACME-02")}};
    RecoveredState state;

    Bed() {
        state.newest = test_start() - kJudged;
        state.restore = RecoveredRestore{*state.newest, std::nullopt, {}, {}};
    }
    void knows(const runbook::Runbook& book) {
        state.runbooks.push_back(
            {book.name, 1, book.yaml, book.resolved, *state.newest - hours{1}, false, state.newest, {}, {}});
    }
    void start(const runbook::Runbook& book) {
        knows(book);
        bench.engine().hold_for_restore("it is older");
        bench.start({book}, state);
        bench.kernel_says({true, true});
    }
    void ends(const std::string& upstream, DeploymentStatus status = DeploymentStatus::success) {
        JobResult result;
        result.status = status;
        result.has_stdout = true;
        bench.results[DattoJobUid{upstream}] = result;
    }
    void accept() {
        bench.tell([&](Engine& core, Instant now) {
            core.accept_restore(
                "ana", [&](const Result<void>& result) { answers.push_back(result.has_value()); }, now);
        });
    }
    [[nodiscard]] bool is_held() { return !bench.engine().restored().empty(); }
    [[nodiscard]] std::vector<OccurrenceDecided> verdicts_with_run() const {
        auto all = bench.all<OccurrenceDecided>();
        std::erase_if(all, [](const auto& one) { return !one.run; });
        return all;
    }
    std::vector<bool> answers;
};

/// A run of "sweep" as the store has it: planned, or begun with both devices pending.
RecoveredRun stored_run(const RecoveredState& state, bool has_begun) {
    RecoveredRun run;
    run.planned.run = RunUid{ulid_of(*state.newest, "run")};
    run.planned.runbook = "sweep";
    run.planned.revision = 1;
    run.planned.account = "main";
    run.planned.trigger = Trigger::manual;
    run.planned.window_end = *state.newest + hours{1};
    run.planned.at = *state.newest;
    if (!has_begun) return run;
    run.started_at = *state.newest;
    for (const auto* uid : {"d1", "d2"}) {
        RecoveredTarget target;
        target.row.device = DeviceUid{uid};
        target.row.site_uid = SiteUid{"s1"};
        target.row.site_name = "Acme HQ";
        target.row.hostname = uid;
        run.targets.push_back(target);
    }
    return run;
}

}  // namespace

TEST_CASE("a job that the store does not know becomes one of a run of its instant, and is followed",
          "[engine][restore]") {
    Bed bed;
    auto book = clean_every_minute("sweep", minutes{5});
    const auto nominal = *parse_utc("2026-02-28T23:50:00Z");
    const auto job = job_of(nominal + seconds{3});
    bed.bench.activities = {line_of("sweep", job, "j7"),
                            line_of("sweep", job_of(nominal + seconds{4}, "b"), "j8", "d2")};
    bed.ends("j7");
    bed.ends("j8", DeploymentStatus::failure);
    bed.start(book);
    bed.bench.run_for(minutes{2});
    const auto runs = bed.bench.all<RunPlanned>();
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].trigger == Trigger::schedule);
    CHECK(runs[0].nominal == nominal);
    CHECK(runs[0].window_end == nominal + minutes{5});
    CHECK(runs[0].scope.found);
    CHECK(runs[0].scope.devices == std::vector<std::string>{"d1", "d2"});
    CHECK_FALSE(runs[0].note.empty());
    const auto jobs = bed.bench.all<JobCreated>();
    REQUIRE(jobs.size() == 2);
    const auto first =
        std::find_if(jobs.begin(), jobs.end(), [&](const auto& one) { return one.job == job; });
    REQUIRE(first != jobs.end());
    CHECK(first->at == nominal + seconds{3});
    CHECK(first->component_uid == ComponentUid{"c1"});
    CHECK(bed.bench.notes("job.found_after_restore").size() == 2);
    const auto decided = bed.bench.all<TargetDecided>();
    REQUIRE(decided.size() == 2);
    CHECK(std::any_of(decided.begin(), decided.end(), [](const auto& one) {
        return one.device == DeviceUid{"d1"} && one.disposition == Disposition::succeeded;
    }));
    REQUIRE(bed.bench.all<RunFinished>().size() == 1);
    const auto served = bed.verdicts_with_run();
    REQUIRE(served.size() == 1);
    CHECK(served[0].verdict == Verdict::late);
    CHECK(served[0].reason == "store_restored");
    CHECK(served[0].nominal == nominal);
    // The instants before it have passed; those after it wait for a person.
    for (const auto& one : bed.bench.all<OccurrenceDecided>()) CHECK(one.until <= nominal);
    CHECK(bed.bench.calls<CreateQuickJob>().empty());
    CHECK(bed.is_held());
    CHECK(bed.bench.engine().restore_search().found_jobs() == 2);
    CHECK(bed.bench.engine().restore_search().is_complete());
    bed.accept();
    bed.bench.run_for(seconds{30});
    CHECK_FALSE(bed.is_held());
    // Nothing from before the start is caught up.
    for (const auto& run : bed.bench.all<RunPlanned>())
        CHECK((run.scope.found || run.nominal > test_start()));
    std::int64_t instants = 0;
    for (const auto& one : bed.bench.all<OccurrenceDecided>())
        instants += one.until <= test_start() ? one.count : 0;
    CHECK(instants == 20);
    CHECK(bed.bench.notes("store.restore_accepted").at(0).data.at("searched") == "whole");
    CHECK(bed.bench.notes("store.restore_accepted").at(0).data.at("found_jobs") == "2");
}

TEST_CASE("what the store knows stays as it is, and what is older is not ours to find", "[engine][restore]") {
    Bed bed;
    const auto known = job_of(test_start() - minutes{25});
    bed.state.restore->known = {known};
    bed.bench.activities = {line_of("sweep", known, "j1"),
                            line_of("sweep", job_of(test_start() - hours{3}), "j2"),
                            {DattoJobUid{"j3"}, "a person's job"}};
    bed.start(clean_all("sweep"));
    bed.bench.run_for(minutes{2});
    CHECK(bed.bench.all<JobCreated>().empty());
    CHECK(bed.bench.all<RunPlanned>().empty());
    CHECK(bed.bench.engine().restore_search().known_jobs() == 1);
    CHECK(bed.bench.engine().restore_search().found_jobs() == 0);
    const auto searches = bed.bench.calls<SearchActivities>();
    REQUIRE(searches.size() >= 2);
    CHECK(searches[0].first.from == test_start() - kJudged - minutes{10});
    CHECK(searches[0].first.kind == ActivityKind::created);
}

TEST_CASE("a target that waited for its job gets the one that is found, and no other", "[engine][restore]") {
    Bed bed;
    auto book = clean_all("sweep");
    book.window = hours{1};
    bed.state.runs = {stored_run(bed.state, true)};
    const auto job = job_of(test_start() - minutes{10});
    bed.bench.activities = {line_of("sweep", job, "j7")};
    bed.ends("j7");
    bed.start(book);
    bed.bench.run_for(minutes{2});
    REQUIRE(bed.bench.all<JobCreated>().size() == 1);
    CHECK(bed.bench.all<JobCreated>()[0].run == bed.state.runs[0].planned.run);
    CHECK(bed.bench.all<JobCreated>()[0].attempt == 1);
    CHECK(bed.bench.all<RunPlanned>().empty());
    bed.accept();
    bed.bench.run_for(minutes{1});
    const auto creates = bed.bench.calls<CreateQuickJob>();
    REQUIRE(creates.size() == 1);  // the other device never had one
    CHECK(creates[0].first.device == DeviceUid{"d2"});
}

TEST_CASE("a found job is waited for by a target that also waits for its device's return",
          "[engine][restore]") {
    Bed bed;
    auto back = steps_testing::return_step("back", true);
    back.expect->within = hours{2};
    auto book = steps_testing::stepped({steps_testing::job_step("restart", "Clean"), back});
    book.window = hours{1};
    auto run = stored_run(bed.state, true);
    run.planned.runbook = book.name;
    run.targets.resize(1);
    run.targets[0].ended = {runbook::StepEnd::succeeded};
    run.targets[0].step_at = run.targets[0].last_job_at = *bed.state.newest;
    bed.state.runs = {run};
    bed.start(book);
    bed.bench.run_for(seconds{30});  // the return is waited for by now
    bed.bench.activities = {line_of(book.name, job_of(test_start() - minutes{10}), "j7")};
    bed.bench.run_for(minutes{5});
    REQUIRE(bed.bench.all<JobCreated>().size() == 1);
    REQUIRE(bed.bench.all<JobCreated>()[0].run == run.planned.run);
    bed.accept();  // nothing is judged before
    bed.bench.devices[0].last_reboot = bed.bench.now().utc;
    bed.bench.run_for(minutes{5});
    CHECK(bed.bench.all<TargetDecided>().empty());
    bed.ends("j7");
    bed.bench.run_for(minutes{30});
    CHECK(bed.bench.all<TargetDecided>().size() == 1);
    CHECK(bed.bench.all<RunFinished>().size() == 1);
}

TEST_CASE("a run that was planned has begun with the devices that are found", "[engine][restore]") {
    Bed bed;
    auto book = clean_all("sweep");
    book.window = hours{1};
    bed.state.runs = {stored_run(bed.state, false)};
    bed.bench.activities = {line_of("sweep", job_of(test_start() - minutes{15}), "j7"),
                            line_of("sweep", job_of(test_start() - minutes{10}, "again"), "j8")};
    bed.ends("j7", DeploymentStatus::failure);
    bed.ends("j8");
    bed.start(book);
    bed.bench.run_for(minutes{2});
    const auto started = bed.bench.all<RunStarted>();
    REQUIRE(started.size() == 2);
    CHECK(started[0].run == bed.state.runs[0].planned.run);
    CHECK(started[0].targets.size() == 1);
    // The newest job of a device is the one that its target waited for last; the one before has its own run.
    const auto jobs = bed.bench.all<JobCreated>();
    REQUIRE(jobs.size() == 2);
    CHECK(jobs[0].job == job_of(test_start() - minutes{10}, "again"));
    CHECK(bed.bench.all<RunPlanned>().size() == 1);
    bed.accept();
    bed.bench.run_for(minutes{2});
    CHECK(bed.bench.calls<CreateQuickJob>().empty());
    CHECK(bed.bench.engine().open_runs() == 0);
}

TEST_CASE("quick jobs, runbooks that are gone and devices without a uid are found too", "[engine][restore]") {
    Bed bed;
    auto by_name = line_of("later", job_of(test_start() - minutes{9}, "name"), "j2", "");
    by_name.hostname = "acme-02";
    auto by_nothing = line_of("later", job_of(test_start() - minutes{8}, "none"), "j3", "");
    bed.bench.activities = {line_of("quickjob", job_of(test_start() - minutes{10}), "j1", "gone"), by_name,
                            by_nothing};
    bed.ends("j1");
    bed.ends("j2");
    bed.start(clean_all("sweep"));
    bed.bench.run_for(minutes{2});
    const auto runs = bed.bench.all<RunPlanned>();
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].trigger == Trigger::quickjob);
    CHECK(runs[1].runbook == "later");
    CHECK_FALSE(runs[1].revision);
    CHECK(bed.bench.all<RunStarted>().at(0).targets.at(0).hostname == "gone");
    CHECK(bed.bench.all<RunStarted>().at(1).targets.at(0).device == DeviceUid{"d2"});
    CHECK(bed.bench.all<RunFinished>().size() == 2);
    const auto notes = bed.bench.notes("job.found_after_restore");
    REQUIRE(notes.size() == 3);
    CHECK(std::count_if(notes.begin(), notes.end(),
                        [](const auto& note) { return note.data.contains("message"); }) == 1);
    for (const auto& change : bed.bench.all<JobChanged>())
        if (change.status == JobStatus::completed) CHECK(change.out->text == "done\n");
}

TEST_CASE("a search that is broken off goes on where it was", "[engine][restore]") {
    Bed bed;
    const auto job = job_of(test_start() - minutes{10});
    int pages = 0;
    bed.bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        const auto* const search = std::get_if<SearchActivities>(&call);
        if (search == nullptr) return std::nullopt;
        switch (++pages) {
            case 1: return Page<JobActivity>{{line_of("sweep", job, "j7")}, "page 2"};
            case 2: CHECK(search->cursor == "page 2"); return failure(FailureKind::lost);
            default: return Page<JobActivity>{};
        }
    };
    bed.start(clean_all("sweep"));
    bed.bench.run_for(minutes{2});
    const auto searches = bed.bench.calls<SearchActivities>();
    REQUIRE(searches.size() >= 3);
    CHECK(searches[2].first.cursor.empty());
    CHECK(searches[2].first.from == test_start() - kJudged - minutes{10});  // half an hour is read again
    CHECK(bed.bench.all<JobCreated>().size() == 1);
    CHECK(bed.bench.engine().restore_search().is_complete());
    CHECK(bed.bench.engine().restore_search().problem().empty());
}

TEST_CASE("who accepts at once waits for the search, and a log that is refused is not waited for",
          "[engine][restore]") {
    SECTION("it is read") {
        Bed bed;
        bed.bench.activities = {line_of("sweep", job_of(test_start() - minutes{1}), "j7")};
        bed.ends("j7");
        bed.start(clean_all("sweep"));
        bed.accept();
        bed.bench.run_for(seconds{1});
        CHECK(bed.answers == std::vector<bool>{true});
        CHECK(bed.is_held());
        CHECK(bed.bench.engine().restore_accepted_by() == "ana");
        CHECK(bed.bench.notes("store.restore_waits_for_search").size() == 1);
        bed.bench.run_for(seconds{30});
        CHECK_FALSE(bed.is_held());
        CHECK(bed.bench.notes("store.restore_accepted").at(0).actor == "ana");
        CHECK(bed.bench.all<JobCreated>().size() == 1);
    }
    SECTION("it is refused") {
        Bed bed;
        bed.bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
            if (!std::holds_alternative<SearchActivities>(call)) return std::nullopt;
            return failure(FailureKind::not_found, 404);
        };
        bed.start(clean_all("sweep"));
        bed.bench.run_for(seconds{5});
        CHECK_FALSE(bed.bench.engine().restore_search().problem().empty());
        bed.accept();
        CHECK_FALSE(bed.is_held());
        bed.bench.run_for(seconds{1});
        CHECK(bed.bench.notes("store.restore_accepted").at(0).data.at("searched") == "not at all");
    }
    SECTION("nobody answers") {
        Bed bed;
        bed.bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
            if (!std::holds_alternative<SearchActivities>(call)) return std::nullopt;
            return failure(FailureKind::lost);
        };
        bed.start(clean_all("sweep"));
        bed.accept();
        bed.bench.run_for(minutes{14});
        CHECK(bed.is_held());
        bed.bench.run_for(minutes{2});
        CHECK_FALSE(bed.is_held());
    }
}

TEST_CASE("what a part of the log showed is taken in before the store goes on", "[engine][restore]") {
    Bed bed;
    int pages = 0;
    bed.bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (!std::holds_alternative<SearchActivities>(call)) return std::nullopt;
        if (++pages > 1) return failure(FailureKind::rejected, 400);
        return Page<JobActivity>{{line_of("sweep", job_of(test_start() - minutes{10}), "j7")}, "page 2"};
    };
    bed.ends("j7");
    bed.start(clean_all("sweep"));
    bed.bench.run_for(seconds{5});
    CHECK(bed.bench.all<JobCreated>().empty());
    bed.accept();
    bed.bench.run_for(seconds{30});
    CHECK_FALSE(bed.is_held());
    CHECK(bed.bench.all<JobCreated>().size() == 1);
    CHECK(bed.bench.all<RunFinished>().size() == 1);
    CHECK(bed.bench.notes("store.restore_accepted").at(0).data.at("searched") == "in part");
}

TEST_CASE("what fails among the found is not tried again", "[engine][restore]") {
    Bed bed;
    auto book = clean_every_minute("sweep", hours{1});
    book.schedule = fakes::schedule_of("50 23 * * *");
    book.retry = runbook::Retry{};
    book.retry->attempts = 3;
    bed.bench.activities = {line_of("sweep", job_of(*parse_utc("2026-02-28T23:50:02Z")), "j7")};
    bed.ends("j7", DeploymentStatus::failure);
    bed.start(book);
    bed.bench.run_for(seconds{20});
    bed.accept();
    bed.bench.run_for(minutes{20});
    CHECK(bed.bench.all<TargetRetried>().empty());
    CHECK(bed.bench.calls<CreateQuickJob>().empty());
    REQUIRE(bed.bench.all<TargetDecided>().size() == 1);
    CHECK(bed.bench.all<TargetDecided>()[0].disposition == Disposition::failed);
}

TEST_CASE("two jobs of one device in one instant are of two runs", "[engine][restore]") {
    Bed bed;
    const auto nominal = *parse_utc("2026-02-28T23:50:00Z");
    bed.bench.activities = {line_of("sweep", job_of(nominal + seconds{2}, "a"), "j1"),
                            line_of("sweep", job_of(nominal + seconds{30}, "b"), "j2"),
                            line_of("sweep", job_of(nominal + seconds{63}, "c"), "j3")};
    for (const auto* job : {"j1", "j2", "j3"}) bed.ends(job);
    bed.start(clean_every_minute("sweep", minutes{5}));
    bed.bench.run_for(minutes{1});
    const auto runs = bed.bench.all<RunPlanned>();
    REQUIRE(runs.size() == 3);
    std::multiset<std::optional<UtcTime>> nominals;
    for (const auto& run : runs) nominals.insert(run.nominal);
    CHECK(nominals == std::multiset<std::optional<UtcTime>>{std::nullopt, nominal, nominal + minutes{1}});
    CHECK(bed.bench.all<RunFinished>().size() == 3);
}

}  // namespace runbookd::engine
