#pragma once
// Tells the engines what becomes of the wall clock: at the start, at once when it was changed, now and then,
// and every second while one of them doubts it.
#include <boost/asio/awaitable.hpp>

#include "async/timers.hpp"
#include "base/clock.hpp"
#include "runtime/accounts.hpp"

namespace runbookd::runtime {

class ClockFeed {
public:
    /// All of it is borrowed and outlives the feed.
    ClockFeed(const Accounts& accounts, SyncSource& kernel, const Clock& clock, async::Timers& timers)
        : accounts_(accounts), kernel_(kernel), clock_(clock), timers_(timers) {}

    /// To be called before the engines are started, and whenever the clock was changed.
    void tell();
    /// Until it is cancelled.
    boost::asio::awaitable<void> run();

private:
    const Accounts& accounts_;
    SyncSource& kernel_;
    const Clock& clock_;
    async::Timers& timers_;
};

}  // namespace runbookd::runtime
