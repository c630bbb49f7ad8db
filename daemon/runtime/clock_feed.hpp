#pragma once
// Tells the engine what becomes of the wall clock: at the start, at once when it was changed, now and then,
// and every second while the engine doubts it.
#include <boost/asio/awaitable.hpp>

#include "async/timers.hpp"
#include "base/clock.hpp"
#include "runtime/dispatch_loop.hpp"

namespace runbookd::runtime {

class ClockFeed {
public:
    /// All of it is borrowed and outlives the feed.
    ClockFeed(DispatchLoop& loop, SyncSource& kernel, async::Timers& timers)
        : loop_(loop), kernel_(kernel), timers_(timers) {}

    /// To be called before the engine is started, and whenever the clock was changed.
    void tell();
    /// Until it is cancelled.
    boost::asio::awaitable<void> run();

private:
    DispatchLoop& loop_;
    SyncSource& kernel_;
    async::Timers& timers_;
};

}  // namespace runbookd::runtime
