#pragma once
// A hierarchical timer wheel in ticks of one millisecond: the only source of time-outs in the daemon.
// It never reads a clock: whoever drives it says what time it is. After Varghese and Lauck, "Hashed and
// Hierarchical Timing Wheels" (SOSP 1987), with one occupancy bitmap per level, so that empty time is skipped.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace runbookd::timer_wheel {

using Tick = std::uint64_t;

class TimerWheel;

/// One timer, embedded in what it belongs to. Cancels itself when destroyed; may be rescheduled from its own fire().
class Timer {
public:
    using Callback = void (*)(Timer&);
    explicit Timer(Callback on_fire) : on_fire_(on_fire) {}
    ~Timer() { cancel(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    [[nodiscard]] bool is_scheduled() const { return next_ != nullptr; }
    /// The tick it is due at; meaningful while scheduled.
    [[nodiscard]] Tick due() const { return due_; }
    /// Does nothing when not scheduled. O(1).
    void cancel();

private:
    friend class TimerWheel;
    Timer* previous_ = nullptr;
    Timer* next_ = nullptr;
    Tick due_ = 0;
    Callback on_fire_;
};

class TimerWheel {
public:
    explicit TimerWheel(Tick now = 0);
    ~TimerWheel();  ///< whatever is still scheduled is cancelled, not fired
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;

    /// Schedules, or moves, `timer` to `due`; a due tick that is past fires at the next advance. O(1), no allocation.
    /// `timer` must not be scheduled on another wheel, and must not outlive this one while scheduled.
    void schedule(Timer& timer, Tick due);

    /// Moves to `now` (never back: an earlier tick is taken as the present one) and fires what is due, in order of
    /// due tick, within a tick in order of scheduling; at most `most` timers. Returns how many fired: `most` means
    /// that more may be due, and that the wheel stands where it stopped. A callback may schedule and cancel freely.
    std::size_t advance(Tick now, std::size_t most = SIZE_MAX);

    /// The earliest due tick (may be past), or nullopt when empty. O(levels), plus one slot's list.
    [[nodiscard]] std::optional<Tick> next_due() const;
    [[nodiscard]] Tick now() const { return now_; }

private:
    friend class Timer;
    // How the levels are laid out is the implementation's to choose.
};

}  // namespace runbookd::timer_wheel
