#pragma once
// The wheel's slots: a fixed number of queues of timers, made of chunks that they share. Knows nothing of
// time.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "timer_wheel/chunk.hpp"
#include "timer_wheel/timer.hpp"

namespace runbookd::timer_wheel {

/// Memory: chunks come from slabs that are kept until the end, so nothing is allocated once the most that was
/// ever needed is there. Where more than three in eight entries are holes, every new chunk that a slot takes
/// pays for a bounded step of closing them up. So whatever is done to the timers, chunks and timers together
/// come to less than 40 bytes a timer from about 100,000 on; below, to one chunk for each slot in use and 64
/// more.
class Slots {
public:
    static constexpr unsigned kWords = 33;
    static constexpr unsigned kCount = kWords * 64;
    /// The one slot whose chunks stay as they are until release().
    static constexpr unsigned kKept = kCount - 1;

    Slots() = default;
    ~Slots();  ///< what is still in a slot becomes unscheduled
    Slots(const Slots&) = delete;
    Slots& operator=(const Slots&) = delete;

    /// Puts a timer that stands nowhere at the slot's end. O(1).
    void append(Timer& timer, unsigned slot) {
        auto place = ends_[slot];
        if (Chunk::is_end(place)) [[unlikely]]
            place = grow(slot);
        *place = &timer;
        timer.entry_ = place;
        ends_[slot] = place + 1;
    }
    /// Takes the first timer out; nullptr when there is none, then the slot's chunks are free. Passes holes
    /// over, no more than `most_holes`, from which it subtracts them. One slot has to be emptied before
    /// another.
    Timer* take(unsigned slot, std::size_t& most_holes);
    /// Takes out the first timers and appends each to the slot that `other_slot` names for it, never this
    /// one. Passes at most `most` entries, holes included, and returns how many.
    template <class OtherSlot>
    std::size_t move(unsigned slot, std::size_t most, OtherSlot other_slot);
    /// True when the slot has so few entries that looking for the earliest is cheaper than moving them apart.
    [[nodiscard]] bool are_few(unsigned slot) const {
        return ends_[slot] != nullptr && tail(slot).next == &tail(slot) &&
               ends_[slot] - first_of(slot) <= kFew;
    }
    /// Of few: the one that is due first, of several the one that was appended first; nullptr: nothing but
    /// holes.
    [[nodiscard]] Timer* earliest_of_few(unsigned slot) const;
    /// Takes out one of few.
    void take_of_few(Timer& timer);
    /// Empties a slot at once; of its timers there must be none left that knows its entry.
    void release(unsigned slot);

    /// Bit n of word w: slot 64 w + n has entries, perhaps only holes.
    [[nodiscard]] std::uint64_t occupied(unsigned word) const { return occupied_[word]; }
    /// False when nothing is left, or nothing but holes in one chunk. Looks at one chunk.
    [[nodiscard]] bool may_have_timers(unsigned slot) const;
    /// Calls `visit` with every timer of the slot, in order; it must not change the slot.
    template <class Visit>
    void for_each(unsigned slot, Visit visit) const;

    /// Bytes of all chunks that were ever in use.
    [[nodiscard]] std::size_t bytes() const { return touched_ * sizeof(Chunk); }

private:
    static constexpr std::ptrdiff_t kFew = 10;

    struct FreeSlab {
        void operator()(Slab* slab) const { ::operator delete(slab, std::align_val_t{Slab::kBytes}); }
    };

    Chunk& tail(unsigned slot) const { return Chunk::of(ends_[slot] - 1); }
    void begin(unsigned slot) {
        if (reading_ != nullptr) return;
        reading_ = tail(slot).next;
        read_ = reading_->entries.data();
        fetch_ahead(*reading_);
    }
    [[nodiscard]] Timer** end_of(Chunk& chunk) const {
        return &chunk == &tail(static_cast<unsigned>(chunk.slot)) ? ends_[chunk.slot]
                                                                  : chunk.entries.data() + Chunk::kEntries;
    }
    /// The first entry that was not taken yet, of a slot with one chunk.
    [[nodiscard]] Timer** first_of(unsigned slot) const {
        auto& chunk = tail(slot);
        return &chunk == reading_ ? read_ : chunk.entries.data();
    }
    void drop_leading_holes();
    void fetch_timers(Chunk& chunk) const;
    void fetch_ahead(const Chunk& chunk) const;
    Timer** grow(unsigned slot);
    Chunk& free_chunk();
    void recycle(Chunk& chunk);
    void close_holes();
    [[nodiscard]] bool can_close(const Chunk& chunk) const;
    Chunk* next_to_close();
    void pack(Chunk& from);
    void move_together(Chunk& from);

    std::array<Timer**, kCount> ends_{};  ///< where the next timer of the slot goes; nullptr: no chunk
    std::array<std::uint64_t, kWords> occupied_{};
    std::size_t holes_ = 0;   ///< in all chunks in use, about: never too few
    std::size_t in_use_ = 0;  ///< chunks that belong to a slot
    std::size_t touched_ = 0;
    std::size_t owed_ = 0;  ///< chunks that close_holes() has yet to free
    Chunk* free_ = nullptr;
    Chunk* fresh_ = nullptr;  ///< never used yet: up to fresh_end_
    Chunk* fresh_end_ = nullptr;
    Chunk* reading_ = nullptr;      ///< the first chunk of the slot that is being emptied
    Timer** read_ = nullptr;        ///< the next entry in it
    Chunk* closing_ = nullptr;      ///< where close_holes() goes on; nullptr: at closing_slot_
    Timer** closing_to_ = nullptr;  ///< the first entry of closing_ with room; nullptr: not known yet
    unsigned closing_slot_ = 0;
    std::vector<std::unique_ptr<Slab, FreeSlab>> slabs_;
};

template <class OtherSlot>
std::size_t Slots::move(unsigned slot, std::size_t most, OtherSlot other_slot) {
    std::size_t passed = 0;
    if (reading_ == nullptr && ends_[slot] != nullptr) fetch_timers(*tail(slot).next);
    while (ends_[slot] != nullptr) {
        begin(slot);
        const auto end = end_of(*reading_);
        auto read = read_;
        for (; read != end && passed < most; ++read, ++passed) {
            if (*read == nullptr) {
                --holes_;
                continue;
            }
            auto& timer = **read;
            *read = nullptr;
            append(timer, other_slot(timer));
        }
        read_ = read;
        if (read != end) break;
        recycle(*reading_);
    }
    return passed;
}

template <class Visit>
void Slots::for_each(unsigned slot, Visit visit) const {
    if (ends_[slot] == nullptr) return;
    auto* chunk = &tail(slot);
    do {
        chunk = chunk->next;
        for (auto** entry = chunk->entries.data(); entry != end_of(*chunk); ++entry)
            if (*entry != nullptr) visit(**entry);
    } while (chunk != &tail(slot));
}

}  // namespace runbookd::timer_wheel
