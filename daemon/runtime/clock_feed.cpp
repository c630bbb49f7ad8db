#include "runtime/clock_feed.hpp"

#include <boost/asio/this_coro.hpp>

namespace runbookd::runtime {

namespace asio = boost::asio;

namespace {

constexpr Millis kHeartbeat = std::chrono::seconds{10};
constexpr Millis kWhileDoubted = std::chrono::seconds{1};
// A clock can be set between two heartbeats, and a doubt that began then is not to wait for the next.
constexpr Millis kLook = kWhileDoubted;

}  // namespace

void ClockFeed::tell() {
    const auto kernel = kernel_.look();
    accounts_.tell_all(clock_.now(), [&](const ServedAccount&, engine::Engine& core, Instant now) {
        core.on_clock(kernel, now);
    });
}

asio::awaitable<void> ClockFeed::run() {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    Millis since_told{0};
    for (;;) {
        co_await async::sleep_for(timers_, kLook);
        if (cancellation.cancelled() != asio::cancellation_type::none) co_return;
        since_told += kLook;
        if (!accounts_.is_clock_doubted() && since_told < kHeartbeat) continue;
        since_told = Millis{0};
        tell();
    }
}

}  // namespace runbookd::runtime
