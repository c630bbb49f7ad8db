#include "timer_wheel/timer_wheel.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"

using runbookd::timer_wheel::Tick;
using runbookd::timer_wheel::Timer;
using runbookd::timer_wheel::TimerWheel;

namespace {

/// A timer that does whatever the test says.
struct Probe : Timer {
    explicit Probe(std::function<void()> what)
        : Timer([](Timer& timer) { static_cast<Probe&>(timer).action(); }), action(std::move(what)) {}
    std::function<void()> action;
};

/// Writes down which timers fired, and at which tick of the wheel.
struct Diary {
    explicit Diary(const TimerWheel& of) : wheel(of) {}
    std::unique_ptr<Probe> timer(std::string name) {
        return std::make_unique<Probe>(
            [this, name] { fired.push_back(name + "@" + std::to_string(wheel.now())); });
    }
    const TimerWheel& wheel;
    std::vector<std::string> fired;
};

using Names = std::vector<std::string>;
constexpr Tick kYear = 365ULL * 86'400'000;

}  // namespace

TEST_CASE("a timer fires at its tick and not before", "[timer_wheel]") {
    TimerWheel wheel(1000);
    Diary diary(wheel);
    auto a = diary.timer("a");
    wheel.schedule(*a, 1500);
    CHECK(a->is_scheduled());
    CHECK(a->due() == 1500);
    CHECK(wheel.next_due() == Tick{1500});
    CHECK(wheel.advance(1499) == 0);
    CHECK(wheel.now() == 1499);
    CHECK(wheel.advance(1500) == 1);
    CHECK(diary.fired == Names{"a@1500"});
    CHECK_FALSE(a->is_scheduled());
    CHECK_FALSE(wheel.next_due().has_value());
}

TEST_CASE("one advance over many ticks fires in order of due tick, then of scheduling", "[timer_wheel]") {
    TimerWheel wheel;
    Diary diary(wheel);
    auto a = diary.timer("a"), b = diary.timer("b"), c = diary.timer("c"), d = diary.timer("d");
    wheel.schedule(*a, 5000);
    wheel.schedule(*b, 70);
    wheel.schedule(*c, 5000);
    wheel.schedule(*d, 4999);
    CHECK(wheel.advance(6000) == 4);
    CHECK(diary.fired == Names{"b@70", "d@4999", "a@5000", "c@5000"});
    CHECK(wheel.now() == 6000);
}

