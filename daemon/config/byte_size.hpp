#pragma once
// Sizes in bytes as people write them.
#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace runbookd::config {

/// "65536", "64KiB", "1MiB", "1GiB" (powers of 1024), "64KB", "1MB", "1GB" (powers of 1000), "5B". Whole
/// numbers. Errors: invalid_input.
[[nodiscard]] Result<std::int64_t> parse_byte_size(std::string_view text);

}  // namespace runbookd::config
