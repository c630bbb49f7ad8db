#pragma once
// Reads dates and times of day as a zone's clock shows them. Which instant that is, is not known here.
#include <chrono>
#include <optional>

#include "config/fields.hpp"

namespace runbookd::config {

/// "2026-12-20". nullopt: reported; also of a date that no calendar has.
[[nodiscard]] std::optional<std::chrono::local_days> read_local_date(const Field& field);

/// "2026-12-01T02:00", seconds optional, T or a space between. nullopt: reported; also where `Z` or an offset
/// follows, which would contradict the zone that the time is read in.
[[nodiscard]] std::optional<std::chrono::local_seconds> read_local_time(const Field& field);

}  // namespace runbookd::config
