#pragma once
// The pieces of memory that a slot's timers stand in, in order of scheduling. Contiguous entries are what
// makes the wheel fast with millions of timers: the timers ahead are known, and fetched before they are
// needed; and cancelling touches no neighbour, as unlinking from a list would.
#include <array>
#include <cstddef>
#include <cstdint>

namespace runbookd::timer_wheel {

class Timer;

/// An entry of a cancelled timer is cleared and stays behind as a hole, so nothing here ever points to a
/// timer that is gone. Aligned to its size, so that an entry's address tells its chunk.
struct Chunk {
    static constexpr std::size_t kBytes = 512;
    static constexpr std::size_t kHeader = 24;
    static constexpr std::size_t kEntries = (kBytes - kHeader) / sizeof(Timer*);

    Chunk* next;  ///< a slot's chunks form a ring; of a free chunk: the next free one
    Chunk* previous;
    std::uint64_t slot;
    std::array<Timer*, kEntries> entries;

    /// The chunk of an entry, or, given a place to write at, of the entry before it.
    static Chunk& of(Timer** entry) {
        return *reinterpret_cast<Chunk*>(reinterpret_cast<std::uintptr_t>(entry) & ~(kBytes - 1));
    }
    /// True behind the last entry of a chunk, and for nullptr.
    static bool is_end(Timer** place) { return reinterpret_cast<std::uintptr_t>(place) % kBytes == 0; }
};
static_assert(sizeof(Chunk) == Chunk::kBytes);
static_assert(Chunk::kHeader + Chunk::kEntries * sizeof(Timer*) == Chunk::kBytes);

/// Many chunks, allocated together and aligned to their size, so that an entry's address tells its slab too:
/// slabs are few, and their headers stay in the cache, where those of the chunks would not.
struct Slab {
    static constexpr std::size_t kBytes = 256UL * 1024;
    static constexpr std::size_t kChunks = kBytes / Chunk::kBytes - 1;

    alignas(Chunk::kBytes) std::size_t* holes;  ///< the count of their owner
    alignas(Chunk::kBytes) std::array<Chunk, kChunks> chunks;

    static Slab& of(Timer** entry) {
        return *reinterpret_cast<Slab*>(reinterpret_cast<std::uintptr_t>(entry) & ~(kBytes - 1));
    }
};
static_assert(sizeof(Slab) == Slab::kBytes);

/// Makes a hole of an entry. O(1), and touches nothing else that is likely to be out of the cache.
inline void clear_entry(Timer** entry) {
    *entry = nullptr;
    ++*Slab::of(entry).holes;
}

}  // namespace runbookd::timer_wheel
