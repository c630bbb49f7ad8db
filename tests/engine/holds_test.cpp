// What keeps creates back inside a window: blackouts, pauses, and `finish_by`.
#include "engine/holds.hpp"

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::blackout;
using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::failure;
using fakes::schedule_of;
using fakes::test_start;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const UtcTime kMidnight = test_start() - seconds{30};

runbook::Runbook at_minute_one(Millis window) {
    auto book = clean_every_minute("sweep", window);
    book.schedule = schedule_of("1 0 1 3 *");
    return book;
}

bool mentions(const Error& error, const std::string& text) {
    return error.message.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a blackout over the whole window suppresses the occurrence", "[engine][holds]") {
    EngineBench bench;
    auto book = at_minute_one(minutes{10});
    book.not_during = blackout("0 0 * * *", hours{1});
    bench.start({book});
    bench.run_for(hours{1});
    CHECK(bench.all<RunPlanned>().empty());
    REQUIRE(bench.all<OccurrenceDecided>().size() == 1);
    CHECK(bench.all<OccurrenceDecided>()[0].verdict == Verdict::skipped);
    CHECK(bench.all<OccurrenceDecided>()[0].reason == "blackout");
}

TEST_CASE("a blackout over a part of the window holds the creates", "[engine][holds]") {
    EngineBench bench;
    auto book = at_minute_one(hours{1});
    book.not_during = blackout("0 0 * * *", minutes{30});
    bench.start({book, clean_all("other")});
    bench.run_for(minutes{10});
    CHECK(bench.all<RunStarted>().size() == 1);  // on time, its targets are frozen
    CHECK(bench.all<OccurrenceDecided>().at(0).verdict == Verdict::on_time);
    CHECK(bench.calls<CreateQuickJob>().empty());
    bench.run("other");  // is not in its way
    bench.run_for(minutes{1});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    bench.run_for(minutes{20});
    const auto creates = bench.calls<CreateQuickJob>();
    REQUIRE(creates.size() == 2);
    CHECK(creates[1].second.utc >= kMidnight + minutes{30});
    CHECK(creates[1].second.utc < kMidnight + minutes{30} + seconds{2});
}

TEST_CASE("what a blackout holds to the window's end is skipped", "[engine][holds]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B")});
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        const auto* create = std::get_if<CreateQuickJob>(&call);
        if (create != nullptr && create->device.str() == "d2") return failure(FailureKind::throttled, 429);
        return std::nullopt;
    };
    auto book = at_minute_one(hours{1});
    book.not_during = blackout("2 0 * * *", hours{2});
    bench.start({book});
    bench.run_for(minutes{2});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    bench.run_for(hours{1});
    const auto decided = bench.all<TargetDecided>();
    REQUIRE(!decided.empty());
    CHECK(decided[0].device.str() == "d2");
    CHECK(decided[0].disposition == Disposition::skipped);
    CHECK(decided[0].reason == "blackout");
    for (const auto& [create, at] : bench.calls<CreateQuickJob>()) CHECK(at.utc < kMidnight + minutes{2});
}

TEST_CASE("an intent that became durable as a blackout began is not sent", "[engine][holds]") {
    EngineBench bench;
    auto book = at_minute_one(hours{1});
    book.not_during = blackout("2 0 * * *", minutes{10});
    bench.start({book});
    bench.run_for(seconds{29});
    bench.hold_commits();
    bench.run_for(seconds{40});
    bench.stall(seconds{30});
    bench.release_commits();
    bench.run_for(minutes{30});
    CHECK(bench.calls<CreateQuickJob>().empty());
    REQUIRE(bench.all<JobCreated>().size() == 1);
    CHECK(bench.all<JobChanged>().at(0).status == JobStatus::failed);
    CHECK(bench.all<JobChanged>()[0].reason == "blackout");
    CHECK(bench.all<TargetDecided>().at(0).disposition == Disposition::skipped);
}

TEST_CASE("finish_by: no create in the last part of the window, as long as the time-out", "[engine][holds]") {
    EngineBench bench({windows_server("d1", "A"), windows_server("d2", "B")});
    bool is_down = true;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        const auto* create = std::get_if<CreateQuickJob>(&call);
        if (create != nullptr && create->device.str() == "d2" && is_down)
            return failure(FailureKind::not_sent);
        return std::nullopt;
    };
    auto book = at_minute_one(hours{1});
    book.finish_by = runbook::FinishBy::window;
    book.timeout = minutes{40};
    bench.start({book});
    bench.run_for(minutes{20} + seconds{31});
    is_down = false;  // a second after the last create may have gone out
    bench.run_for(minutes{2});
    const auto decided = bench.all<TargetDecided>();
    REQUIRE(decided.size() >= 1);
    const auto last_create = kMidnight + minutes{21};
    for (const auto& [create, at] : bench.calls<CreateQuickJob>()) CHECK(at.utc < last_create);
    for (const auto& target : decided)
        if (target.device.str() == "d2") {
            CHECK(target.disposition == Disposition::skipped);
            CHECK(target.reason == "window_closed");
            CHECK(target.at >= last_create);
        }
}

