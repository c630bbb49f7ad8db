#pragma once
// Boost.Asio's timers, on a clock of our own so that they can be made due at will. A wait is an allocated
// operation; a cancelled one is run like any other, so running it counts.
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "workload.hpp"

namespace runbookd::bench {

struct VirtualClock {
    using duration = std::chrono::milliseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<VirtualClock>;
    static constexpr bool is_steady = true;
    static inline time_point current{};
    static time_point now() { return current; }
};

class Asio {
public:
    static constexpr const char* kName = "Asio";
    static constexpr bool kVirtualTime = true;
    static constexpr std::size_t kMostToStep = 1'000;  ///< each step is three system calls

    explicit Asio(const Workload& load) : load_(load) {
        timers_.reserve(load.timers);
        for (std::size_t n = 0; n < load.timers; ++n) timers_.emplace_back(context_);
    }
    void schedule(std::size_t n, Tick after) {
        timers_[n].expires_at(base_ + std::chrono::milliseconds(after));
        timers_[n].async_wait([](const boost::system::error_code& error) {
            if (!error) ++fired_count;
        });
    }
    void move(std::size_t n, Tick after) { schedule(n, after); }
    void cancel(std::size_t n) { timers_[n].cancel(); }
    template <class Work>
    void in_loop(Work work) {
        work();
        run();
    }
    void advance(Tick after) {
        VirtualClock::current = base_ + std::chrono::milliseconds(after);
        auto due = fired_count;
        while (due < load_.timers && load_.due_sorted[due] <= after) ++due;
        if (due == fired_count) return;
        // Asio looks at its timers when its timerfd says so, and that one follows real time: a timer that is
        // due at once takes the place of the expiry that would have come.
        nudge_.expires_at(VirtualClock::time_point::min());
        nudge_.async_wait([](const boost::system::error_code&) {});
        while (fired_count < due) run();
    }
    void start_over(Tick range) {
        base_ += 2 * std::chrono::milliseconds(range);
        VirtualClock::current = base_;
    }

private:
    using Timer = boost::asio::basic_waitable_timer<VirtualClock>;
    void run() {
        context_.restart();
        context_.poll();
    }
    const Workload& load_;
    boost::asio::io_context context_{1};
    Timer nudge_{context_};
    VirtualClock::time_point base_ = VirtualClock::current;
    std::vector<Timer> timers_;
};

}  // namespace runbookd::bench
