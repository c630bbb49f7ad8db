#pragma once
// The daemon's two kinds of time. Wall time (UTC) says when; steady time says how long.
// They are different types, so that they cannot be mixed.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runbookd {

using Millis = std::chrono::milliseconds;
/// Wall time, UTC, in whole milliseconds since 1970.
using UtcTime = std::chrono::time_point<std::chrono::system_clock, Millis>;
/// Time since an arbitrary start; never stepped.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Millis>;

/// One reading of both clocks, taken together.
struct Instant {
    UtcTime utc{};
    SteadyTime steady{};
};

[[nodiscard]] constexpr std::int64_t to_unix_ms(UtcTime t) { return t.time_since_epoch().count(); }
[[nodiscard]] constexpr UtcTime from_unix_ms(std::int64_t ms) { return UtcTime{Millis{ms}}; }

/// "2026-12-01T02:00:00.000Z": the form of every time that runbookd prints (design of the CLI and the views).
[[nodiscard]] std::string format_utc(UtcTime t);
/// "2026-12-01T03:00:00.000+01:00": the same instant on a clock `offset` ahead of UTC. An offset that is no
/// number of minutes has seconds too: "-00:44:30".
[[nodiscard]] std::string format_local(UtcTime t, std::chrono::seconds offset);
/// Reads ISO 8601: date, optional time (T or space; minutes, seconds, fraction optional), optional Z or
/// ±hh[:]mm. A missing zone means UTC. Fractions beyond milliseconds are cut. Errors: invalid_input.
[[nodiscard]] Result<UtcTime> parse_utc(std::string_view text);

/// Reads a span such as "90s", "15m", "1h30m", "7d", "250ms", "0s" (units ms, s, m, h, d, w; whole numbers).
/// Errors: invalid_input; also past 100 years.
[[nodiscard]] Result<Millis> parse_duration(std::string_view text);
/// The shortest such text: "1h30m", "250ms", "0s".
[[nodiscard]] std::string format_duration(Millis span);

}  // namespace runbookd
