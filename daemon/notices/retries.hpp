#pragma once
// When a notice that did not arrive is sent again, and when no more.
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace runbookd::notices {

inline constexpr Millis kFirstRetry = std::chrono::seconds{10};
inline constexpr Millis kLongestPause = std::chrono::hours{1};
/// From when it was made.
inline constexpr Millis kGivenUpAfter = std::chrono::hours{24};

/// After so many attempts (from 1) without success: 10 s, doubled with each, at most 1 h; longer where the
/// other side asked for that.
[[nodiscard]] Millis pause_after(std::int64_t attempts, std::optional<Millis> asked_for);

/// Nullopt: it would be too late for another attempt then.
[[nodiscard]] std::optional<UtcTime> next_attempt(UtcTime made_at, UtcTime now, std::int64_t attempts,
                                                  std::optional<Millis> asked_for);

}  // namespace runbookd::notices
