#include "timer_wheel/slots.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace runbookd::timer_wheel {
namespace {

constexpr std::size_t kCacheLine = 64;

// One step of closing holes, once per new chunk, looks at no more chunks than this. Freeing one is the aim;
// what a step could not do is left to the next.
constexpr int kChunksPerStep = 8;

// Denser chunks are left for later: moving what is in them would cost more than the room that it makes is
// worth.
constexpr std::size_t kSparse = Chunk::kEntries / 2;

// Of a chunk, on average, before holes are closed up. Forty bytes a timer allow no more.
constexpr std::size_t kTolerableHoles = Chunk::kEntries * 3 / 8;

// The last chunks of slots cannot be closed up: without some leave a small wheel would try for ever.
constexpr std::size_t kLeave = 64;

// Fetching on behalf of a hole, or of what is not filled yet, is harmless: a prefetch never faults.
void fetch(const void* address) { __builtin_prefetch(address, 1); }

void fetch_chunk(const Chunk& chunk) {
    for (std::size_t at = 0; at < Chunk::kBytes; at += kCacheLine)
        fetch(reinterpret_cast<const char*>(&chunk) + at);
}

}  // namespace

Slots::~Slots() {
    for (unsigned slot = 0; slot < kCount; ++slot)
        for_each(slot, [](Timer& timer) { timer.entry_ = nullptr; });
}

Timer* Slots::take(unsigned slot, std::size_t& most_holes) {
    while (ends_[slot] != nullptr) {
        begin(slot);
        for (auto* const end = end_of(*reading_); read_ != end;) {
            auto* const timer = std::exchange(*read_, nullptr);
            if (timer != nullptr) {
                ++read_;
                timer->entry_ = nullptr;
                return timer;
            }
            if (most_holes == 0) return nullptr;
            --most_holes;
            --holes_;
            ++read_;
        }
        recycle(*reading_);
    }
    return nullptr;
}

void Slots::fetch_timers(Chunk& chunk) const {
    for (auto** entry = chunk.entries.data(); entry != end_of(chunk); ++entry)
        if (*entry != nullptr) fetch(*entry);
}

/// Fetches what comes after the chunk that is to be read: the timers of the next, the entries of the one
/// behind.
void Slots::fetch_ahead(const Chunk& chunk) const {
    if (chunk.next == &chunk) return;
    fetch_timers(*chunk.next);
    fetch_chunk(*chunk.next->next);
}

Timer* Slots::earliest_of_few(unsigned slot) const {
    Timer* earliest = nullptr;
    for (auto** entry = first_of(slot); entry != ends_[slot]; ++entry)
        if (*entry != nullptr && (earliest == nullptr || (*entry)->due_ < earliest->due_)) earliest = *entry;
    return earliest;
}

void Slots::take_of_few(Timer& timer) {
    begin(static_cast<unsigned>(Chunk::of(timer.entry_).slot));
    timer.cancel();
    drop_leading_holes();
}

/// Only for few, whose chunk is the slot's only one.
void Slots::drop_leading_holes() {
    const auto end = ends_[reading_->slot];
    for (; read_ != end && *read_ == nullptr; ++read_) --holes_;
    if (read_ == end) recycle(*reading_);
}

bool Slots::may_have_timers(unsigned slot) const {
    if (ends_[slot] == nullptr) return false;
    auto& last = tail(slot);
    return last.next != &last ||
           std::any_of(last.entries.data(), ends_[slot], [](const Timer* timer) { return timer != nullptr; });
}

void Slots::release(unsigned slot) {
    while (ends_[slot] != nullptr) {
        auto& chunk = tail(slot);
        holes_ -= static_cast<std::size_t>(std::count(chunk.entries.data(), ends_[slot], nullptr));
        recycle(chunk);
    }
}

/// Gives the slot a new chunk; its first entry is where the next timer goes.
Timer** Slots::grow(unsigned slot) {
    if (holes_ > (in_use_ + kLeave) * kTolerableHoles) {
        close_holes();
    } else {
        owed_ = 0;
    }
    auto& chunk = free_chunk();
    ++in_use_;
    chunk.slot = slot;
    if (ends_[slot] == nullptr) {
        chunk.next = chunk.previous = &chunk;
        occupied_[slot / 64] |= std::uint64_t{1} << slot % 64;
    } else {
        auto& last = tail(slot);
        chunk.previous = &last;
        chunk.next = last.next;
        chunk.next->previous = &chunk;
        last.next = &chunk;
    }
    return chunk.entries.data();
}

