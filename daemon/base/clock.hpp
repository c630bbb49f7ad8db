#pragma once
// The door to time. Only clock.cpp reads the real clocks; everything else is handed an Instant or a Clock.
#include "base/time.hpp"

namespace runbookd {

class Clock {
public:
    virtual ~Clock() = default;
    /// Both clocks, read together.
    [[nodiscard]] virtual Instant now() const = 0;
};

/// The machine's clocks. Steady time counts while the machine is suspended (CLOCK_BOOTTIME, Linux), for a
/// time-out of an hour is over an hour later, whoever slept meanwhile.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override;
};

/// How long the machine has been suspended since it was started: what steady time is ahead of
/// std::chrono::steady_clock (CLOCK_MONOTONIC), by which the timers of Asio run.
[[nodiscard]] Millis time_suspended();

/// What the kernel says of its wall clock.
struct KernelSync {
    bool is_synchronised = false;   ///< a time service keeps it right, and said so lately
    bool was_synchronised = false;  ///< it was so now, or at an earlier look of this process
};

/// Asks the kernel; remembers what it said. See clock_watch::KernelClock.
class SyncSource {
public:
    virtual ~SyncSource() = default;
    [[nodiscard]] virtual KernelSync look() = 0;
};

}  // namespace runbookd
