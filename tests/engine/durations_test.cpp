#include "engine/durations.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "catch.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Followed {
    double looks_for_each = 0;
    Millis median_delay{};
};

/// Follows so many jobs one after the other by what the curve says, and tells it what is seen.
Followed follow(DurationCurve& curve, int jobs, double looks, const std::function<Millis()>& duration) {
    std::size_t all_looks = 0;
    std::vector<Millis> delays;
    for (int i = 0; i < jobs; ++i) {
        const auto ends = duration();
        Millis seen_open{0};
        Millis age{0};
        for (;;) {
            age += std::max<Millis>(curve.pause(age, looks), Millis{1});
            ++all_looks;
            if (age >= ends) break;
            curve.saw_running(seen_open, age);
            seen_open = age;
        }
        curve.saw_end(seen_open, age);
        delays.push_back(age - ends);
    }
    std::sort(delays.begin(), delays.end());
    return {static_cast<double>(all_looks) / jobs, delays[delays.size() / 2]};
}

}  // namespace

TEST_CASE("a job takes about as many looks as were asked for, whatever jobs are like",
          "[engine][durations]") {
    std::mt19937_64 random(7);
    std::uniform_int_distribution<std::int64_t> minutes_1_to_10(60'000, 600'000);
    std::lognormal_distribution<double> hours_long(std::log(3.6e6), 1.0);
    for (const double looks : {3.0, 5.0, 10.0}) {
        DurationCurve uniform;
        (void)follow(uniform, 300, looks, [&] { return Millis{minutes_1_to_10(random)}; });
        const auto known = follow(uniform, 1000, looks, [&] { return Millis{minutes_1_to_10(random)}; });
        CHECK(known.looks_for_each < looks * 1.1);
        CHECK(known.looks_for_each > looks * 0.8);

        DurationCurve spread;
        const auto cold =
            follow(spread, 500, looks, [&] { return Millis{static_cast<std::int64_t>(hours_long(random))}; });
        CHECK(cold.looks_for_each < looks * 1.3);
        CHECK(cold.looks_for_each > looks * 0.7);
    }
}

TEST_CASE("what is known of a component makes ends known sooner, for the same looks", "[engine][durations]") {
    std::mt19937_64 random(7);
    std::uniform_int_distribution<std::int64_t> between(60'000, 600'000);
    DurationCurve curve;
    const auto learning = follow(curve, 20, 5, [&] { return Millis{between(random)}; });
    (void)follow(curve, 300, 5, [&] { return Millis{between(random)}; });
    const auto known = follow(curve, 1000, 5, [&] { return Millis{between(random)}; });
    CHECK(known.median_delay < learning.median_delay);
    CHECK(known.median_delay < seconds{36});  // evenly spaced looks could not be below 30 s
}

TEST_CASE("a job that always takes a minute is not looked at before", "[engine][durations]") {
    DurationCurve curve;
    for (int i = 0; i < 200; ++i) {
        curve.saw_running(Millis{0}, seconds{58});
        curve.saw_end(seconds{58}, seconds{62});
    }
    CHECK(curve.pause(Millis{0}, 5) > seconds{40});
    CHECK(curve.pause(Millis{0}, 5) < seconds{62});
    // Around that time it is looked at often, and after it ever less.
    CHECK(curve.pause(seconds{58}, 5) < seconds{8});
    CHECK(curve.pause(minutes{30}, 5) > minutes{1});
}

TEST_CASE("jobs that still run count: the first to end do not pass for all", "[engine][durations]") {
    DurationCurve biased;
    DurationCurve whole;
    for (int i = 0; i < 10; ++i) {
        biased.saw_running(Millis{0}, seconds{60});
        biased.saw_end(seconds{60}, seconds{65});
        whole.saw_running(Millis{0}, seconds{60});
        whole.saw_end(seconds{60}, seconds{65});
        for (int running = 0; running < 9; ++running) whole.saw_running(Millis{0}, seconds{200});
    }
    CHECK(whole.pause(seconds{60}, 5) > biased.pause(seconds{60}, 5));
}

TEST_CASE("a component that begins to take longer is learned anew", "[engine][durations]") {
    DurationCurve curve;
    const auto one = [&](Millis took) {
        curve.saw_running(Millis{0}, took);
        curve.saw_end(took, took);
    };
    for (int i = 0; i < 2000; ++i) one(seconds{10});
    for (int i = 0; i < 2000; ++i) one(minutes{20});
    CHECK(curve.pause(Millis{0}, 5) > seconds{10});
    CHECK(curve.pause(seconds{30}, 5) > minutes{3});
}

TEST_CASE("any age and any wish has an answer that is bounded from below", "[engine][durations]") {
    const DurationCurve unknown;
    for (const auto age :
         {Millis{0}, Millis{1}, Millis{999}, Millis{1000}, Millis{hours{36}}, Millis{hours{24 * 30}}})
        for (const double looks : {0.0, 0.55, 1.0, 15.0, 100.0}) {
            const auto pause = unknown.pause(age, looks);
            CHECK(pause >= Millis{0});
            CHECK(pause < hours{24 * 365 * 100});
        }
    DurationCurve curve;
    curve.saw_end(Millis{-5}, Millis{-5});
    curve.saw_end(hours{24 * 365}, hours{24 * 366});
    curve.saw_running(seconds{5}, seconds{3});
    CHECK(curve.pause(Millis{0}, 5) > Millis{0});
}

TEST_CASE("what the store remembers is known from the start", "[engine][durations]") {
    const ComponentUid sweep{"c1"};
    Durations durations;
    durations.restore(std::vector<SeenDuration>(200, {sweep, minutes{5}}));
    CHECK(durations.of(sweep).pause(Millis{0}, 5) > minutes{3});
    CHECK(durations.of(ComponentUid{"c2"}).pause(Millis{0}, 5) < minutes{1});
}

}  // namespace runbookd::engine