TEST_CASE("a person cannot start what a blackout covers, and is told until when", "[engine][holds]") {
    EngineBench bench;
    auto book = clean_all("sweep");
    book.not_during = blackout("0 0 * * *", hours{2});
    bench.start({book});
    bench.run("sweep");
    REQUIRE(bench.run_answers.size() == 1);
    REQUIRE(!bench.run_answers[0]);
    CHECK(bench.run_answers[0].error().code == ErrorCode::refused_by_rule);
    CHECK(mentions(bench.run_answers[0].error(), "freeze"));
    CHECK(mentions(bench.run_answers[0].error(), "2026-03-01T02:00:00.000Z"));
    bench.run_for(hours{1} + minutes{30});
    bench.run("sweep");  // covered in part: it waits
    bench.run_for(minutes{40});
    CHECK(bench.run_answers.at(1));
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(bench.calls<CreateQuickJob>()[0].second.utc >= kMidnight + hours{2});
}

TEST_CASE("a pause skips what is due, and holds what is open until it ends by itself", "[engine][pauses]") {
    EngineBench bench;
    auto open = clean_all("open");
    bench.start({clean_every_minute("sweep", minutes{1}), open});
    bench.hold_commits();
    bench.run("open");
    bench.run_for(seconds{5});
    bench.pause("open", minutes{10});
    bench.pause("sweep", minutes{3});
    CHECK(bench.pause_answers.empty());  // not before they are durable
    bench.release_commits();
    bench.run_for(seconds{5});
    REQUIRE(bench.pause_answers.size() == 2);
    CHECK(bench.pause_answers[0]);
    bench.run_for(minutes{3});
    const auto verdicts = bench.all<OccurrenceDecided>();
    REQUIRE(verdicts.size() == 3);
    for (const auto& verdict : verdicts) {
        CHECK(verdict.verdict == Verdict::skipped);
        CHECK(verdict.reason == "paused");
    }
    bench.run_for(minutes{1});
    REQUIRE(bench.all<PauseEnded>().size() == 1);
    CHECK(bench.all<PauseEnded>()[0].scope == PauseScope("sweep"));
    CHECK(bench.all<PauseEnded>()[0].actor.empty());
    CHECK(bench.all<RunPlanned>().size() == 2);  // "open", and the first minute after the pause
}

TEST_CASE("a pause keeps an open run's creates back until someone resumes", "[engine][pauses]") {
    EngineBench bench;
    auto book = at_minute_one(hours{1});
    bench.start({book});
    bench.run_for(seconds{29});
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<ReadSites>(call)) return failure(FailureKind::not_sent);
        return std::nullopt;
    };
    bench.run_for(seconds{3});
    bench.pause("sweep", hours{2});
    bench.script = [](const ApiCall&, Instant) { return std::nullopt; };
    bench.run_for(minutes{5});
    CHECK(bench.all<RunStarted>().size() == 1);
    CHECK(bench.calls<CreateQuickJob>().empty());
    bench.resume("sweep");
    bench.run_for(seconds{2});
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(bench.all<PauseEnded>().at(0).actor == "bob");
    bench.resume("sweep");
    CHECK(bench.pause_answers.back().error().code == ErrorCode::not_found);
}

TEST_CASE("a pause of a device or a component holds its jobs alone", "[engine][pauses]") {
    EngineBench bench;
    bench.devices = {fakes::windows_server("d1", "ACME-01"), fakes::windows_server("d2", "ACME-02")};
    auto sweep = clean_all("sweep");
    sweep.window = hours{2};
    bench.start({sweep});
    bench.run_for(seconds{5});
    bench.pause("device:d1", minutes{30});
    bench.run("sweep");
    bench.run_for(minutes{5});
    REQUIRE(bench.calls<CreateQuickJob>().size() == 1);
    CHECK(bench.calls<CreateQuickJob>()[0].first.device.str() == "d2");
    bench.resume("device:d1");
    bench.run_for(seconds{5});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    JobResult done;
    done.status = DeploymentStatus::success;
    for (const auto* job : {"j1", "j2"}) bench.results[DattoJobUid{job}] = done;
    bench.run_for(minutes{5});
    REQUIRE(bench.all<RunFinished>().size() == 1);
    const auto component = bench.engine().resolve({PauseKind::component, "CLEAN"});
    REQUIRE(component);
    bench.pause(component->text(), minutes{10});
    bench.run("sweep");
    bench.run_for(minutes{9});
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
    // It ends by itself, and what waited goes out.
    bench.run_for(minutes{2});
    CHECK(bench.calls<CreateQuickJob>().size() > 2);
}

