#pragma once
// Which days an expression names, on a calendar without zones: a few masks, from which a month's days follow
// without a loop. Private to this room.
#include <chrono>
#include <cstdint>
#include <optional>

#include "cron/options.hpp"

namespace runbookd::cron {

/// All that matters of a month.
struct MonthShape {
    unsigned first_weekday;  ///< of its 1st: 0 (Sunday) to 6
    unsigned length;         ///< 28 to 31
};

struct DayRule {
    /// Bit 7 × (k − 1) + w: the month's k-th weekday w (`MON#2`); all five of a weekday: plain `MON`.
    std::uint64_t weekdays = 0;
    std::uint32_t days = 0;          ///< bits 1 to 31
    std::uint32_t before_last = 0;   ///< bit 31 − n: the n-th day before the last; bit 31 is `L`
    std::uint32_t near = 0;          ///< bits 1 to 31: the weekday nearest to that day (`15W`); bit 0: `LW`
    std::uint16_t months = 0;        ///< bits 1 to 12
    std::uint16_t live_months = 0;   ///< those of them in which a day can match. Set by settle()
    std::uint8_t last_weekdays = 0;  ///< bits 0 to 6: the month's last of them (`FRIL`)
    bool restricts_day = false;      ///< day of month does not begin with `*` or `?`
    bool restricts_weekday = false;  ///< nor does day of week
    DayJoin join = DayJoin::either;
    /// Bits 0 to 6 where the weekday alone decides, in every month: the quick case. Set by settle().
    std::uint8_t week = 0;

    /// To be called when all else is set. `live_months` is 0 where no day ever matches.
    void settle();
};

/// Bit n: the n-th matches, by the day-of-month field alone, or by the day-of-week field alone.
[[nodiscard]] std::uint32_t days_by_number(const DayRule& rule, MonthShape shape);
[[nodiscard]] std::uint32_t days_by_weekday(const DayRule& rule, MonthShape shape);
/// By both, joined; whether the month is one of `months` is not asked.
[[nodiscard]] std::uint32_t days_in(const DayRule& rule, MonthShape shape);

[[nodiscard]] bool matches(const DayRule& rule, std::chrono::local_days day);

struct FoundDay {
    std::chrono::local_days day;
    unsigned months_seen;  ///< how many months' days were worked out: the cost
};
/// The first matching day at or after `from`, which lies in the years 0 to 9999; nullopt: none within 400
/// years. A year is one of 14 kinds (leap or not × weekday of 1 January), each of which comes again within 40
/// years; a month that matches in common years at all does so within 12. So at most 12 × 12 months or 41
/// Februaries are seen, whatever the rule.
[[nodiscard]] std::optional<FoundDay> next_day(const DayRule& rule, std::chrono::local_days from);

}  // namespace runbookd::cron
