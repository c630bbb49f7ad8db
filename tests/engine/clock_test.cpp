// The wall clock is set: forward, back, while running and before a start.
#include <map>

#include "catch.hpp"
#include "engine/clock_guard.hpp"
#include "engine/past.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::schedule_of;
using fakes::test_start;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr KernelSync kRight{true, true};
constexpr KernelSync kUnsure{false, true};
constexpr KernelSync kNever{false, false};

Instant after(Instant start, Millis steady, Millis wall) { return {start.utc + wall, start.steady + steady}; }

RecoveredState stored(const runbook::Runbook& book, UtcTime judged) {
    RecoveredState state;
    state.runbooks.push_back(
        {book.name, 1, book.yaml, book.resolved, judged - hours{1}, false, judged, {}, {}});
    state.newest = judged;
    return state;
}

}  // namespace

TEST_CASE("only a step of more than a minute is doubted", "[engine][clock]") {
    const Instant start{test_start(), SteadyTime{hours{1}}};
    for (const auto& [by, is_doubted] : std::vector<std::pair<Millis, bool>>{{seconds{0}, false},
                                                                             {seconds{60}, false},
                                                                             {-seconds{60}, false},
                                                                             {seconds{61}, true},
                                                                             {-seconds{61}, true}}) {
        ClockGuard guard;
        guard.hear(kRight);
        CHECK_FALSE(guard.look(start));
        const auto step = guard.look(after(start, hours{8}, hours{8} + by));  // a suspend alone is none
        CHECK(step.has_value() == is_doubted);
        CHECK(guard.is_doubted() == is_doubted);
        if (step) CHECK(*step == by);
    }
}

TEST_CASE("doubt ends when the kernel is synchronised, or after five minutes", "[engine][clock]") {
    const Instant start{test_start(), SteadyTime{hours{1}}};
    ClockGuard guard;
    guard.hear(kRight);
    static_cast<void>(guard.look(start));
    static_cast<void>(guard.look(after(start, seconds{1}, hours{1})));
    CHECK(guard.why().find("forward") != std::string::npos);
    // What the kernel said before the step does not count.
    CHECK_FALSE(guard.settles(after(start, seconds{1}, hours{1})));
    guard.hear(kUnsure);
    CHECK_FALSE(guard.settles(after(start, minutes{5}, hours{1})));
    auto patient = guard;
    CHECK(patient.settles(after(start, minutes{5} + seconds{1}, hours{1})));
    CHECK_FALSE(patient.is_doubted());
    guard.hear(kRight);
    CHECK(guard.settles(after(start, seconds{2}, hours{1})));
    CHECK_FALSE(guard.settles(after(start, seconds{3}, hours{1})));
}

TEST_CASE("a kernel that never was synchronised is not waited for", "[engine][clock]") {
    const Instant start{test_start(), SteadyTime{hours{1}}};
    ClockGuard guard;
    guard.hear(kNever);
    static_cast<void>(guard.look(start));
    static_cast<void>(guard.look(after(start, seconds{1}, hours{1})));
    CHECK(guard.settles(after(start, seconds{1}, hours{1})));
}

TEST_CASE("while the clock is doubted nothing is created and nothing judged", "[engine][clock]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{2}), clean_all("by-hand")});
    bench.kernel_says(kRight);
    bench.run_for(seconds{10});
    bench.step_clock(hours{1});
    bench.kernel_says(kUnsure);
    CHECK(bench.notes("clock.stepped").size() == 1);
    CHECK(bench.notes("clock.stepped")[0].data.at("by") == "+1h");
    CHECK(bench.notes("clock.held").size() == 1);
    CHECK_FALSE(bench.engine().clock().why().empty());
    bench.run("by-hand");
    bench.run_for(minutes{4});
    CHECK(bench.run_answers.at(0));
    CHECK(bench.calls<CreateQuickJob>().empty());
    CHECK(bench.all<OccurrenceDecided>().empty());
    bench.kernel_says(kRight);
    bench.run_for(seconds{2});
    CHECK(bench.notes("clock.released").size() == 1);
    CHECK(bench.engine().clock().why().empty());
    const auto rows = bench.all<OccurrenceDecided>();
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].verdict == Verdict::missed);
    CHECK(rows[0].reason == "clock_stepped");
    CHECK(rows[0].count == 62);
    CHECK(rows[1].reason == "catch_up");
    CHECK(bench.all<RunPlanned>().size() == 2);  // by hand, and the newest only
    CHECK(bench.calls<CreateQuickJob>().size() == 2);
}

