#include "base/clock.hpp"

#include <algorithm>
#include <ctime>

namespace runbookd {
namespace {

std::chrono::nanoseconds read(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);  // cannot fail: the clock is there since Linux 2.6.39
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

}  // namespace

Instant SystemClock::now() const {
    return {std::chrono::floor<Millis>(std::chrono::system_clock::now()),
            SteadyTime{std::chrono::floor<Millis>(read(CLOCK_BOOTTIME))}};
}

Millis time_suspended() {
    const auto awake = read(CLOCK_MONOTONIC);  // first: the difference is never below zero
    return std::chrono::floor<Millis>(std::max(read(CLOCK_BOOTTIME) - awake, std::chrono::nanoseconds{0}));
}

}  // namespace runbookd
