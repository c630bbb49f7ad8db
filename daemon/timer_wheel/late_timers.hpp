#pragma once
// Timers that were scheduled for a tick that had passed. Rare, and in no slot's order: a heap by due tick,
// then by order of scheduling.
#include <cstdint>
#include <optional>
#include <vector>

#include "timer_wheel/slots.hpp"

namespace runbookd::timer_wheel {

/// Their entries stand in Slots::kKept, so that they cancel themselves like any other.
class LateTimers {
public:
    explicit LateTimers(Slots& slots) : slots_(slots) {}

    /// O(log n), amortised.
    void add(Timer& timer);
    /// Takes the earliest out; nullptr when there is none. O(log n).
    Timer* take();
    /// The earliest due tick. O(1), plus the cancelled timers on the way to it.
    [[nodiscard]] std::optional<Tick> next_due();
    [[nodiscard]] std::size_t bytes() const { return heap_.capacity() * sizeof(Late); }

private:
    struct Late {
        Tick due;
        std::uint64_t order;
        Timer** entry;  ///< a hole once cancelled
    };
    static bool is_later(const Late& a, const Late& b) {
        return a.due != b.due ? a.due > b.due : a.order > b.order;
    }
    bool drop_cancelled();
    void make_room();

    Slots& slots_;
    std::vector<Late> heap_;
    std::size_t make_room_at_ = 64;
    std::uint64_t order_ = 0;
};

}  // namespace runbookd::timer_wheel
