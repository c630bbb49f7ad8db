#pragma once
// Five-field cron expressions and the instants they name. Pure: no clock, no zone look-up.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "cron/options.hpp"
#include "cron/zone.hpp"

namespace runbookd::cron {

/// A zone's clock, to the minute.
using LocalMinutes = std::chrono::local_time<std::chrono::minutes>;

/// Where in the expression's text an error sits; the message says what would be valid.
struct SyntaxError {
    std::size_t column = 1;  ///< 1-based, in the expression's text
    std::string field;       ///< "minute", "hour", "day of month", "month", "day of week"; empty: the whole
    std::string message;
    std::string expected;        ///< such as "0-59, a list, a range or a step"
    bool not_supported = false;  ///< the dialect has it, this version does not ("L", "@daily", a sixth field)
};

/// What an expression says, for whoever warns of its traps. Sets of values: bit n stands for the value n.
struct Traits {
    std::optional<Millis> every;  ///< `@every`: the span; then nothing else here means anything
    bool has_seconds = false;     ///< six fields
    bool is_fixed_time = false;   ///< minute and hour both do not begin with `*` or `?`
    std::uint64_t seconds = 0;    ///< {0} for five fields
    std::uint64_t minutes = 0;
    std::uint32_t hours = 0;
    std::uint32_t days = 0;  ///< the days of the month that are named, as n or nW; all for `*`; 29 to 31 may
                             ///< be missing from a month, which is skipped then
    std::uint16_t months = 0;
    std::uint8_t weekdays = 0;       ///< 0 (Sunday) to 6; also those named as nL or n#k
    bool restricts_day = false;      ///< day of month does not begin with `*` or `?`
    bool restricts_weekday = false;  ///< both restricted and DayJoin::either: the two are OR-ed
    DayJoin join = DayJoin::either;  ///< as given
    GapRule gap = GapRule::skip;     ///< as it holds: given, or by the kind of the expression
    RepeatRule repeat = RepeatRule::both;
    std::chrono::days offset{0};
};

/// "minute hour day-of-month month day-of-week" with names, lists, ranges (wrapping: FRI-MON) and steps; 0
/// and 7 are Sunday. Both days restricted: either matches; a field that begins with `*` or `?` is not
/// restricted, and then both must match (so `*/2` still filters). Source: POSIX crontab and Vixie cron.
class Expression {
public:
    /// An expression that can never fire ("0 0 30 2 *") is an error too.
    [[nodiscard]] static tl::expected<Expression, SyntaxError> parse(std::string_view text,
                                                                     const Options& options = {});

    /// The first instant strictly after `after`, in whole minutes of the zone's local time. nullopt: none
    /// within the calendar's 400-year cycle. Bounded work for every expression. Fixed-time expressions
    /// (minute and hour both not beginning with `*`): what falls into a gap fires once, at the first instant
    /// after it; what would occur twice fires at the first. Others fire at every real instant whose local
    /// time matches. One instant fires once.
    [[nodiscard]] std::optional<UtcTime> next_after(UtcTime after, const Zone& zone) const;

    [[nodiscard]] const std::string& text() const { return text_; }
    /// For people: "at 02:00 on Sundays".
    [[nodiscard]] std::string in_words() const { return text_; }
    [[nodiscard]] Traits traits() const;

private:
    Expression() = default;
    [[nodiscard]] std::optional<LocalMinutes> next_local(LocalMinutes from,
                                                         std::chrono::local_seconds end) const;
    [[nodiscard]] std::optional<std::chrono::minutes> next_time(std::chrono::minutes from) const;
    [[nodiscard]] std::optional<std::chrono::local_days> next_day(std::chrono::local_days from,
                                                                  std::chrono::local_seconds end) const;
    [[nodiscard]] bool matches_day(std::chrono::local_days day) const;
    [[nodiscard]] std::uint32_t days_in(std::chrono::year_month month) const;
    [[nodiscard]] bool has_a_day() const;

    std::string text_;
    std::uint64_t minutes_ = 0;  // bit n: minute n
    std::uint32_t hours_ = 0;
    std::uint32_t days_ = 0;     // bits 1 to 31
    std::uint16_t months_ = 0;   // bits 1 to 12
    std::uint8_t weekdays_ = 0;  // bits 0 (Sunday) to 6
    bool day_restricted_ = false;
    bool weekday_restricted_ = false;
    bool fixed_time_ = false;
};

}  // namespace runbookd::cron
