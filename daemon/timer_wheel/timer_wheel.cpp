#include "timer_wheel/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace runbookd::timer_wheel {
namespace {

bool is_empty(const Link& head) { return head.next == &head; }
void clear(Link& head) { head.previous = head.next = &head; }

/// Moves all of `from` to the empty `to`, order kept.
void take_all(Link& from, Link& to) {
    if (is_empty(from)) return clear(to);
    to.next = from.next;
    to.previous = from.previous;
    to.next->previous = &to;
    to.previous->next = &to;
    clear(from);
}

void move_to_back(Link& link, Link& head) {
    link.previous->next = link.next;
    link.next->previous = link.previous;
    link.previous = head.previous;
    link.next = &head;
    head.previous->next = &link;
    head.previous = &link;
}

/// Bits above `bit`; none for 63.
std::uint64_t bits_above(unsigned bit) { return ~((std::uint64_t{2} << bit) - 1); }

}  // namespace

TimerWheel::TimerWheel(Tick now) : now_(now) {
    for (auto& level : levels_)
        for (auto& slot : level.slots) clear(slot);
    clear(overdue_);
}

TimerWheel::~TimerWheel() {
    for (auto& level : levels_)
        for (auto& slot : level.slots)
            while (!is_empty(slot)) timer_at(*slot.next).cancel();
    while (!is_empty(overdue_)) timer_at(*overdue_.next).cancel();
}

void TimerWheel::schedule(Timer& timer, Tick due) {
    timer.cancel();
    timer.due_ = due;
    if (due < now_) {
        append_overdue(timer);
    } else {
        insert(timer);
    }
}

std::size_t TimerWheel::advance(Tick now, std::size_t most) {
    std::size_t fired = 0;
    while (fired < most) {
        if (auto* timer = take_present()) {
            ++fired;
            timer->on_fire_(*timer);  // may have destroyed itself: not to be touched again
        } else if (!enter_next_slot(now)) {
            break;
        }
    }
    return fired;
}

std::optional<Tick> TimerWheel::next_due() const {
    if (!is_empty(overdue_)) return earliest_in(overdue_);
    if (!is_empty(levels_[0].slots[digit_of_now(0)])) return now_;
    const auto place = next_place();
    if (!place) return std::nullopt;
    return place->level == 0 ? start_of(*place) : earliest_in(levels_[place->level].slots[place->slot]);
}

Tick TimerWheel::earliest_in(const Link& head) {
    auto earliest = timer_at(*head.next).due_;
    for (const auto* link = head.next; link != &head; link = link->next)
        earliest = std::min(earliest, timer_at(*link).due_);
    return earliest;
}

void TimerWheel::append(Link& head, Timer& timer) {
    timer.previous = head.previous;
    timer.next = &head;
    head.previous->next = &timer;
    head.previous = &timer;
}

unsigned TimerWheel::digit_of_now(unsigned level) const {
    return static_cast<unsigned>(now_ >> (level * kDigitBits)) % kSlots;
}

/// The first occupied slot ahead of the present one.
std::optional<TimerWheel::Place> TimerWheel::next_place() const {
    for (unsigned number = 0; number < kLevels; ++number) {
        const auto& level = levels_[number];
        for (auto ahead = level.occupied & bits_above(digit_of_now(number)); ahead != 0; ahead &= ahead - 1) {
            const auto slot = static_cast<unsigned>(std::countr_zero(ahead));
            if (!is_empty(level.slots[slot])) return Place{number, slot};
            level.occupied &= ~(std::uint64_t{1} << slot);
        }
    }
    return std::nullopt;
}

/// The first tick that belongs to a slot ahead.
Tick TimerWheel::start_of(Place place) const {
    const auto shift = place.level * kDigitBits;
    const auto above = place.level + 1 < kLevels ? now_ >> (shift + kDigitBits) << (shift + kDigitBits) : 0;
    return above | (Tick{place.slot} << shift);
}

/// For due ticks from now_ on.
void TimerWheel::insert(Timer& timer) {
    // Bit 0 set as well: a timer due now belongs to level 0, whose highest differing digit is the lowest.
    const auto difference = (timer.due_ ^ now_) | 1;
    const auto number = static_cast<unsigned>(std::bit_width(difference) - 1) / kDigitBits;
    const auto slot = static_cast<unsigned>(timer.due_ >> (number * kDigitBits)) % kSlots;
    auto& level = levels_[number];
    level.occupied |= std::uint64_t{1} << slot;
    append(level.slots[slot], timer);
}

void TimerWheel::append_overdue(Timer& timer) {
    overdue_sorted_ =
        is_empty(overdue_) || (overdue_sorted_ && timer_at(*overdue_.previous).due_ <= timer.due_);
    append(overdue_, timer);
}

/// Stable merge sort without allocation: bin n holds a sorted run of 2^n timers, or nothing; what stands in a
/// higher bin was scheduled earlier.
void TimerWheel::sort_overdue() {
    const auto merge = [](Link& earlier, Link& later) {  // the result is left in `earlier`
        Link merged;
        clear(merged);
        while (!is_empty(earlier) && !is_empty(later)) {
            const bool take_later = timer_at(*later.next).due_ < timer_at(*earlier.next).due_;
            move_to_back(take_later ? *later.next : *earlier.next, merged);
        }
        for (auto* rest : {&earlier, &later})
            while (!is_empty(*rest)) move_to_back(*rest->next, merged);
        take_all(merged, earlier);
    };
    std::array<Link, 64> bins;
    for (auto& bin : bins) clear(bin);
    while (!is_empty(overdue_)) {
        Link run;
        clear(run);
        move_to_back(*overdue_.next, run);
        std::size_t n = 0;
        for (; !is_empty(bins[n]); ++n) {
            merge(bins[n], run);
            take_all(bins[n], run);
        }
        take_all(run, bins[n]);
    }
    for (auto& bin : bins) {
        merge(bin, overdue_);
        take_all(bin, overdue_);
    }
    overdue_sorted_ = true;
}

/// Unlinks the timer that is to fire next at this tick; nullptr when there is none.
Timer* TimerWheel::take_present() {
    if (!overdue_sorted_) sort_overdue();
    auto& head = is_empty(overdue_) ? levels_[0].slots[digit_of_now(0)] : overdue_;
    if (is_empty(head)) return nullptr;
    auto& timer = timer_at(*head.next);
    timer.cancel();
    return &timer;
}

/// Moves to the start of the next occupied slot, and spreads its timers over the levels below. False when
/// that lies beyond `limit`: then now_ is `limit`.
bool TimerWheel::enter_next_slot(Tick limit) {
    const auto place = next_place();
    const auto start = place ? start_of(*place) : 0;
    if (!place || start > limit) {
        now_ = std::max(now_, limit);
        return false;
    }
    now_ = start;
    if (place->level == 0) return true;
    auto& level = levels_[place->level];
    level.occupied &= ~(std::uint64_t{1} << place->slot);
    Link falling;
    take_all(level.slots[place->slot], falling);
    while (!is_empty(falling)) {  // in order: what was scheduled first stays in front
        auto& timer = timer_at(*falling.next);
        timer.cancel();
        insert(timer);
    }
    return true;
}

}  // namespace runbookd::timer_wheel
