#pragma once
// Waiting for something to be so: the thing itself is looked at, again and again, never the clock alone.
#include <chrono>
#include <cstdint>
#include <thread>

namespace runbookd::end_to_end {

using Limit = std::chrono::milliseconds;
inline constexpr Limit kPatience{30'000};  // long enough for a busy machine under AddressSanitizer
inline constexpr Limit kNap{5};

/// True as soon as `condition()` is; false when it was not within `limit`.
template <class Condition>
[[nodiscard]] bool wait_for(Condition condition, Limit limit = kPatience, Limit nap = kNap) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= until) return false;
        std::this_thread::sleep_for(nap);
    }
    return true;
}

/// Unix milliseconds by the machine's clock, which is also the programs' own.
[[nodiscard]] inline std::int64_t wall_clock_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace runbookd::end_to_end
