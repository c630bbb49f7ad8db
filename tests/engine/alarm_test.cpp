#include "engine/alarm.hpp"

#include <memory>

#include "catch.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Bed {
    timer_wheel::TimerWheel wheel{0};
    AlarmClock clock{wheel};
    Instant now{UtcTime{hours{1000}}, SteadyTime{hours{1}}};

    Bed() { pass(Millis{0}); }
    void pass(Millis span) {
        now.utc += span;
        now.steady += span;
        ring();
    }
    /// As the engine's driver does: the wheel, then the alarms, until nothing is due.
    void ring() {
        do {
            wheel.advance(static_cast<timer_wheel::Tick>(now.steady.time_since_epoch().count()));
            clock.run_due(now);
        } while (wheel.next_due() &&
                 *wheel.next_due() <= static_cast<timer_wheel::Tick>(now.steady.time_since_epoch().count()));
    }
};

}  // namespace

TEST_CASE("an alarm rings once, when it is due", "[engine][alarm]") {
    Bed bed;
    int rung = 0;
    Alarm alarm(bed.clock, [&](Instant) { ++rung; });
    alarm.set(bed.now.steady + seconds{5});
    bed.pass(Millis{4999});
    CHECK(rung == 0);
    bed.pass(Millis{1});
    CHECK(rung == 1);
    bed.pass(hours{1});
    CHECK(rung == 1);
}

TEST_CASE("setting an alarm again moves it, clearing silences it", "[engine][alarm]") {
    Bed bed;
    int rung = 0;
    Alarm alarm(bed.clock, [&](Instant) { ++rung; });
    alarm.set(bed.now.steady + seconds{5});
    alarm.set(bed.now.steady + seconds{9});
    bed.pass(seconds{6});
    CHECK(rung == 0);
    bed.pass(seconds{3});
    CHECK(rung == 1);
    alarm.set(bed.now.steady + seconds{1});
    alarm.clear();
    bed.pass(seconds{2});
    CHECK(rung == 1);
}

TEST_CASE("an alarm by the wall clock follows its steps both ways", "[engine][alarm]") {
    Bed bed;
    int rung = 0;
    Alarm alarm(bed.clock, [&](Instant) { ++rung; });
    alarm.set(bed.now.utc + hours{1}, bed.now);
    bed.now.utc -= minutes{30};
    bed.pass(minutes{60});
    CHECK(rung == 0);  // by the wall clock half an hour is left
    bed.now.utc += minutes{29};
    bed.pass(Millis{0});
    CHECK(rung == 0);
    bed.pass(minutes{1});
    CHECK(rung == 1);
    alarm.set(bed.now.utc + hours{5}, bed.now);
    bed.now.utc += hours{6};
    bed.pass(Millis{0});
    CHECK(rung == 2);
}

TEST_CASE("an alarm by steady time does not care for the wall clock", "[engine][alarm]") {
    Bed bed;
    int rung = 0;
    Alarm alarm(bed.clock, [&](Instant) { ++rung; });
    alarm.set(bed.now.steady + minutes{1});
    bed.now.utc += hours{6};
    bed.pass(seconds{59});
    CHECK(rung == 0);
    bed.now.utc -= hours{12};
    bed.pass(seconds{1});
    CHECK(rung == 1);
}

TEST_CASE("a step back while a wall alarm is due puts it off", "[engine][alarm]") {
    Bed bed;
    int rung = 0;
    Alarm alarm(bed.clock, [&](Instant) { ++rung; });
    alarm.set(bed.now.utc + minutes{1}, bed.now);
    bed.now.utc += minutes{1} - hours{1};
    bed.now.steady += minutes{1};
    bed.ring();
    CHECK(rung == 0);
    bed.pass(minutes{59});
    CHECK(rung == 0);
    bed.pass(minutes{1});
    CHECK(rung == 1);
}

TEST_CASE("an alarm destroyed while due is silent, also when another destroys it", "[engine][alarm]") {
    Bed bed;
    int rung = 0;
    auto victim = std::make_unique<Alarm>(bed.clock, [&](Instant) { ++rung; });
    Alarm killer(bed.clock, [&](Instant) { victim.reset(); });
    killer.set(bed.now.steady + seconds{1});
    victim->set(bed.now.steady + seconds{2});
    bed.pass(seconds{3});
    CHECK(rung == 0);
}

TEST_CASE("an alarm may destroy itself while it rings, and set others", "[engine][alarm]") {
    Bed bed;
    int rung = 0;
    Alarm other(bed.clock, [&](Instant) { ++rung; });
    std::unique_ptr<Alarm> self;
    self = std::make_unique<Alarm>(bed.clock, [&](Instant now) {
        self.reset();
        other.set(now.steady);  // NOLINT: the ring is a copy that outlives the alarm
    });
    self->set(bed.now.steady + seconds{1});
    bed.pass(seconds{1});
    CHECK(self == nullptr);
    CHECK(rung == 1);
}

}  // namespace runbookd::engine
