#pragma once
// What the service manager is told: ready, reloading, stopping, and that the loop still turns. See
// sd_notify(3) and sd_watchdog_enabled(3). Without a service manager all of it does nothing.
#include <boost/asio/awaitable.hpp>
#include <string>

#include "async/timers.hpp"

namespace runbookd::app {

void tell_ready(const std::string& status);
void tell_reloading();
void tell_stopping();
/// Feeds the watchdog from the loop at half its time; returns at once where none is set.
boost::asio::awaitable<void> feed_watchdog(async::Timers& timers);

}  // namespace runbookd::app
