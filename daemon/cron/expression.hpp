#pragma once
// Cron expressions (five fields, six, macros) and the instants they name. Pure: no clock, no zone look-up.
// The dialect for people: docs/cron.md.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "cron/day_rule.hpp"
#include "cron/options.hpp"
#include "cron/showings.hpp"
#include "cron/time_rule.hpp"
#include "cron/zone.hpp"

namespace runbookd::cron {

/// Where in the expression's text an error sits; the message says what would be valid.
struct SyntaxError {
    std::size_t column = 1;  ///< 1-based, in the expression's text
    std::string field;       ///< as the fields are called ("day of month"); empty: the whole
    std::string message;
    std::string expected;        ///< such as "0-59, a list, a range or a step"
    bool not_supported = false;  ///< the dialect has it, this version does not: nothing any more
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

/// "[second] minute hour day-of-month month day-of-week" or a macro. Both days restricted: either matches
/// (DayJoin); a field that begins with `*` or `?` is not restricted, and then both must match (so `*/2` still
/// filters). Sources: POSIX crontab and Vixie cron; L, W, # and ? as in Quartz; H as in Jenkins.
class Expression {
public:
    /// An expression that can never fire ("0 0 30 2 *") is an error too.
    [[nodiscard]] static tl::expected<Expression, SyntaxError> parse(std::string_view text,
                                                                     const Options& options = {});

    /// The first instant strictly after `after`, in whole seconds. nullopt: none within the calendar's
    /// 400-year cycle. What falls into a gap or occurs twice: Options. One instant fires once.
    ///
    /// Bounded work for every expression and zone: days are searched on the calendar first (at most 144
    /// months, day_rule.hpp), and only the surroundings of a matching day are looked at in the zone (a few
    /// look-ups). Where such a day's times are refused (a gap skipped, a repeat passed over) the search goes
    /// on behind the change of offset. Worst: what matches only in gaps, under GapRule::skip, is given up
    /// after 400 years, four or so look-ups for each change.
    [[nodiscard]] std::optional<UtcTime> next_after(UtcTime after, const Zone& zone) const;

    /// As it was written.
    [[nodiscard]] const std::string& text() const { return text_; }
    /// For people, in local time: "at 02:00 on Sundays".
    [[nodiscard]] std::string in_words() const;
    [[nodiscard]] Traits traits() const;

private:
    Expression() = default;
    [[nodiscard]] std::optional<UtcTime> next_multiple(UtcTime after) const;
    [[nodiscard]] std::optional<UtcTime> next_showing(const ZoneInterval& interval,
                                                      std::chrono::local_seconds from,
                                                      const Zone& zone) const;
    [[nodiscard]] bool is_due_after_gap(const ZoneInterval& interval, const ZoneInterval& following,
                                        const Zone& zone) const;
    [[nodiscard]] std::optional<std::chrono::local_seconds> first_in(const Stretches& stretches) const;
    /// The first local time at or after `from` that the fields and the offset name.
    [[nodiscard]] std::optional<std::chrono::local_seconds> next_local(std::chrono::local_seconds from) const;

    std::string text_;
    TimeRule times_;
    DayRule days_;
    std::int32_t every_ = 0;   // seconds; 0: not `@every`
    std::int32_t offset_ = 0;  // days
    GapRule gap_ = GapRule::skip;
    RepeatRule repeat_ = RepeatRule::both;
    bool has_seconds_ = false;
    bool fixed_time_ = false;
};

}  // namespace runbookd::cron
