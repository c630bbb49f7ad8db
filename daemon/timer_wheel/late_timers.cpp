#include "timer_wheel/late_timers.hpp"

#include <algorithm>

namespace runbookd::timer_wheel {

void LateTimers::add(Timer& timer) {
    if (heap_.size() >= make_room_at_) make_room();
    slots_.append(timer, Slots::kKept);
    heap_.push_back({timer.due_, ++order_, timer.entry_});
    std::push_heap(heap_.begin(), heap_.end(), is_later);
}

Timer* LateTimers::take() {
    if (!drop_cancelled()) return nullptr;
    auto* const timer = *heap_.front().entry;
    timer->cancel();
    drop_cancelled();
    return timer;
}

std::optional<Tick> LateTimers::next_due() {
    if (!drop_cancelled()) return std::nullopt;
    return heap_.front().due;
}

/// True when a timer is left: then it is the first.
bool LateTimers::drop_cancelled() {
    while (!heap_.empty() && *heap_.front().entry == nullptr) {
        std::pop_heap(heap_.begin(), heap_.end(), is_later);
        heap_.pop_back();
        // Not before: a chunk given back earlier could hold other timers where the heap still looks.
        if (heap_.empty()) slots_.release(Slots::kKept);
    }
    return !heap_.empty();
}

/// Forgets what was cancelled, so that rescheduling one late timer for ever takes no memory.
void LateTimers::make_room() {
    std::vector<Timer*> timers;
    std::erase_if(heap_, [](const Late& late) { return *late.entry == nullptr; });
    std::sort(heap_.begin(), heap_.end(), [](const Late& a, const Late& b) { return a.order < b.order; });
    timers.reserve(heap_.size());
    for (const auto& late : heap_) timers.push_back(*late.entry);
    slots_.release(Slots::kKept);
    for (std::size_t n = 0; n < timers.size(); ++n) {
        slots_.append(*timers[n], Slots::kKept);
        heap_[n].entry = timers[n]->entry_;
    }
    std::make_heap(heap_.begin(), heap_.end(), is_later);
    make_room_at_ = 2 * heap_.size() + 64;
}

}  // namespace runbookd::timer_wheel