TEST_CASE("what a pause holds to the window's end is skipped", "[engine][pauses]") {
    EngineBench bench;
    bench.start({clean_all("sweep")});
    bench.run_for(minutes{2});
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<ReadSites>(call)) return failure(FailureKind::not_sent);
        return std::nullopt;
    };
    bench.run("sweep");
    bench.run_for(seconds{1});
    bench.pause("", hours{2});
    bench.script = [](const ApiCall&, Instant) { return std::nullopt; };
    bench.run_for(hours{1} + seconds{1});
    REQUIRE(bench.all<TargetDecided>().size() == 1);
    CHECK(bench.all<TargetDecided>()[0].disposition == Disposition::skipped);
    CHECK(bench.all<TargetDecided>()[0].reason == "paused");
}

TEST_CASE("a pause refuses people, and tells them how to end it", "[engine][pauses]") {
    EngineBench bench;
    bench.start({clean_all("sweep"), clean_all("other")});
    bench.run_for(seconds{1});
    bench.pause("sweep", hours{2});
    bench.run("sweep");
    bench.run("other");
    bench.quick_job("d1", "Clean");
    bench.run_for(seconds{5});
    REQUIRE(bench.run_answers.size() == 2);
    REQUIRE(!bench.run_answers[0]);
    const auto& error = bench.run_answers[0].error();
    CHECK(error.code == ErrorCode::refused_by_rule);
    for (const auto* part : {"sweep", "2026-03-01T02:00:31", "alice", "testing", "runbookctl resume sweep"})
        CHECK(mentions(error, part));
    CHECK(bench.run_answers[1]);
    REQUIRE(bench.quick_answers.size() == 1);
    CHECK(bench.quick_answers[0]);
    bench.pause("", hours{1});
    bench.run("other");
    bench.quick_job("d1", "Clean");
    REQUIRE(!bench.run_answers.back());
    CHECK(mentions(bench.run_answers.back().error(), "everything"));
    REQUIRE(!bench.quick_answers.back());
    CHECK(bench.quick_answers.back().error().code == ErrorCode::refused_by_rule);
}

TEST_CASE("a pause that cannot be is refused", "[engine][pauses]") {
    EngineBench bench;
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{5});
    for (const auto* scope : {"swep", "customer:acme", "device:nowhere", "component:none"}) {
        const auto unknown = bench.engine().resolve(scope);
        REQUIRE_FALSE(unknown);
        CHECK(unknown.error().code == ErrorCode::not_found);
    }
    CHECK(mentions(bench.engine().resolve("swep").error(), "'sweep'"));
    bench.pause("sweep", hours{24 * 367});
    bench.pause("sweep", Millis{0});
    REQUIRE(bench.pause_answers.size() == 2);
    CHECK(bench.pause_answers[0].error().code == ErrorCode::invalid_input);
    CHECK(bench.pause_answers[1].error().code == ErrorCode::invalid_input);
    CHECK(bench.all<PauseSet>().empty());
}

TEST_CASE("a pause that is set again is replaced", "[engine][pauses]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{1})});
    bench.pause("sweep", hours{1});
    bench.pause("sweep", minutes{2});
    bench.run_for(minutes{1});
    CHECK(bench.engine().pauses().list().size() == 1);
    bench.run_for(minutes{2});
    CHECK(bench.engine().pauses().list().empty());
    CHECK(bench.all<PauseEnded>().size() == 1);
    CHECK(bench.all<OccurrenceDecided>().size() == 3);
    CHECK(bench.all<RunPlanned>().size() == 1);
}

TEST_CASE("running jobs are followed through a pause", "[engine][pauses]") {
    EngineBench bench;
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(seconds{5});
    bench.pause("", hours{1});
    JobResult result;
    result.status = DeploymentStatus::success;
    bench.results[DattoJobUid{"j1"}] = result;
    bench.run_for(minutes{1});
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::completed);
}

TEST_CASE("a pause outlives a restart", "[engine][pauses]") {
    EngineBench bench;
    const auto book = clean_every_minute("sweep", minutes{1});
    RecoveredState state;
    state.runbooks.push_back(
        {book.name, 1, book.yaml, book.resolved, kMidnight - hours{1}, false, kMidnight, {}, {}});
    state.pauses.push_back({"", kMidnight + minutes{3}, "freeze", "alice", kMidnight - minutes{5}});
    bench.start({book}, state);
    bench.run_for(minutes{3});
    CHECK(bench.all<OccurrenceDecided>().at(0).reason == "paused");
    REQUIRE(bench.all<RunPlanned>().size() == 1);
    CHECK(bench.all<RunPlanned>()[0].nominal == kMidnight + minutes{3});
}

}  // namespace runbookd::engine
