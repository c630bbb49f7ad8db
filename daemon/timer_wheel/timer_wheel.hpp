#pragma once
// A hierarchical timer wheel in ticks of one millisecond: the only source of time-outs in the daemon.
// It never reads a clock: whoever drives it says what time it is. After Varghese and Lauck, "Hashed and
// Hierarchical Timing Wheels" (SOSP 1987), with one occupancy bitmap per level, so that empty time is
// skipped.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace runbookd::timer_wheel {

using Tick = std::uint64_t;

class TimerWheel;

/// A place in a ring of timers; a ring's head is a Link of its own, so that unlinking needs neither head nor
/// wheel.
struct Link {
    Link* previous = nullptr;
    Link* next = nullptr;
};

/// One timer, embedded in what it belongs to. Cancels itself when destroyed; may be rescheduled from its own
/// fire().
class Timer : private Link {
public:
    using Callback = void (*)(Timer&);
    explicit Timer(Callback on_fire) : on_fire_(on_fire) {}
    ~Timer() { cancel(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    [[nodiscard]] bool is_scheduled() const { return next != nullptr; }
    /// The tick it is due at; meaningful while scheduled.
    [[nodiscard]] Tick due() const { return due_; }
    /// Does nothing when not scheduled. O(1).
    void cancel() {
        if (next == nullptr) return;
        previous->next = next;
        next->previous = previous;
        previous = next = nullptr;
    }

private:
    friend class TimerWheel;
    Tick due_ = 0;
    Callback on_fire_;
};

class TimerWheel {
public:
    explicit TimerWheel(Tick now = 0);
    ~TimerWheel();  ///< whatever is still scheduled is cancelled, not fired
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;

    /// Schedules, or moves, `timer` to `due`; a due tick that is past fires at the next advance (from a
    /// callback: in the present one). O(1), no allocation. `timer` must not be scheduled on another wheel,
    /// and must not outlive this one while scheduled.
    void schedule(Timer& timer, Tick due);

    /// Moves to `now` (never back: an earlier tick is taken as the present one) and fires what is due, in
    /// order of due tick, within a tick in order of scheduling; at most `most` timers. Returns how many
    /// fired: `most` means that more may be due, and that the wheel stands where it stopped. A callback may
    /// schedule and cancel freely, and sees its own tick as now(); it must not call advance().
    std::size_t advance(Tick now, std::size_t most = SIZE_MAX);

    /// The earliest due tick (may be past), or nullopt when empty. O(levels), plus one slot's list.
    [[nodiscard]] std::optional<Tick> next_due() const;
    [[nodiscard]] Tick now() const { return now_; }

private:
    // A timer's level is the highest base-64 digit in which its due tick differs from now, its slot that
    // digit: so everything on one level is due before anything on the next, and a slot's timers move down
    // when now enters it.
    static constexpr unsigned kDigitBits = 6;
    static constexpr unsigned kSlots = 1U << kDigitBits;
    static constexpr unsigned kLevels = (64 + kDigitBits - 1) / kDigitBits;
    struct Level {
        /// Bit n: slot n may hold timers. Cancelling leaves it set; the next look at the slot clears it.
        mutable std::uint64_t occupied = 0;
        std::array<Link, kSlots> slots;
    };
    struct Place {
        unsigned level;
        unsigned slot;
    };

    static Timer& timer_at(Link& link) { return static_cast<Timer&>(link); }
    static const Timer& timer_at(const Link& link) { return static_cast<const Timer&>(link); }
    static Tick earliest_in(const Link& head);
    static void append(Link& head, Timer& timer);

    [[nodiscard]] unsigned digit_of_now(unsigned level) const;
    [[nodiscard]] std::optional<Place> next_place() const;
    [[nodiscard]] Tick start_of(Place place) const;
    void insert(Timer& timer);
    void append_overdue(Timer& timer);
    void sort_overdue();
    Timer* take_present();
    bool enter_next_slot(Tick limit);

    Tick now_;
    std::array<Level, kLevels> levels_;
    Link overdue_;  ///< due before now_: scheduled so, since advance() leaves nothing behind
    bool overdue_sorted_ = true;
};

}  // namespace runbookd::timer_wheel
