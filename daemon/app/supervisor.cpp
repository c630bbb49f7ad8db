#include "app/supervisor.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <ctime>

namespace runbookd::app {

void tell_ready(const std::string& status) { sd_notify(0, ("READY=1\nSTATUS=" + status).c_str()); }

void tell_reloading() {
    // Type=notify-reload wants the monotonic time of the reload with it.
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto us = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
    sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us)).c_str());
}

void tell_stopping() { sd_notify(0, "STOPPING=1"); }

boost::asio::awaitable<void> feed_watchdog(async::Timers& timers) {
    std::uint64_t limit_us = 0;
    if (sd_watchdog_enabled(0, &limit_us) <= 0) co_return;
    const Millis half{static_cast<std::int64_t>(limit_us / 2000)};
    for (;;) {
        sd_notify(0, "WATCHDOG=1");
        co_await async::sleep_for(timers, half);
    }
}

}  // namespace runbookd::app