TEST_CASE("timers that cascade stay in front of those scheduled later for the same tick", "[timer_wheel]") {
    TimerWheel wheel;
    Diary diary(wheel);
    auto early = diary.timer("early"), late = diary.timer("late"), between = diary.timer("between");
    wheel.schedule(*early, 300'000);
    wheel.advance(299'000);
    wheel.schedule(*between, 300'000);
    wheel.advance(299'990);
    wheel.schedule(*late, 300'000);
    wheel.advance(300'000);
    CHECK(diary.fired == Names{"early@300000", "between@300000", "late@300000"});
}

TEST_CASE("rescheduling moves a timer, and puts it behind its new neighbours", "[timer_wheel]") {
    TimerWheel wheel;
    Diary diary(wheel);
    auto a = diary.timer("a"), b = diary.timer("b");
    wheel.schedule(*a, 10);
    wheel.schedule(*b, 10);
    wheel.schedule(*a, 10);
    wheel.advance(10);
    CHECK(diary.fired == Names{"b@10", "a@10"});
}

TEST_CASE("past due ticks fire at the next advance, oldest first", "[timer_wheel]") {
    TimerWheel wheel(100);
    Diary diary(wheel);
    auto a = diary.timer("a"), b = diary.timer("b"), c = diary.timer("c"), d = diary.timer("d");
    wheel.schedule(*a, 100);
    wheel.schedule(*b, 50);
    wheel.schedule(*c, 20);
    wheel.schedule(*d, 20);
    CHECK(wheel.next_due() == Tick{20});
    CHECK(wheel.advance(0) == 4);  // an earlier tick is taken as the present one
    CHECK(wheel.now() == 100);
    CHECK(diary.fired == Names{"c@100", "d@100", "b@100", "a@100"});
}

TEST_CASE("an advance can be bounded, and goes on where it stopped", "[timer_wheel]") {
    TimerWheel wheel;
    Diary diary(wheel);
    std::vector<std::unique_ptr<Probe>> timers;
    for (const Tick due : {3, 1, 2, 2, 900}) {
        timers.push_back(diary.timer(std::to_string(due)));
        wheel.schedule(*timers.back(), due);
    }
    CHECK(wheel.advance(1000, 0) == 0);
    CHECK(wheel.advance(1000, 2) == 2);
    CHECK(wheel.now() == 2);
    CHECK(wheel.next_due() == Tick{2});
    CHECK(wheel.advance(1000, 2) == 2);
    CHECK(wheel.advance(1000, 2) == 1);
    CHECK(wheel.now() == 1000);
    CHECK(diary.fired == Names{"1@1", "2@2", "2@2", "3@3", "900@900"});
}

TEST_CASE("a callback may reschedule its own timer", "[timer_wheel]") {
    TimerWheel wheel;
    int count = 0;
    std::unique_ptr<Probe> beat;
    beat = std::make_unique<Probe>([&] {
        ++count;
        wheel.schedule(*beat, wheel.now() + 250);
    });
    wheel.schedule(*beat, 250);
    CHECK(wheel.advance(10'000) == 40);
    CHECK(count == 40);
    CHECK(wheel.next_due() == Tick{10'250});
}

TEST_CASE("a callback may destroy its own timer and the next one of the same tick", "[timer_wheel]") {
    TimerWheel wheel;
    Diary diary(wheel);
    std::unique_ptr<Probe> self, victim = diary.timer("victim"), witness = diary.timer("witness");
    self = std::make_unique<Probe>([&] {
        victim.reset();
        self.reset();
    });
    wheel.schedule(*self, 64);
    wheel.schedule(*victim, 64);
    wheel.schedule(*witness, 64);
    CHECK(wheel.advance(64) == 2);
    CHECK(diary.fired == Names{"witness@64"});
}

TEST_CASE("what a callback schedules for its own or an earlier tick fires in the same advance",
          "[timer_wheel]") {
    TimerWheel wheel;
    Diary diary(wheel);
    auto now = diary.timer("now"), past = diary.timer("past"), peer = diary.timer("peer");
    Probe first([&] {
        wheel.schedule(*now, 100);
        wheel.schedule(*past, 7);
    });
    wheel.schedule(first, 100);
    wheel.schedule(*peer, 100);
    CHECK(wheel.advance(100) == 4);
    CHECK(diary.fired == Names{"past@100", "peer@100", "now@100"});
}

TEST_CASE("cancelling is harmless at any time, and leaves nothing to wake up for", "[timer_wheel]") {
    TimerWheel wheel;
    Diary diary(wheel);
    auto a = diary.timer("a");
    a->cancel();
    for (const Tick due : {Tick{1}, Tick{100}, Tick{1} << 20, kYear}) {
        wheel.schedule(*a, due);
        a->cancel();
        CHECK_FALSE(a->is_scheduled());
        CHECK_FALSE(wheel.next_due().has_value());
    }
    CHECK(wheel.advance(2 * kYear) == 0);
}

TEST_CASE("timers years ahead fire on their very tick", "[timer_wheel]") {
    const Tick start = GENERATE(Tick{0}, Tick{1'700'000'000'123}, (Tick{1} << 60) - 5);
    TimerWheel wheel(start);
    Diary diary(wheel);
    auto far = diary.timer("far"), last = diary.timer("last");
    wheel.schedule(*far, start + 30 * kYear + 1);
    wheel.schedule(*last, ~Tick{0});
    CHECK(wheel.advance(start + 30 * kYear) == 0);
    CHECK(wheel.next_due() == start + 30 * kYear + 1);
    CHECK(wheel.advance(start + 30 * kYear + 1) == 1);
    CHECK(wheel.next_due() == ~Tick{0});
    CHECK(wheel.advance(~Tick{0}) == 1);
    CHECK(wheel.advance(~Tick{0}) == 0);
    CHECK(diary.fired.size() == 2);
}

TEST_CASE("a wheel that goes lets its timers live on, unscheduled", "[timer_wheel]") {
    Probe near([] { FAIL("fired"); }), far([] { FAIL("fired"); }), past([] { FAIL("fired"); });
    {
        TimerWheel wheel(10);
        wheel.schedule(near, 11);
        wheel.schedule(far, kYear);
        wheel.schedule(past, 1);
    }
    CHECK_FALSE(near.is_scheduled());
    CHECK_FALSE(far.is_scheduled());
    CHECK_FALSE(past.is_scheduled());
    TimerWheel other;
    other.schedule(near, 5);
    CHECK(other.next_due() == Tick{5});
}

TEST_CASE("many timers of one far tick move down in bounded pieces, and what comes meanwhile queues behind",
          "[timer_wheel]") {
    constexpr std::size_t kMany = 10 * TimerWheel::kMostMoved + 1;
    constexpr Tick kDue = 70'000'000;
    TimerWheel wheel;
    std::size_t fired = 0;
    bool in_order = true;
    std::vector<std::unique_ptr<Probe>> timers;
    for (std::size_t n = 0; n < kMany; ++n) {
        timers.push_back(std::make_unique<Probe>([&fired, &in_order, n] { in_order &= fired++ == n + 1; }));
        wheel.schedule(*timers.back(), kDue);
    }
    Probe before([&] { in_order &= fired++ == 0; }), after([&] { in_order &= fired++ == kMany + 1; });
    CHECK(wheel.next_wake().value() <= kDue);
    CHECK(wheel.advance(kDue, 10) == 0);
    CHECK(wheel.is_behind());
    wheel.schedule(after, kDue);
    wheel.schedule(before, kDue - 1);
    CHECK(wheel.next_due() == kDue - 1);
    CHECK(wheel.next_wake() == wheel.now());
    int calls = 0;
    do {
        CHECK(wheel.advance(kDue, 1000) <= 1000);
        ++calls;
    } while (wheel.is_behind());
    CHECK(fired == kMany + 2);
    CHECK(in_order);
    CHECK(calls < 100);
    CHECK(wheel.now() == kDue);
}

TEST_CASE("cancelled timers by the million cost a bounded call no more than others", "[timer_wheel]") {
    TimerWheel wheel;
    std::vector<std::unique_ptr<Probe>> timers;
    for (std::size_t n = 0; n < 5 * TimerWheel::kMostMoved; ++n) {
        timers.push_back(std::make_unique<Probe>([] { FAIL("fired"); }));
        wheel.schedule(*timers.back(), 10);
    }
    timers.clear();
    CHECK(wheel.advance(10, 1) == 0);
    CHECK(wheel.is_behind());
    while (wheel.is_behind()) CHECK(wheel.advance(10, 1) == 0);
    CHECK_FALSE(wheel.next_wake().has_value());
}

TEST_CASE("a lone timer wakes up its driver at its own tick, not before", "[timer_wheel]") {
    TimerWheel wheel(12'345);
    Probe far([] {});
    wheel.schedule(far, 12'345 + kYear);
    CHECK(wheel.next_wake() == 12'345 + kYear);
    far.cancel();
    CHECK_FALSE(wheel.next_wake().has_value());
}

TEST_CASE("an empty wheel, or one that waits for years, passes a century in one step", "[timer_wheel]") {
    TimerWheel wheel;
    Diary diary(wheel);
    auto a = diary.timer("a");
    wheel.schedule(*a, 101 * kYear);
    CHECK(wheel.advance(100 * kYear, 1) == 0);
    CHECK_FALSE(wheel.is_behind());
    CHECK(wheel.advance(200 * kYear) == 1);
}

TEST_CASE("a timer stays small", "[timer_wheel]") { STATIC_REQUIRE(sizeof(Timer) == 24); }
