#pragma once
// A hierarchical timer wheel in ticks of one millisecond: the only source of time-outs in the daemon.
// It never reads a clock: whoever drives it says what time it is. After Varghese and Lauck, "Hashed and
// Hierarchical Timing Wheels" (SOSP 1987), with an occupancy bitmap per level, so that empty time is skipped,
// and with chunks in place of linked lists (docs/decisions/0005-timer-wheel.md).
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "timer_wheel/late_timers.hpp"
#include "timer_wheel/slots.hpp"
#include "timer_wheel/timer.hpp"

namespace runbookd::timer_wheel {

class TimerWheel {
public:
    explicit TimerWheel(Tick now = 0) : now_(now), plain_from_(now), late_(slots_) {}
    ~TimerWheel() = default;  ///< whatever is still scheduled is cancelled, not fired
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;

    /// Schedules, or moves, `timer` to `due`; a due tick that is past fires at the next advance (from a
    /// callback: in the present one). O(1), for a past tick O(log n); no allocation, once there was room for
    /// as many. `timer` must not be scheduled on another wheel, and must not outlive this one while
    /// scheduled.
    void schedule(Timer& timer, Tick due) {
        if (due < plain_from_) [[unlikely]]
            return schedule_near(timer, due);
        timer.cancel();
        timer.due_ = due;
        slots_.append(timer, slot_at_or_above(due, 0));
    }

    /// Moves to `now` (never back: an earlier tick is taken as the present one) and fires what is due, in
    /// order of due tick, within a tick in order of scheduling; at most `most` timers. Returns how many
    /// fired. A callback may schedule and cancel freely, and sees its own tick as now(); it must not call
    /// advance().
    ///
    /// Without `most` everything due has fired. With it the call is bounded in all it does (it also moves no
    /// more than kMostMoved timers to a lower level), may stop before everything has, and then stands where
    /// it stopped: see is_behind().
    std::size_t advance(Tick now, std::size_t most = SIZE_MAX);
    static constexpr std::size_t kMostMoved = 4096;

    /// True when the last advance() stopped at its bounds, so that more may be due.
    [[nodiscard]] bool is_behind() const { return is_behind_; }

    /// The earliest due tick (may be past), or nullopt when empty. Looks at every timer of one slot, which
    /// can be most of them: for tests and simulations.
    [[nodiscard]] std::optional<Tick> next_due() const;

    /// The tick to sleep until before advancing again: never after next_due(); before it only a few times for
    /// one timer, when a slot far ahead begins. nullopt when empty. O(levels).
    [[nodiscard]] std::optional<Tick> next_wake() const;

    [[nodiscard]] Tick now() const { return now_; }

    /// All memory that the wheel holds, beside the timers themselves.
    [[nodiscard]] std::size_t bytes() const { return sizeof(*this) + slots_.bytes() + late_.bytes(); }

private:
    // A timer's level is the highest base-256 digit in which its due tick differs from now, its slot that
    // digit: so everything on one level is due before anything on the next, and a slot's timers move down
    // when now enters it.
    static constexpr unsigned kDigitBits = 8;
    static constexpr unsigned kSlots = 1U << kDigitBits;
    static constexpr unsigned kLevels = 64 / kDigitBits;
    static constexpr unsigned kWordsPerLevel = kSlots / 64;
    static_assert(kLevels * kSlots <= Slots::kKept);

    /// For due ticks from now_ on.
    [[nodiscard]] unsigned slot_at_or_above(Tick due, unsigned least_level) const {
        // Bit 0 set as well: a timer due now belongs to level 0.
        const auto differing = static_cast<unsigned>(63 ^ __builtin_clzll((due ^ now_) | 1));
        const auto shift = std::max(differing & ~(kDigitBits - 1), least_level * kDigitBits);
        return shift * (kSlots / kDigitBits) + static_cast<unsigned>(due >> shift) % kSlots;
    }
    /// What belongs to a slot whose timers are moving down has to queue behind them.
    [[nodiscard]] unsigned slot_of(Tick due) const { return slot_at_or_above(due, open_level_); }
    static unsigned level_0_slot(Tick due) { return static_cast<unsigned>(due % kSlots); }
    [[nodiscard]] unsigned open_slot() const { return slot_of(now_); }
    /// The first tick of a slot ahead.
    [[nodiscard]] Tick start_of(unsigned slot) const;
    template <class Accept>
    [[nodiscard]] std::optional<unsigned> next_slot(Accept accept) const;
    /// True when the timers of the open slot are to fire from where they are.
    [[nodiscard]] bool are_few(unsigned open) const;
    void schedule_near(Timer& timer, Tick due);
    void stand_at(Tick now, unsigned open_level);
    Timer* take_next(Tick limit);

    Tick now_;
    // The slot of now on this level is being emptied: its timers fire, unless this is not level 0 and they
    // are many; then they move down.
    unsigned open_level_ = 0;
    // Due ticks from here on are neither late nor of the open slot, unless that is on level 0: one comparison
    // for what schedule() usually meets.
    Tick plain_from_;
    bool is_moving_ = false;  ///< down from the open slot, and not done: some are below it, some still in it
    bool is_behind_ = false;
    std::size_t moves_left_ = 0;
    Slots slots_;
    mutable LateTimers late_;  // asking drops what was cancelled
};

}  // namespace runbookd::timer_wheel