TEST_CASE("a store that was put back holds creates and verdicts until a person accepts it",
          "[engine][clock]") {
    EngineBench bench;
    bench.engine().hold_for_restore("event 7 was acknowledged");
    const auto book = clean_every_minute("sweep", minutes{2});
    bench.start({book}, stored(book, test_start() - minutes{1}));
    bench.kernel_says(kRight);
    bench.run_for(minutes{10});
    REQUIRE(bench.notes("store.restored").size() == 1);
    CHECK(bench.notes("store.restored")[0].data.at("why") == "event 7 was acknowledged");
    CHECK(bench.engine().restored() == "event 7 was acknowledged");
    CHECK(bench.calls<CreateQuickJob>().empty());
    CHECK(bench.all<OccurrenceDecided>().empty());
    std::vector<Result<void>> answers;
    const auto accept = [&] {
        bench.tell([&](Engine& core, Instant now) {
            core.accept_restore(
                "ana", [&](Result<void> result) { answers.push_back(std::move(result)); }, now);
        });
        bench.run_for(seconds{5});
    };
    accept();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0]);
    CHECK(bench.notes("store.restore_accepted").at(0).actor == "ana");
    CHECK(bench.engine().restored().empty());
    CHECK_FALSE(bench.all<OccurrenceDecided>().empty());
    CHECK(bench.calls<CreateQuickJob>().size() == 1);
    accept();
    REQUIRE(answers.size() == 2);
    CHECK(answers[1].error().code == ErrorCode::conflict);
}

TEST_CASE("a clock that nobody vouches for is believed after five minutes", "[engine][clock]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{1})});
    bench.kernel_says(kRight);
    bench.run_for(seconds{10});
    bench.step_clock(hours{24});
    bench.kernel_says(kUnsure);
    bench.run_for(minutes{5} - seconds{1});
    CHECK(bench.all<OccurrenceDecided>().empty());
    bench.run_for(seconds{5});
    CHECK(bench.notes("clock.released").size() == 1);
    CHECK(bench.all<OccurrenceDecided>().at(0).count == 24 * 60 + 4);
    CHECK(bench.all<RunPlanned>().size() == 1);
}

TEST_CASE("an hour back: nothing twice, and it goes on when the hour is over", "[engine][clock]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{1})});
    bench.kernel_says(kRight);
    bench.run_for(minutes{5});
    const auto newest = *bench.all<RunPlanned>().back().nominal;
    bench.step_clock(-hours{1});
    bench.kernel_says(kRight);
    bench.run_for(hours{1});
    CHECK(bench.all<RunPlanned>().size() == 5);
    bench.run_for(minutes{5});
    REQUIRE(bench.all<RunPlanned>().size() == 10);
    CHECK(bench.all<RunPlanned>()[5].nominal == newest + minutes{1});
    CHECK(bench.notes("clock.stepped")[0].data.at("by") == "-1h");
}

TEST_CASE("what a clock ahead made missed is taken back when it is set right, and fires", "[engine][clock]") {
    EngineBench bench;
    auto book = clean_every_minute("sweep", minutes{1});
    bench.start({book});
    bench.kernel_says(kRight);
    bench.run_for(minutes{2});  // 00:01 and 00:02 ran
    bench.step_clock(hours{2});
    bench.kernel_says(kRight);
    bench.run_for(seconds{40});  // 00:03 to 02:01 missed, 02:02 and 02:03 ran
    REQUIRE(bench.all<RunPlanned>().size() == 4);
    bench.step_clock(-hours{1});  // 01:03:10
    bench.kernel_says(kRight);
    REQUIRE(bench.all<OccurrencesVoided>().size() == 1);
    const auto after = bench.all<OccurrencesVoided>()[0].after;
    const auto rows = bench.all<OccurrenceDecided>();
    CHECK(rows.back().verdict == Verdict::missed);  // the part of the row that stays
    CHECK(rows.back().until <= after);
    CHECK(rows.back().count == 61);
    bench.run_for(hours{1} + minutes{5});
    std::map<UtcTime, int> fired;
    for (const auto& run : bench.all<RunPlanned>()) CHECK(++fired[*run.nominal] == 1);
    for (auto at = test_start() + seconds{30} + hours{1} + minutes{3}; at <= test_start() + hours{2};
         at += minutes{1})
        CHECK(fired[at] == 1);
}

