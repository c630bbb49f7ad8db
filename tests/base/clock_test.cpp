#include "base/clock.hpp"

#include <ctime>

#include "catch.hpp"

using namespace runbookd;

TEST_CASE("steady time is the time since boot, suspended or not", "[base]") {
    timespec before{};
    ::clock_gettime(CLOCK_BOOTTIME, &before);
    const auto now = SystemClock().now();
    const auto earlier = Millis{before.tv_sec * 1000 + before.tv_nsec / 1'000'000};
    CHECK(now.steady.time_since_epoch() >= earlier);
    CHECK(now.steady.time_since_epoch() < earlier + std::chrono::minutes{1});
    CHECK(now.utc > from_unix_ms(1'700'000'000'000));
}

TEST_CASE("what the timers' clock missed while suspended is never below zero", "[base]") {
    const auto suspended = time_suspended();
    CHECK(suspended >= Millis{0});
    CHECK(time_suspended() - suspended < Millis{1000});  // and does not grow while awake
}