Chunk& Slots::free_chunk() {
    if (free_ != nullptr) {
        auto& chunk = *free_;
        free_ = chunk.next;
        if (free_ != nullptr) fetch(free_);
        return chunk;
    }
    if (fresh_ == fresh_end_) {
        std::unique_ptr<Slab, FreeSlab> slab(
            static_cast<Slab*>(::operator new(sizeof(Slab), std::align_val_t{Slab::kBytes})));
        slab->holes = &holes_;
        slabs_.push_back(std::move(slab));
        fresh_ = slabs_.back()->chunks.data();
        fresh_end_ = fresh_ + Slab::kChunks;
    }
    ++touched_;
    return *fresh_++;
}

/// Takes a chunk out of its slot, whatever stands in it.
void Slots::recycle(Chunk& chunk) {
    const auto slot = chunk.slot;
    if (&chunk == reading_) reading_ = nullptr;
    if (&chunk == closing_) closing_ = nullptr;
    if (chunk.next == &chunk) {
        ends_[slot] = nullptr;
        occupied_[slot / 64] &= ~(std::uint64_t{1} << slot % 64);
    } else {
        // The chunk before is full: only the last of a slot is not.
        if (ends_[slot] == end_of(chunk)) ends_[slot] = chunk.previous->entries.data() + Chunk::kEntries;
        chunk.previous->next = chunk.next;
        chunk.next->previous = chunk.previous;
    }
    --in_use_;
    chunk.next = free_;
    free_ = &chunk;
}

/// Goes on from where the last call stopped, around all slots.
void Slots::close_holes() {
    ++owed_;
    for (int looked = 0; looked < kChunksPerStep && owed_ > 0; ++looked) {
        if (closing_ != nullptr && !can_close(*closing_)) closing_ = nullptr;
        if (closing_ == nullptr) {
            closing_ = next_to_close();
            closing_to_ = nullptr;
        } else if (closing_to_ == nullptr) {
            closing_to_ = closing_->entries.data();
            pack(*closing_);
        } else if (can_close(*closing_->next)) {
            pack(*closing_->next);
        } else {
            closing_ = nullptr;
        }
    }
}

/// Neither the last chunk of a slot, which is being filled, nor any of a slot that is being emptied.
bool Slots::can_close(const Chunk& chunk) const {
    return &chunk != &tail(static_cast<unsigned>(chunk.slot)) &&
           (reading_ == nullptr || reading_->slot != chunk.slot);
}

/// The first chunk of the next occupied slot; nullptr at the end of the round.
Chunk* Slots::next_to_close() {
    auto word = closing_slot_ / 64;
    auto ahead = occupied_[word] >> closing_slot_ % 64 << closing_slot_ % 64;
    while (ahead == 0 && ++word < kWords) ahead = occupied_[word];
    if (ahead == 0) {
        closing_slot_ = 0;
        return nullptr;
    }
    const auto slot = word * 64 + static_cast<unsigned>(std::countr_zero(ahead));
    closing_slot_ = (slot + 1) % kCount;
    return slot == kKept ? nullptr : tail(slot).next;
}

/// Moves the timers of `from`, which is closing_ itself or the one behind it, to where there is room in
/// closing_. When they do not all fit, `from` is the next to be filled up.
void Slots::pack(Chunk& from) {
    auto& next = *from.next;
    fetch_chunk(next);
    const auto live = Chunk::kEntries -
                      static_cast<std::size_t>(std::count(from.entries.begin(), from.entries.end(), nullptr));
    if (live > kSparse) {
        closing_ = &from;
        closing_to_ = from.entries.data() + Chunk::kEntries;
        return;
    }
    if (live > 0) {
        fetch_timers(from);
        move_together(from);
        if (&from == closing_) return;
    }
    const bool was_first = &from == closing_;
    holes_ -= std::min(holes_, Chunk::kEntries);
    recycle(from);
    --owed_;
    if (was_first) {
        closing_ = &next;
        closing_to_ = nullptr;
    }
}

void Slots::move_together(Chunk& from) {
    auto* to = closing_to_;
    const auto* room_end = closing_->entries.data() + Chunk::kEntries;
    for (auto& entry : from.entries) {
        auto* const timer = std::exchange(entry, nullptr);
        if (timer == nullptr) continue;
        if (to == room_end) {
            closing_ = &from;
            to = from.entries.data();
            room_end = nullptr;
        }
        *to = timer;
        timer->entry_ = to++;
    }
    closing_to_ = to;
}

}  // namespace runbookd::timer_wheel
