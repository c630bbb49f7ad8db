#include "clock_watch/clock_watch.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "catch.hpp"

namespace runbookd::clock_watch {
namespace {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::seconds;

/// Stands in the past of the machine's clock, so that the operating system's timer is due at once.
class HandClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return now_; }
    void pass(Millis span) {
        now_.utc += span;
        now_.steady += span;
    }
    void step(Millis span) { now_.utc += span; }

private:
    Instant now_{UtcTime{hours{24}}, SteadyTime{Millis{10}}};
};

class FakeKernel final : public SyncSource {
public:
    [[nodiscard]] KernelSync look() override {
        ++looks;
        return {};
    }
    int looks = 0;
};

class FakeSource final : public ChangeSource {
public:
    enum class Says { change, nothing, failure };
    FakeSource() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
    ~FakeSource() override { ::close(descriptor_); }
    FakeSource(const FakeSource&) = delete;
    FakeSource& operator=(const FakeSource&) = delete;
    [[nodiscard]] int descriptor() const override { return descriptor_; }
    [[nodiscard]] Result<bool> has_changed() override {
        ::eventfd_t ignored = 0;
        CHECK(::eventfd_read(descriptor_, &ignored) == 0);
        if (says_ == Says::failure) return fail(ErrorCode::unavailable, "it broke");
        return says_ == Says::change;
    }
    void speak(Says what) {
        says_ = what;
        REQUIRE(::eventfd_write(descriptor_, 1) == 0);
    }

private:
    int descriptor_;
    Says says_ = Says::nothing;
};

struct Bed {
    asio::io_context loop;
    HandClock clock;
    FakeKernel kernel;
    timer_wheel::TimerWheel wheel{10};
    async::Timers timers{loop.get_executor(), clock, wheel};
    async::TaskGroup tasks{loop.get_executor(),
                           [](const std::string& task, std::exception_ptr) { FAIL(task); }};
    int changes = 0;
    std::vector<std::string> deaf;
    ClockWatch watch{timers,
                     clock,
                     kernel,
                     {[this] { ++changes; }, [this](const std::string& why) { deaf.push_back(why); }}};
    FakeSource* source = nullptr;

    void start() {
        auto fake = std::make_unique<FakeSource>();
        source = fake.get();
        watch.start(tasks, std::move(fake));
        turn();
    }
    ~Bed() {
        tasks.cancel();
        turn();
        CHECK(tasks.size() == 0);
    }
    /// A bounded number of turns: a timer that is not due yet turns for ever.
    void turn() {
        for (int i = 0; i < 50; ++i) {
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

TEST_CASE("a change that the kernel tells of is passed on at once, each time", "[clock_watch]") {
    Bed bed;
    bed.start();
    CHECK(bed.changes == 0);
    for (int i = 1; i <= 3; ++i) {
        bed.clock.step(-hours{1});
        bed.source->speak(FakeSource::Says::change);
        bed.turn();
        CHECK(bed.changes == i);
    }
    bed.source->speak(FakeSource::Says::nothing);
    bed.turn();
    bed.pass(kHeartbeat);
    CHECK(bed.changes == 3);  // what was told is no news to the heartbeat
    CHECK(bed.deaf.empty());
}

TEST_CASE("without the kernel's help a step is noticed within a heartbeat", "[clock_watch]") {
    for (const Millis step : {Millis{hours{1}}, Millis{-hours{24}}, kLeastStep}) {
        Bed bed;
        bed.watch.start(bed.tasks, fail(ErrorCode::unavailable, "a sandbox forbids it"));
        bed.turn();
        CHECK(bed.deaf == std::vector<std::string>{"a sandbox forbids it"});
        bed.pass(kHeartbeat);
        CHECK(bed.changes == 0);
        bed.clock.step(step);
        bed.pass(kHeartbeat - seconds{1});
        CHECK(bed.changes == 0);
        bed.pass(seconds{1});
        CHECK(bed.changes == 1);
        bed.pass(kHeartbeat);
        CHECK(bed.changes == 1);
    }
}

TEST_CASE("a clock that is slewed has not been set", "[clock_watch]") {
    Bed bed;
    bed.start();
    for (int i = 0; i < 100; ++i) {
        bed.clock.step(Millis{833});
        bed.pass(kHeartbeat);
    }
    CHECK(bed.changes == 0);
}

TEST_CASE("a source that fails is given up once, and the heartbeat goes on", "[clock_watch]") {
    Bed bed;
    bed.start();
    bed.source->speak(FakeSource::Says::failure);
    bed.turn();
    CHECK(bed.deaf == std::vector<std::string>{"it broke"});
    CHECK(bed.tasks.size() == 1);
    bed.clock.step(hours{1});
    bed.pass(kHeartbeat);
    CHECK(bed.changes == 1);
    CHECK(bed.deaf.size() == 1);
}

TEST_CASE("the kernel is asked with each heartbeat, so that it remembers", "[clock_watch]") {
    Bed bed;
    bed.start();
    CHECK(bed.kernel.looks == 1);
    bed.pass(kHeartbeat);
    bed.pass(kHeartbeat);
    CHECK(bed.kernel.looks == 3);
}

}  // namespace runbookd::clock_watch