TEST_CASE("an edit after the clock was set back fires what is new, and nothing twice", "[engine][clock]") {
    EngineBench bench;
    auto book = clean_every_minute("sweep", minutes{1});
    book.schedule = schedule_of("*/30 * * * *");
    bench.start({book});
    bench.kernel_says(kRight);
    bench.step_clock(hours{2});
    bench.kernel_says(kRight);
    bench.run_for(hours{1});  // 02:00, 02:30 and 03:00 ran
    REQUIRE(bench.all<RunPlanned>().size() == 3);
    const auto midnight = test_start() - seconds{30};
    bench.step_clock(-hours{1} - minutes{1});  // 01:59:30
    bench.kernel_says(kRight);
    book.schedule = schedule_of("10,30 * * * *");
    book.yaml += " # edited";
    bench.reload({book});
    book.schedule = schedule_of("20,30 * * * *");
    book.yaml += " # again";
    bench.reload({book});
    bench.run_for(hours{2});
    std::vector<UtcTime> fired;
    for (const auto& run : bench.all<RunPlanned>()) fired.push_back(*run.nominal);
    const auto at = [&](int hour, int minute) { return midnight + hours{hour} + minutes{minute}; };
    CHECK(fired == std::vector{at(2, 0), at(2, 30), at(3, 0), at(2, 20), at(3, 20), at(3, 30)});
}

TEST_CASE("a pause goes on when the clock is set back, and the record says so", "[engine][clock][pauses]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{1})});
    bench.kernel_says(kRight);
    bench.step_clock(hours{2});
    bench.kernel_says(kRight);
    const auto until = bench.now().utc + minutes{10};
    bench.tell([&](Engine& core, Instant now) {
        core.pause({"sweep", until, "freeze", "alice"}, [](const Result<void>&) {}, now);
    });
    bench.step_clock(-hours{1});
    bench.kernel_says(kRight);
    const auto set = bench.all<PauseSet>();
    REQUIRE(set.size() == 2);
    CHECK(set[1].at == bench.now().utc);
    CHECK(set[1].until == until);
    CHECK(set[1].reason == "freeze");
    CHECK(set[1].actor == "alice");
    bench.step_clock(-minutes{2});
    bench.kernel_says(kRight);
    CHECK(bench.all<PauseSet>().size() == 3);
    bench.step_clock(minutes{5});
    bench.kernel_says(kRight);
    CHECK(bench.all<PauseSet>().size() == 3);
}

TEST_CASE("a clock in doubt closes no window", "[engine][clock]") {
    EngineBench bench;
    bench.script = [](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<CreateQuickJob>(call)) return fakes::failure(FailureKind::throttled, 429);
        return std::nullopt;
    };
    bench.start({clean_all("sweep")});
    bench.kernel_says(kRight);
    bench.run("sweep");
    bench.run_for(seconds{10});
    bench.step_clock(hours{24});
    bench.kernel_says(kUnsure);
    bench.run_for(minutes{2});
    bench.step_clock(-hours{24});  // somebody's slip
    bench.script = [](const ApiCall&, Instant) { return std::nullopt; };
    bench.kernel_says(kRight);
    bench.run_for(minutes{2});
    CHECK(bench.all<TargetDecided>().empty());
    CHECK(bench.all<JobChanged>().back().status == JobStatus::queued);
}

