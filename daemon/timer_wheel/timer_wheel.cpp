#include "timer_wheel/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace runbookd::timer_wheel {
namespace {

/// Bits above `bit`; none for 63.
std::uint64_t bits_above(unsigned bit) { return ~((std::uint64_t{2} << bit) - 1); }

}  // namespace

std::size_t TimerWheel::advance(Tick now, std::size_t most) {
    const auto limit = std::max(now, now_);
    std::size_t fired = 0;
    moves_left_ = most == SIZE_MAX ? SIZE_MAX : kMostMoved;
    is_behind_ = true;
    while (fired < most) {
        auto* const timer = take_next(limit);
        if (timer == nullptr) {
            is_behind_ = moves_left_ == 0;
            break;
        }
        ++fired;
        timer->on_fire_(*timer);  // may have destroyed itself: not to be touched again
    }
    return fired;
}

/// Takes out the timer that is to fire next, and moves now to its tick. nullptr: nothing more is due up to
/// `limit`, where now stands; or moves_left_ is used up.
Timer* TimerWheel::take_next(Tick limit) {
    if (auto* const timer = late_.take()) return timer;
    for (;;) {
        const auto open = open_slot();
        auto* const first_of_few = are_few(open) ? slots_.earliest_of_few(open) : nullptr;
        if (first_of_few != nullptr) {
            stand_at(std::min(first_of_few->due_, limit), open_level_);
            if (first_of_few->due_ > limit) return nullptr;
            slots_.take_of_few(*first_of_few);
            return first_of_few;
        }
        if (open_level_ == 0) {
            if (auto* const timer = slots_.take(open, moves_left_)) return timer;
        } else {
            moves_left_ -= slots_.move(
                open, moves_left_, [this](const Timer& timer) { return slot_at_or_above(timer.due_, 0); });
            is_moving_ = moves_left_ == 0;
        }
        if (moves_left_ == 0) return nullptr;
        // On a higher level until here: something may have fallen to the present tick.
        if (open_level_ > 0) {
            stand_at(now_, 0);
            continue;
        }
        const auto next = next_slot([](unsigned) { return true; });
        const auto start = next ? start_of(*next) : 0;
        if (!next || start > limit) {
            stand_at(limit, 0);
            return nullptr;
        }
        stand_at(start, *next / kSlots);
    }
}

std::optional<Tick> TimerWheel::next_due() const {
    if (const auto due = late_.next_due()) return due;
    std::optional<Tick> earliest;
    const auto look_at = [&](unsigned slot) {
        bool found = false;
        slots_.for_each(slot, [&](const Timer& timer) {
            found = true;
            earliest = std::min(earliest.value_or(timer.due_), timer.due_);
        });
        return found;
    };
    if (look_at(level_0_slot(now_))) return now_;
    // While timers move down, the earliest may have moved already or not.
    if (open_level_ > 0) look_at(open_slot());
    static_cast<void>(next_slot(look_at));
    return earliest;
}

std::optional<Tick> TimerWheel::next_wake() const {
    if (late_.next_due()) return now_;
    const auto open = open_slot();
    if (slots_.may_have_timers(open)) {
        return are_few(open) ? slots_.earliest_of_few(open)->due_ : now_;
    }
    if (is_moving_) return now_;
    const auto slot = next_slot([this](unsigned candidate) { return slots_.may_have_timers(candidate); });
    if (!slot) return std::nullopt;
    return slots_.are_few(*slot) ? slots_.earliest_of_few(*slot)->due_ : start_of(*slot);
}

bool TimerWheel::are_few(unsigned open) const {
    return open_level_ > 0 && !is_moving_ && slots_.are_few(open);
}

void TimerWheel::stand_at(Tick now, unsigned open_level) {
    now_ = now;
    open_level_ = open_level;
    // Of the last slot of all, whose end is no tick, the very last tick counts as plain.
    const auto last = now | ((Tick{1} << (open_level * kDigitBits)) - 1);
    plain_from_ = open_level == 0 ? now : last + (last != ~Tick{0});
}

/// For what is late, or belongs to the open slot.
void TimerWheel::schedule_near(Timer& timer, Tick due) {
    timer.cancel();
    timer.due_ = due;
    if (due < now_) {
        late_.add(timer);
    } else {
        slots_.append(timer, slot_of(due));
    }
}

Tick TimerWheel::start_of(unsigned slot) const {
    const auto level = slot / kSlots;
    const auto shift = level * kDigitBits;
    const auto above = level + 1 < kLevels ? now_ >> (shift + kDigitBits) << (shift + kDigitBits) : 0;
    return above | (Tick{slot % kSlots} << shift);
}

/// The first occupied slot ahead of the present ones that is accepted; those that are offered hold timers or
/// holes.
template <class Accept>
std::optional<unsigned> TimerWheel::next_slot(Accept accept) const {
    for (unsigned level = 0; level < kLevels; ++level) {
        const auto digit = static_cast<unsigned>(now_ >> level * kDigitBits) % kSlots;
        const auto first = digit / 64;
        for (auto word = first; word < kWordsPerLevel; ++word) {
            auto ahead = slots_.occupied(level * kWordsPerLevel + word);
            if (word == first) ahead &= bits_above(digit % 64);
            for (; ahead != 0; ahead &= ahead - 1) {
                const auto slot = level * kSlots + word * 64 + static_cast<unsigned>(std::countr_zero(ahead));
                if (accept(slot)) return slot;
            }
        }
    }
    return std::nullopt;
}

}  // namespace runbookd::timer_wheel
