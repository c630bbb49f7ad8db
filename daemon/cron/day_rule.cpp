#include "cron/day_rule.hpp"

#include <array>
#include <bit>

namespace runbookd::cron {
namespace {

using std::chrono::days;
using std::chrono::local_days;

/// Bit 0 of each of five groups of seven.
constexpr std::uint64_t kEverySeventh = 0x1020'4081;
constexpr std::uint64_t kFiveWeeks = kEverySeventh * 0x7F;
constexpr std::uint32_t kAllDays = 0xFFFF'FFFE;
constexpr std::uint16_t kAllMonths = 0x1FFE;
constexpr unsigned kLongestMonth = 31;
constexpr std::array<std::uint8_t, 13> kLengths{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

constexpr std::uint32_t up_to(unsigned day) { return kAllDays >> (kLongestMonth - day) & kAllDays; }

/// From weekdays (bit 0 Sunday) to days after the 1st: each of the five groups of seven turned so that the
/// 1st's weekday comes first.
constexpr std::uint64_t turned(std::uint64_t weeks, unsigned first_weekday) {
    const auto kept = kEverySeventh * (0x7FU >> first_weekday);
    return (weeks >> first_weekday & kept) | (weeks << (7 - first_weekday) & kFiveWeeks & ~kept);
}
constexpr std::uint32_t every(unsigned weekday, unsigned first_weekday) {
    return static_cast<std::uint32_t>(turned(kEverySeventh << weekday, first_weekday) << 1);
}

/// The weekday (Monday to Friday) nearest to each of `wanted`, within the month: a Saturday moves to the
/// Friday before it, or from the 1st to the 3rd; a Sunday to the Monday after it, or from the last two back.
constexpr std::uint32_t moved_to_weekdays(std::uint32_t wanted, MonthShape shape) {
    const auto saturdays = wanted & every(6, shape.first_weekday);
    const auto sundays = wanted & every(0, shape.first_weekday);
    const auto first = std::uint32_t{1} << 1;
    const auto last = std::uint32_t{1} << shape.length;
    return (wanted & ~(saturdays | sundays)) | (saturdays & ~first) >> 1 | (saturdays & first) << 2 |
           (sundays & ~last) << 1 | (sundays & last) >> 2;
}

unsigned weekday_of(local_days day) { return std::chrono::weekday{day}.c_encoding(); }

unsigned length_of(std::chrono::year year, unsigned month) {
    return kLengths[month] + unsigned{month == 2 && year.is_leap()};
}

bool either_is_enough(const DayRule& rule) {
    return rule.restricts_day && rule.restricts_weekday && rule.join == DayJoin::either;
}

/// The first day at or after `from` whose weekday is one of `week`, which is not empty.
local_days next_of_week(unsigned week, local_days from) {
    const auto today = weekday_of(from);
    const auto ahead = (week | week << 7) >> today;
    return from + days{std::countr_zero(ahead)};
}

}  // namespace

std::uint32_t days_by_number(const DayRule& rule, MonthShape shape) {
    const auto exists = up_to(shape.length);
    auto found = rule.days | rule.before_last >> (kLongestMonth - shape.length);
    if (rule.near != 0) {
        const auto wanted = (rule.near & exists) | (rule.near & 1U) << shape.length;
        found |= moved_to_weekdays(wanted, shape);
    }
    return found & exists;
}

std::uint32_t days_by_weekday(const DayRule& rule, MonthShape shape) {
    auto found = turned(rule.weekdays, shape.first_weekday) << 1;
    if (rule.last_weekdays != 0) {
        const auto all = turned(rule.last_weekdays * kEverySeventh, shape.first_weekday) << 1;
        found |= all & ~std::uint64_t{up_to(shape.length - 7)};
    }
    return static_cast<std::uint32_t>(found) & up_to(shape.length);
}

std::uint32_t days_in(const DayRule& rule, MonthShape shape) {
    const auto by_number = days_by_number(rule, shape);
    const auto by_weekday = days_by_weekday(rule, shape);
    return either_is_enough(rule) ? by_number | by_weekday : by_number & by_weekday;
}

void DayRule::settle() {
    const auto plain = static_cast<std::uint8_t>(weekdays & 0x7F);
    const bool by_weekday_alone = months == kAllMonths && days == kAllDays && !either_is_enough(*this) &&
                                  last_weekdays == 0 && plain != 0 && weekdays == plain * kEverySeventh;
    week = by_weekday_alone ? plain : 0;
    if (by_weekday_alone) {
        live_months = months;
        return;
    }
    // Every combination of length and first weekday occurs, in every month that has the length.
    std::uint32_t lengths = 0;
    for (unsigned length = 28; length <= kLongestMonth; ++length)
        for (unsigned first = 0; first < 7 && (lengths >> length & 1) == 0; ++first)
            if (days_in(*this, {first, length}) != 0) lengths |= std::uint32_t{1} << length;
    std::uint32_t alive = 0;
    for (unsigned month = 1; month <= 12; ++month) {
        const bool lives = (lengths >> kLengths[month] & 1) != 0 || (month == 2 && (lengths >> 29 & 1) != 0);
        if (lives) alive |= std::uint32_t{1} << month;
    }
    live_months = static_cast<std::uint16_t>(months & alive);
}

bool matches(const DayRule& rule, local_days day) {
    if (rule.week != 0) return (rule.week >> weekday_of(day) & 1) != 0;
    const std::chrono::year_month_day date{day};
    const auto month = static_cast<unsigned>(date.month());
    if ((rule.live_months >> month & 1) == 0) return false;
    const auto number = static_cast<unsigned>(date.day());
    const MonthShape shape{weekday_of(day - days{number - 1}), length_of(date.year(), month)};
    return (days_in(rule, shape) >> number & 1) != 0;
}

std::optional<FoundDay> next_day(const DayRule& rule, local_days from) {
    if (rule.week != 0) return FoundDay{next_of_week(rule.week, from), 0};
    const std::chrono::year_month_day date{from};
    auto year = date.year();
    auto month = static_cast<unsigned>(date.month());
    auto left = ~std::uint32_t{0} << static_cast<unsigned>(date.day());
    unsigned seen = 0;
    for (const auto end = year + std::chrono::years{401}; year < end;) {
        const auto months = static_cast<unsigned>(rule.live_months) >> month << month;
        if (months == 0) {
            ++year;
            month = 1;
            left = kAllDays;
            continue;
        }
        const auto next = static_cast<unsigned>(std::countr_zero(months));
        if (next != month) left = kAllDays;
        month = next;
        const local_days first{year / std::chrono::month{month} / 1};
        const auto found = days_in(rule, {weekday_of(first), length_of(year, month)}) & left;
        ++seen;
        if (found != 0) return FoundDay{first + days{std::countr_zero(found) - 1}, seen};
        ++month;
        left = kAllDays;
    }
    return std::nullopt;
}

}  // namespace runbookd::cron
