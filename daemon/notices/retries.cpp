#include "notices/retries.hpp"

#include <algorithm>

namespace runbookd::notices {

Millis pause_after(std::int64_t attempts, std::optional<Millis> asked_for) {
    auto pause = kFirstRetry;
    for (std::int64_t i = 1; i < attempts && pause < kLongestPause; ++i) pause *= 2;
    pause = std::min(pause, kLongestPause);
    return asked_for ? std::max(pause, *asked_for) : pause;
}

std::optional<UtcTime> next_attempt(UtcTime made_at, UtcTime now, std::int64_t attempts,
                                    std::optional<Millis> asked_for) {
    const auto next = now + pause_after(attempts, asked_for);
    if (next > made_at + kGivenUpAfter) return std::nullopt;
    return next;
}

}  // namespace runbookd::notices
