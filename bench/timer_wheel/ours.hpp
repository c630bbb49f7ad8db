#pragma once
#include <memory>
#include <optional>

#include "timer_wheel/timer_wheel.hpp"
#include "workload.hpp"

namespace runbookd::bench {

class OurWheel {
public:
    static constexpr const char* kName = "wheel";
    static constexpr bool kVirtualTime = true;

    explicit OurWheel(const Workload& load)
        : nodes_(std::make_unique<Node[]>(load.timers)), count_(load.timers) {}
    void schedule(std::size_t n, Tick after) { wheel_.schedule(nodes_[n], base_ + after); }
    void move(std::size_t n, Tick after) { wheel_.schedule(nodes_[n], base_ + after); }
    void cancel(std::size_t n) { nodes_[n].cancel(); }
    void advance(Tick after) { wheel_.advance(base_ + after); }
    /// What follows is counted from here.
    void start_over(Tick range) {
        base_ += 2 * range;
        wheel_.advance(base_);
    }
    [[nodiscard]] double bytes() const {
        return static_cast<double>(wheel_.bytes()) + static_cast<double>(count_ * sizeof(timer_wheel::Timer));
    }

private:
    struct Node : timer_wheel::Timer {
        Node() : Timer([](Timer&) { ++fired_count; }) {}
    };
    Tick base_ = 1'000'000'007;
    timer_wheel::TimerWheel wheel_{base_};
    std::unique_ptr<Node[]> nodes_;
    std::size_t count_;
};

}  // namespace runbookd::bench
