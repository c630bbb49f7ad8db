#include "clock_watch/clock_watch.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace runbookd::clock_watch {
namespace {

namespace asio = boost::asio;

/// A descriptor that the loop waits for and does not close.
struct Borrowed {
    Borrowed(const asio::any_io_executor& loop, int descriptor) : stream(loop, descriptor) {}
    ~Borrowed() { stream.release(); }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    asio::posix::stream_descriptor stream;
};

}  // namespace

ClockWatch::ClockWatch(async::Timers& timers, const Clock& clock, SyncSource& kernel, Callbacks callbacks)
    : timers_(timers), clock_(clock), kernel_(kernel), callbacks_(std::move(callbacks)) {}

void ClockWatch::start(async::TaskGroup& tasks, Result<std::unique_ptr<ChangeSource>> source) {
    expected_ahead_ = wall_ahead();
    static_cast<void>(kernel_.look());
    tasks.spawn("clock heartbeat", [this] { return beat(); });
    if (!source) {
        callbacks_.on_deaf(source.error().message);
        return;
    }
    source_ = std::move(*source);
    tasks.spawn("clock changes", [this] { return listen(); });
}

asio::awaitable<void> ClockWatch::listen() {
    Borrowed descriptor(timers_.executor(), source_->descriptor());
    for (;;) {
        boost::system::error_code failed;
        co_await descriptor.stream.async_wait(asio::posix::stream_descriptor::wait_read,
                                              asio::redirect_error(asio::use_awaitable, failed));
        if (failed) co_return;  // cancelled
        const auto changed = source_->has_changed();
        if (!changed) {
            callbacks_.on_deaf(changed.error().message);
            co_return;
        }
        if (*changed) change();
    }
}

asio::awaitable<void> ClockWatch::beat() {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    for (;;) {
        co_await async::sleep_for(timers_, kHeartbeat);
        if (cancellation.cancelled() != asio::cancellation_type::none) co_return;
        static_cast<void>(kernel_.look());
        if (std::chrono::abs(wall_ahead() - expected_ahead_) >= kLeastStep) change();
        expected_ahead_ = wall_ahead();
    }
}

Millis ClockWatch::wall_ahead() const {
    const auto now = clock_.now();
    return now.utc.time_since_epoch() - now.steady.time_since_epoch();
}

void ClockWatch::change() {
    expected_ahead_ = wall_ahead();
    timers_.rearm_after_suspend();
    callbacks_.on_changed();
}

}  // namespace runbookd::clock_watch
