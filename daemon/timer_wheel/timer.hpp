#pragma once
// One timer, embedded in what it belongs to: 24 bytes, beside the 8 of the wheel's entry for it.
#include <cstdint>

#include "timer_wheel/chunk.hpp"

namespace runbookd::timer_wheel {

/// Milliseconds of whatever time the wheel is driven by.
using Tick = std::uint64_t;

/// Cancels itself when destroyed; may be rescheduled from its own callback.
class Timer {
public:
    using Callback = void (*)(Timer&);
    explicit Timer(Callback on_fire) : on_fire_(on_fire) {}
    ~Timer() { cancel(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    [[nodiscard]] bool is_scheduled() const { return entry_ != nullptr; }
    /// The tick it is due at; meaningful while scheduled.
    [[nodiscard]] Tick due() const { return due_; }
    /// Does nothing when not scheduled. O(1).
    void cancel() {
        if (entry_ == nullptr) return;
        clear_entry(entry_);
        entry_ = nullptr;
    }

private:
    friend class Slots;
    friend class LateTimers;
    friend class TimerWheel;
    Tick due_ = 0;
    Timer** entry_ = nullptr;  ///< where the wheel holds this timer: always a pointer back to it
    Callback on_fire_;
};

}  // namespace runbookd::timer_wheel
