#include "counted_memory.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

std::size_t g_bytes = 0, g_peak = 0;

// glibc keeps its own word beside what one may use.
constexpr std::size_t kBeside = sizeof(std::size_t);

}  // namespace

void* operator new(std::size_t size) {
    void* const place = std::malloc(size);
    if (place == nullptr) throw std::bad_alloc();
    g_bytes += malloc_usable_size(place) + kBeside;
    g_peak = std::max(g_peak, g_bytes);
    return place;
}

void operator delete(void* place) noexcept {
    if (place != nullptr) g_bytes -= malloc_usable_size(place) + kBeside;
    std::free(place);
}

void operator delete(void* place, std::size_t) noexcept { operator delete(place); }

namespace runbookd::bench {

std::size_t bytes_in_use() { return g_bytes; }
std::size_t peak_bytes() { return g_peak; }
void forget_peak() { g_peak = g_bytes; }

}  // namespace runbookd::bench
