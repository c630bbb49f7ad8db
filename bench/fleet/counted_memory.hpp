#pragma once
// What this program has allocated: every allocation is counted with what the allocator really takes for it.
#include <cstddef>

namespace runbookd::bench {

[[nodiscard]] std::size_t bytes_in_use();
/// The most since forget_peak().
[[nodiscard]] std::size_t peak_bytes();
void forget_peak();

}  // namespace runbookd::bench