TEST_CASE("a start before the newest time in the store waits for the clock", "[engine][clock]") {
    EngineBench bench;
    auto old = clean_every_minute("sweep", minutes{1});
    auto edited = old;
    edited.yaml += " # edited";
    auto state = stored(old, test_start() + hours{10});
    bench.kernel_says(kUnsure);
    bench.tell([&](Engine& core, Instant now) {
        const auto read = [&](const std::string&, const RecordedText&) {
            return std::make_shared<const runbook::Runbook>(old);
        };
        core.start(state, read, {edited}, {}, now);
    });
    bench.run_for(minutes{1});
    CHECK(bench.all<RevisionEffective>().empty());  // it would take effect at a time that is not now
    bench.step_clock(hours{11});
    bench.kernel_says(kRight);
    bench.run_for(seconds{1});
    const auto rows = bench.all<OccurrenceDecided>();
    REQUIRE(rows.size() >= 1);
    CHECK(rows[0].verdict == Verdict::missed);
    CHECK(rows[0].reason == "daemon_down");
    CHECK(rows[0].revision == 1);
    CHECK(rows[0].nominal > test_start() + hours{10});
    CHECK(bench.all<RevisionEffective>().size() == 1);
}

TEST_CASE("a start before the newest time waits for no kernel that never was synchronised",
          "[engine][clock]") {
    for (const bool was_once : {false, true}) {
        EngineBench bench;
        const auto book = clean_every_minute("sweep", minutes{1});
        auto state = stored(book, test_start() + minutes{2});
        state.clock_was_synchronised = was_once;
        bench.kernel_says(kNever);
        bench.start({book}, state);
        CHECK(bench.engine().clock().is_doubted() == was_once);
        bench.run_for(minutes{4});
        CHECK(bench.all<RunPlanned>().size() == (was_once ? 0 : 2));
    }
}

TEST_CASE("what lies ahead at a start is not judged again; what was only missed fires", "[engine][clock]") {
    EngineBench bench;
    const auto book = clean_every_minute("sweep", minutes{1});
    const auto minute = [](int n) { return test_start() - seconds{30} + minutes{n}; };
    auto state = stored(book, minute(9));
    state.runbooks[0].ahead = {{minute(1), minute(3), false, "", 1},
                               {minute(4), minute(6), true, "daemon_down", 1},
                               {minute(7), minute(9), false, "", 1}};
    bench.start({book}, state);
    bench.run_for(minutes{11});
    REQUIRE(bench.all<OccurrencesVoided>().size() == 1);
    std::vector<UtcTime> fired;
    for (const auto& run : bench.all<RunPlanned>()) fired.push_back(*run.nominal);
    CHECK(fired == std::vector{minute(4), minute(5), minute(6), minute(10), minute(11)});
}

TEST_CASE("a step of half a minute only moves the alarms", "[engine][clock]") {
    EngineBench bench;
    bench.start({clean_every_minute("sweep", minutes{1})});
    bench.kernel_says(kRight);
    bench.run_for(seconds{5});
    bench.step_clock(seconds{20});
    bench.kernel_says(kUnsure);
    bench.run_for(seconds{6});
    CHECK(bench.notes("clock.stepped").empty());
    REQUIRE(bench.all<RunPlanned>().size() == 1);
    CHECK(bench.all<RunPlanned>()[0].at - *bench.all<RunPlanned>()[0].nominal < seconds{1});
}

TEST_CASE("that the kernel once was right is recorded once", "[engine][clock]") {
    EngineBench bench;
    bench.kernel_says(kRight);
    bench.start({});
    bench.kernel_says(kRight);
    bench.kernel_says(kUnsure);
    bench.kernel_says(kRight);
    CHECK(bench.notes("clock.synchronised").size() == 1);
}

TEST_CASE("old missed stretches are forgotten, and then stay missed", "[engine][clock]") {
    Past past;
    const auto timeline = schedule_of("* * * * *");
    const auto minute = [](int n) { return test_start() - seconds{30} + minutes{n}; };
    for (int i = 0; i < 20; ++i) {
        past.decide(Past::Missed{minute(2 * i), minute(2 * i), 1, "daemon_stalled"});
        past.decide(minute(2 * i + 1));
    }
    const auto voided = past.take_back(minute(-60));
    REQUIRE(voided);
    CHECK(voided->after == minute(6));  // of the four that are forgotten the last
    CHECK_FALSE(voided->cut);
    const auto next = past.next_undecided(timeline, minute(-60));
    REQUIRE(next);
    CHECK(next->at == minute(8));
    past.decide(minute(8));
    CHECK(past.next_undecided(timeline, minute(8))->at == minute(10));
    CHECK(past.next_undecided(timeline, minute(38))->at == minute(40));
}

}  // namespace runbookd::engine
