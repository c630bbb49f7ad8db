#pragma once
// The wheel on the loop: one operating-system timer sleeps until the wheel has something to do, and lets it.
// Everything that waits for time in the daemon waits here. Loop thread only.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "timer_wheel/timer_wheel.hpp"

namespace runbookd::async {

/// Ticks are milliseconds of the clock's steady time.
[[nodiscard]] constexpr timer_wheel::Tick to_tick(SteadyTime t) {
    return static_cast<timer_wheel::Tick>(t.time_since_epoch().count());
}

class Timers {
public:
    /// `clock` and `wheel` outlive this. Destroying it leaves what is scheduled on the wheel in place,
    /// unfired.
    Timers(boost::asio::any_io_executor loop, const Clock& clock, timer_wheel::TimerWheel& wheel);

    /// Fires `timer` after `after`; see TimerWheel::schedule.
    void schedule(timer_wheel::Timer& timer, Millis after);
    /// Called after each time the wheel has moved, on the loop, and after those that were given before.
    void on_moved(std::function<void()> callback) { on_moved_.push_back(std::move(callback)); }
    /// To be called after the wheel was changed behind this object's back (the engine does).
    void rearm();
    /// To be called after the machine was suspended: the operating system's timer stood still meanwhile.
    void rearm_after_suspend();
    [[nodiscard]] boost::asio::any_io_executor executor() const { return loop_; }

private:
    void arm(timer_wheel::Tick wake);
    void wait();

    boost::asio::any_io_executor loop_;
    const Clock& clock_;
    timer_wheel::TimerWheel& wheel_;
    boost::asio::steady_timer os_timer_;
    std::optional<timer_wheel::Tick> armed_for_;
    std::vector<std::function<void()>> on_moved_;
};

/// Calls `on_expire` once, `after` from now, unless it is destroyed or cancelled first. The usual use: close
/// a socket, so that the operation under way ends; then ask expired() why it did.
class Deadline {
public:
    Deadline(Timers& timers, Millis after, std::function<void()> on_expire);
    [[nodiscard]] bool expired() const { return expired_; }
    void cancel() { timer_.cancel(); }

private:
    struct Node : timer_wheel::Timer {
        explicit Node(Deadline& owner_of_node);
        Deadline& owner;
    };
    std::function<void()> on_expire_;
    bool expired_ = false;
    Node timer_;
};

/// Resumes after `span`; ends early, without an error, when the coroutine is cancelled.
boost::asio::awaitable<void> sleep_for(Timers& timers, Millis span);

}  // namespace runbookd::async
