#pragma once
// The rule in a TZif file's footer, such as "CET-1CEST,M3.5.0,M10.5.0/3": what holds after the last change
// that the file lists, for ever. Pure.
#include <chrono>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace runbookd::zones {

/// When in a year the clock changes: a day, and a time of that day on the clock in force until then.
struct YearlyChange {
    enum class Day {
        julian,       ///< Jn: 1 to 365, 29 February never counted
        of_year,      ///< n: 0 to 365, 29 February counted
        of_the_week,  ///< Mm.w.d: the w-th (5: the last) day d (0: Sunday) of month m
    };
    Day kind = Day::julian;
    unsigned day = 0;
    unsigned month = 0;
    unsigned week = 0;
    std::chrono::seconds time{std::chrono::hours{2}};  ///< −167 to 167 hours

    /// In local time of the given year.
    [[nodiscard]] std::chrono::local_seconds in(std::chrono::year year) const;
};

struct DaylightRule {
    std::chrono::seconds offset{};  ///< local time − UTC while it holds; behind standard time in Dublin
    YearlyChange start;
    YearlyChange end;
};

struct TzRule {
    std::chrono::seconds standard{};  ///< local time − UTC
    std::optional<DaylightRule> daylight;
};

/// Sources: POSIX.1-2017, chapter 8, TZ; RFC 9636, section 3.3.1, for times beyond a day. A daylight name
/// without a rule is refused: POSIX leaves its meaning open, and no TZif file has it. Errors: invalid_input.
[[nodiscard]] Result<TzRule> parse_tz_string(std::string_view text);

}  // namespace runbookd::zones
