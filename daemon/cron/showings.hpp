#pragma once
// Which local times a zone's clocks show more than once, or never: arithmetic on stretches of local time
// around the zone's changes. Private to this room.
#include <chrono>
#include <vector>

#include "cron/zone.hpp"

namespace runbookd::cron {

/// No two offsets of a zone lie further apart (the widest: 31 hours, where the date line moved), nor any of
/// them further from UTC: what lies this far apart cannot share a local time.
inline constexpr std::chrono::days kOffsetsApart{2};
/// The years in which instants are looked for.
inline constexpr UtcTime kFirstInstant{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};
inline constexpr UtcTime kLastInstant{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};

[[nodiscard]] inline std::chrono::local_seconds local(UtcTime at, std::chrono::seconds offset) {
    return std::chrono::local_seconds{std::chrono::floor<std::chrono::seconds>(at).time_since_epoch() +
                                      offset};
}
[[nodiscard]] inline UtcTime utc(std::chrono::local_seconds at, std::chrono::seconds offset) {
    return UtcTime{at.time_since_epoch() - offset};
}

/// Local times [begin, end); empty unless begin < end.
struct Stretch {
    std::chrono::local_seconds begin;
    std::chrono::local_seconds end;
};
/// Ascending and apart.
using Stretches = std::vector<Stretch>;

void take_away(Stretches& stretches, Stretch part);

/// What the clocks show during `interval`.
[[nodiscard]] Stretch shown_in(const ZoneInterval& interval);
/// What they leave out where `before` gives way to `after`, its successor; empty where nothing.
[[nodiscard]] Stretch left_out(const ZoneInterval& before, const ZoneInterval& after);

/// The intervals that may share local times with `interval`, the nearest first.
[[nodiscard]] std::vector<ZoneInterval> near_before(const ZoneInterval& interval, const Zone& zone);
[[nodiscard]] std::vector<ZoneInterval> near_after(const ZoneInterval& interval, const Zone& zone);

}  // namespace runbookd::cron
