#include "async/timers.hpp"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "catch.hpp"

namespace runbookd::async {
namespace {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::seconds;

/// Stands far in the past, so that the operating system's timer is due at once whatever it is set to, and the
/// wheel alone says what is.
class HandClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return now_; }
    void pass(Millis span) {
        now_.utc += span;
        now_.steady += span;
    }

private:
    Instant now_{UtcTime{hours{1}}, SteadyTime{Millis{10}}};
};

struct Bed {
    asio::io_context loop;
    HandClock clock;
    timer_wheel::TimerWheel wheel{10};
    Timers timers{loop.get_executor(), clock, wheel};

    /// A bounded number of turns: a timer that is not due yet turns for ever.
    void turn() {
        for (int i = 0; i < 20; ++i) {
            loop.restart();
            loop.poll_one();
        }
    }
    void pass(Millis span) {
        clock.pass(span);
        turn();
    }
};

}  // namespace

TEST_CASE("a deadline expires once, when its time has passed", "[async][timers]") {
    Bed bed;
    int expired = 0;
    const Deadline deadline(bed.timers, seconds{10}, [&] { ++expired; });
    bed.pass(seconds{9});
    CHECK(expired == 0);
    CHECK_FALSE(deadline.expired());
    bed.pass(seconds{1});
    CHECK(expired == 1);
    CHECK(deadline.expired());
    bed.pass(hours{1});
    CHECK(expired == 1);
}

TEST_CASE("a deadline that is cancelled or gone does not expire", "[async][timers]") {
    Bed bed;
    int expired = 0;
    Deadline cancelled(bed.timers, seconds{10}, [&] { ++expired; });
    auto gone = std::make_unique<Deadline>(bed.timers, seconds{10}, [&] { ++expired; });
    cancelled.cancel();
    gone.reset();
    bed.pass(seconds{20});
    CHECK(expired == 0);
}

TEST_CASE("an earlier deadline that comes later is served first", "[async][timers]") {
    Bed bed;
    std::string order;
    const Deadline late(bed.timers, seconds{10}, [&] { order += "late "; });
    const Deadline early(bed.timers, seconds{5}, [&] { order += "early "; });
    bed.pass(seconds{5});
    CHECK(order == "early ");
    bed.pass(seconds{5});
    CHECK(order == "early late ");
}

TEST_CASE("a crowd that is due at once is served in pieces, and all of it", "[async][timers]") {
    Bed bed;
    std::size_t expired = 0;
    std::vector<std::unique_ptr<Deadline>> deadlines;
    for (std::size_t n = 0; n < 20'000; ++n)
        deadlines.push_back(std::make_unique<Deadline>(bed.timers, seconds{10}, [&] { ++expired; }));
    bed.clock.pass(seconds{10});
    bed.loop.restart();
    bed.loop.poll_one();
    CHECK(expired < deadlines.size());
    bed.turn();
    CHECK(expired == deadlines.size());
}

TEST_CASE("a deadline behind one that was cancelled is served all the same", "[async][timers]") {
    Bed bed;
    int expired = 0;
    Deadline first(bed.timers, seconds{5}, [&] { ++expired; });
    const Deadline second(bed.timers, seconds{60}, [&] { ++expired; });
    first.cancel();
    bed.pass(seconds{6});
    CHECK(expired == 0);
    bed.pass(seconds{60});
    CHECK(expired == 1);
}

TEST_CASE("whoever asked is told each time the wheel has moved", "[async][timers]") {
    Bed bed;
    std::string told;
    bed.timers.on_moved([&] { told += 'a'; });
    bed.timers.on_moved([&] { told += 'b'; });
    const Deadline deadline(bed.timers, seconds{1}, [] {});
    bed.pass(seconds{1});
    CHECK(told.starts_with("ab"));
    CHECK(told.size() % 2 == 0);
}

TEST_CASE("sleeping ends with its time, or when it is cancelled", "[async][timers]") {
    Bed bed;
    std::string order;
    TaskGroup group(bed.loop.get_executor(), [](const std::string&, std::exception_ptr) {});
    group.spawn("sleeps", [&]() -> asio::awaitable<void> {
        co_await sleep_for(bed.timers, seconds{10});
        order += "woke ";
    });
    bed.turn();
    bed.pass(seconds{9});
    CHECK(order.empty());
    bed.pass(seconds{1});
    CHECK(order == "woke ");
    group.spawn("sleeps on", [&]() -> asio::awaitable<void> {
        co_await sleep_for(bed.timers, hours{1});
        order += "never ";
        co_await sleep_for(bed.timers, hours{1});
    });
    bed.turn();
    group.cancel();
    bed.turn();
    CHECK(group.size() == 0);
}

TEST_CASE("what the wheel holds is due once, however often it is armed again", "[async][timers]") {
    Bed bed;
    int expired = 0;
    const Deadline deadline(bed.timers, seconds{10}, [&] { ++expired; });
    bed.timers.rearm_after_suspend();
    bed.pass(seconds{9});
    bed.timers.rearm_after_suspend();
    CHECK(expired == 0);
    bed.pass(seconds{1});
    bed.timers.rearm_after_suspend();
    bed.turn();
    CHECK(expired == 1);
}

}  // namespace runbookd::async
