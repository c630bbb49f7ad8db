#include "async/timers.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace runbookd::async {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMostAtOnce = 4096;

}  // namespace

Timers::Timers(asio::any_io_executor loop, const Clock& clock, timer_wheel::TimerWheel& wheel)
    : loop_(std::move(loop)), clock_(clock), wheel_(wheel), os_timer_(loop_) {}

void Timers::schedule(timer_wheel::Timer& timer, Millis after) {
    const auto due = to_tick(clock_.now().steady + after);
    wheel_.schedule(timer, due);
    // Most time-outs end after the next wake-up, and are cancelled before it: nothing to do for them.
    if (!armed_for_ || due < *armed_for_) arm(due);
}

void Timers::rearm() {
    const auto wake = wheel_.next_wake();
    if (!wake) {
        os_timer_.cancel();
        armed_for_.reset();
    } else if (armed_for_ != wake) {
        arm(*wake);
    }
}

void Timers::arm(timer_wheel::Tick wake) {
    armed_for_ = wake;
    // Ticks count time suspended; the operating system's timer does not.
    os_timer_.expires_at(std::chrono::steady_clock::time_point{Millis{static_cast<std::int64_t>(wake)}} -
                         time_suspended());
    wait();
}

void Timers::rearm_after_suspend() {
    armed_for_.reset();
    rearm();
}

void Timers::wait() {
    os_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;  // re-armed for another tick, or this object is going
        armed_for_.reset();
        // In pieces, so that a great many at once do not keep sockets waiting; what is left is due at once.
        wheel_.advance(to_tick(clock_.now().steady), kMostAtOnce);
        for (const auto& callback : on_moved_) callback();
        rearm();
    });
}

Deadline::Node::Node(Deadline& owner_of_node)
    : Timer([](Timer& timer) {
          auto& deadline = static_cast<Node&>(timer).owner;
          deadline.expired_ = true;
          deadline.on_expire_();
      }),
      owner(owner_of_node) {}

Deadline::Deadline(Timers& timers, Millis after, std::function<void()> on_expire)
    : on_expire_(std::move(on_expire)), timer_(*this) {
    timers.schedule(timer_, after);
}

asio::awaitable<void> sleep_for(Timers& timers, Millis span) {
    asio::steady_timer parked(timers.executor(), asio::steady_timer::time_point::max());
    const Deadline deadline(timers, span, [&parked] { parked.cancel(); });
    boost::system::error_code woken;
    co_await parked.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

}  // namespace runbookd::async
