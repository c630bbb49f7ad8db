#include "engine/clock_guard.hpp"

#include <string>
#include <utility>

namespace runbookd::engine {

std::optional<Millis> ClockGuard::look(Instant now) {
    const Millis ahead = now.utc.time_since_epoch() - now.steady.time_since_epoch();
    const auto before = std::exchange(ahead_, ahead);
    if (!before || std::chrono::abs(ahead - *before) <= kStep) return std::nullopt;
    const auto step = ahead - *before;
    // What the kernel said before the step says nothing of the clock after it.
    kernel_.is_synchronised = false;
    doubt(now, "the clock was set " + format_duration(std::chrono::abs(step)) +
                   (step > Millis{0} ? " forward" : " back") + " at " + format_utc(now.utc));
    return step;
}

void ClockGuard::doubt_start(Instant now) { doubt(now, "the clock is behind the newest time in the store"); }

void ClockGuard::hold(Instant now) {
    is_held_ = true;
    if (!doubted_since_) doubted_since_ = now.steady;
}

void ClockGuard::doubt(Instant now, std::string why) {
    doubted_since_ = now.steady;
    why_ = std::move(why);
}

bool ClockGuard::settles(Instant now) {
    if (!doubted_since_ || is_held_) return false;
    const bool is_waited_for = kernel_.was_synchronised && !kernel_.is_synchronised;
    if (is_waited_for && now.steady < believed_at()) return false;
    doubted_since_.reset();
    why_.clear();
    return true;
}

}  // namespace runbookd::engine
