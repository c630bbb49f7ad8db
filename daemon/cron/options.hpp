#pragma once
// What a runbook may say beside the five or six fields: how they are read, and what a change of the clock
// does.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace runbookd::cron {

/// How day of month and day of week go together where both are restricted.
enum class DayJoin : std::uint8_t {
    either,  ///< `days: or`, as in Vixie cron
    both,    ///< `days: and`
};
/// What becomes of a local time that a change of offset leaves out.
enum class GapRule : std::uint8_t {
    shift,  ///< fires once, at the first instant after the gap
    skip,   ///< does not fire
};
/// Which of the instants that share a local time fire; where it is shown once, that one does.
enum class RepeatRule : std::uint8_t { first, second, both };

struct Options {
    /// Whose hash `H` takes: the runbook's name.
    std::string_view scope;
    DayJoin days = DayJoin::either;
    /// Unset: by the kind of the expression. A fixed-time one (minute and hour both not beginning with `*` or
    /// `?`) shifts, and fires at the first; any other skips, and fires at both.
    std::optional<GapRule> gap;
    std::optional<RepeatRule> repeat;
    /// Whole local days after the day that the fields name, at the same time of day; never negative.
    std::chrono::days offset{0};
};

}  // namespace runbookd::cron
