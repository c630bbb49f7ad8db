// What the wheel takes: nothing new once it is warm, and never much more than its timers need.
#include <cstdlib>
#include <memory>
#include <new>
#include <random>
#include <vector>

#include "catch.hpp"
#include "timer_wheel/timer_wheel.hpp"

using runbookd::timer_wheel::Tick;
using runbookd::timer_wheel::Timer;
using runbookd::timer_wheel::TimerWheel;

namespace {

std::size_t allocations = 0;

void* counted(std::size_t bytes, std::size_t alignment) {
    ++allocations;
    // aligned_alloc wants whole multiples of the alignment.
    if (void* const memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment))
        return memory;
    throw std::bad_alloc();
}

struct Idle : Timer {
    Idle() : Timer([](Timer&) {}) {}
};

class Crowd {
public:
    explicit Crowd(std::size_t count) : timers_(std::make_unique<Idle[]>(count)), count_(count) {}
    Timer& operator[](std::size_t n) { return timers_[n]; }
    Timer& any() { return timers_[random_() % count_]; }
    Tick somewhen(Tick range) { return 1 + random_() % range; }
    [[nodiscard]] std::size_t size() const { return count_; }

private:
    std::mt19937_64 random_{7};
    std::unique_ptr<Idle[]> timers_;
    std::size_t count_;
};

double bytes_per_timer(const TimerWheel& wheel, const Crowd& crowd) {
    return static_cast<double>(wheel.bytes()) / static_cast<double>(crowd.size()) + sizeof(Timer);
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return counted(bytes, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

TEST_CASE("a warm wheel allocates nothing, whatever is done to its timers", "[timer_wheel]") {
    TimerWheel wheel(1'000'000);
    Crowd crowd(20'000);
    const auto work = [&] {
        for (std::size_t n = 0; n < crowd.size(); ++n)
            wheel.schedule(crowd[n], wheel.now() + crowd.somewhen(60'000));
        for (int n = 0; n < 100'000; ++n) {
            wheel.schedule(crowd.any(), wheel.now() + crowd.somewhen(60'000));
            if (n % 3 == 0) crowd.any().cancel();
            if (n % 100 == 0) wheel.schedule(crowd.any(), wheel.now() - 5);
            if (n % 10 == 0) wheel.advance(wheel.now() + 1, 100);
        }
        wheel.advance(wheel.now() + 200'000);
    };
    for (int round = 0; round < 3; ++round) work();
    const auto before = allocations;
    work();
    CHECK(allocations == before);
}

TEST_CASE("moving the same timers for ever takes at most forty bytes a timer", "[timer_wheel]") {
    const auto range = GENERATE(Tick{60'000}, Tick{30ULL * 86'400'000});
    TimerWheel wheel;
    Crowd crowd(150'000);
    for (std::size_t n = 0; n < crowd.size(); ++n) wheel.schedule(crowd[n], crowd.somewhen(range));
    CHECK(bytes_per_timer(wheel, crowd) < 36);
    for (std::size_t n = 0; n < 10 * crowd.size(); ++n) wheel.schedule(crowd.any(), crowd.somewhen(range));
    CHECK(bytes_per_timer(wheel, crowd) < 40);
}

TEST_CASE("one timer that is put off again and again, or scheduled late, takes no more and no more",
          "[timer_wheel]") {
    TimerWheel wheel(1000);
    Idle timer;
    for (Tick n = 0; n < 1'000'000; ++n) wheel.schedule(timer, 2000 + n);
    for (Tick n = 0; n < 200'000; ++n) wheel.schedule(timer, n % 1000);
    CHECK(wheel.bytes() < 300'000);
    CHECK(wheel.advance(1000) == 1);
}
