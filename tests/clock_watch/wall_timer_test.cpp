#include <poll.h>
#include <sys/timex.h>

#include <cstdlib>

#include "catch.hpp"
#include "clock_watch/change_source.hpp"
#include "clock_watch/kernel_clock.hpp"

namespace runbookd::clock_watch {
namespace {

bool is_readable(const ChangeSource& source) {
    pollfd asked{source.descriptor(), POLLIN, 0};
    return ::poll(&asked, 1, 0) == 1;
}

}  // namespace

TEST_CASE("a wall timer is silent while nobody sets the clock", "[clock_watch]") {
    const auto source = open_wall_timer();
    REQUIRE(source.has_value());
    CHECK_FALSE(is_readable(**source));
    CHECK((*source)->has_changed().value() == false);
}

// A step of one nanosecond, forth and back, is a change for whoever listens, and for the kernel, which then
// no longer holds the clock for synchronised: the machine's owner has to ask for this test.
TEST_CASE("a wall timer speaks each time the clock is set", "[clock_watch]") {
    if (std::getenv("RUNBOOKD_TEST_SETS_CLOCK") == nullptr) {
        SUCCEED("not asked for: RUNBOOKD_TEST_SETS_CLOCK is not in the environment");
        return;
    }
    const auto source = open_wall_timer();
    REQUIRE(source.has_value());
    for (const bool forth : {true, false, true, false}) {
        timex step{};
        step.modes = ADJ_SETOFFSET | ADJ_NANO;
        step.time = forth ? timeval{0, 1} : timeval{-1, 999'999'999};
        INFO("needs CAP_SYS_TIME");
        REQUIRE(::adjtimex(&step) >= 0);
        CHECK(is_readable(**source));
        CHECK((*source)->has_changed().value() == true);
        CHECK_FALSE(is_readable(**source));
    }
}

TEST_CASE("the kernel says whether its clock is synchronised, and that is remembered", "[clock_watch]") {
    KernelClock kernel;
    const auto first = kernel.look();
    const auto second = kernel.look();
    if (first.is_synchronised) CHECK(first.was_synchronised);
    if (first.was_synchronised) CHECK(second.was_synchronised);
}

}  // namespace runbookd::clock_watch
