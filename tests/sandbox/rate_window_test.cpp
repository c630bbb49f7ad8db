#include "sandbox/rate_window.hpp"

#include "catch.hpp"

namespace runbookd::sandbox {
namespace {

SteadyTime at(int ms) { return SteadyTime{Millis{ms}}; }

TEST_CASE("replies slow down above nine tenths of the limit and are refused above the limit", "[sandbox]") {
    RateWindow window(10);
    for (int i = 1; i <= 9; ++i) CHECK(window.count(at(i)) == Pace::normal);
    CHECK(window.count(at(10)) == Pace::slowed);
    CHECK(window.count(at(11)) == Pace::refused);
}

TEST_CASE("a call leaves the window sixty seconds after it came, refused ones too", "[sandbox]") {
    RateWindow window(2);
    window.count(at(0));
    window.count(at(1000));
    CHECK(window.count(at(2000)) == Pace::refused);
    CHECK(window.used(at(59'999)) == 3);
    CHECK(window.used(at(60'000)) == 2);
    CHECK(window.count(at(61'000)) == Pace::slowed);
    CHECK(window.used(at(62'000)) == 1);
}

TEST_CASE("without limits everything is normal, and a million is reported", "[sandbox]") {
    RateLimits limits(std::nullopt);
    for (int i = 0; i < 5000; ++i) CHECK(limits.count_write(kJobCreate, at(i)) == Pace::normal);
    CHECK(limits.operations.at(kJobCreate).reported_limit() == 1'000'000);
    CHECK(limits.operations.at(kJobCreate).used(at(5000)) == 5000);
}

TEST_CASE("a job create counts as a write too, reads and writes apart", "[sandbox]") {
    RateLimits limits(Limits{100, 3, 100, std::nullopt});
    limits.count_write(kJobCreate, at(1));
    limits.count_write({}, at(2));
    limits.count_write(kJobCreate, at(3));
    CHECK(limits.count_write(kJobCreate, at(4)) == Pace::refused);
    CHECK(limits.count_read(at(5)) == Pace::normal);
    CHECK(limits.writes.used(at(6)) == 4);
    CHECK(limits.operations.at(kJobCreate).used(at(6)) == 3);
}

}  // namespace
}  // namespace runbookd::sandbox
