// Finding the next instant: first in local time, where the calendar is regular, one stretch of equal offset
// at a time; what a change of offset skips or repeats is looked at between two stretches.
#include <algorithm>
#include <bit>

#include "cron/expression.hpp"

namespace runbookd::cron {
namespace {

using std::chrono::ceil;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr days kCalendarCycle{146'097};  // 400 years
/// No two offsets of a zone lie further apart (the widest: 31 hours, where the date line moved), so that what
/// ended this long ago cannot share a local time with the present.
constexpr days kOffsetsApart{2};
constexpr UtcTime kFirst{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};
constexpr UtcTime kLast{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};

local_seconds local(UtcTime at, seconds offset) {
    return local_seconds{floor<seconds>(at).time_since_epoch() + offset};
}
UtcTime utc(LocalMinutes at, seconds offset) { return UtcTime{at.time_since_epoch() - offset}; }

/// Bits `from` and up.
constexpr std::uint64_t bits_from(unsigned from) { return ~std::uint64_t{0} << from; }
unsigned lowest_bit(std::uint64_t bits) { return static_cast<unsigned>(std::countr_zero(bits)); }

/// The latest local time that any clock of the zone has shown before `interval` began: what lies before it
/// has had its first occurrence.
local_seconds shown_before(const ZoneInterval& interval, const Zone& zone) {
    auto latest = local_seconds::min();
    auto earlier = interval;
    while (earlier.begin > kFirst && interval.begin - earlier.begin < kOffsetsApart) {
        earlier = zone.at(earlier.begin - Millis{1});
        latest = std::max(latest, local(earlier.end, earlier.offset));
    }
    return latest;
}

}  // namespace

std::optional<UtcTime> Expression::next_after(UtcTime after, const Zone& zone) const {
    after = std::max(after, kFirst);
    if (after >= kLast) return std::nullopt;
    const auto horizon = after + kCalendarCycle + kOffsetsApart;
    auto interval = zone.at(after);
    auto from = floor<minutes>(local(after, interval.offset)) + minutes{1};
    auto shown = fixed_time_ ? shown_before(interval, zone) : local_seconds::min();
    for (;;) {
        const auto end = local(std::min(interval.end, horizon), interval.offset);
        if (const auto found = next_local(std::max(from, ceil<minutes>(shown)), end))
            return utc(*found, interval.offset);
        if (interval.end >= horizon) return std::nullopt;
        const auto change = interval.end;
        interval = zone.at(change);
        const auto begin = local(change, interval.offset);
        if (fixed_time_) {
            shown = std::max(shown, end);
            if (next_local(ceil<minutes>(shown), begin)) return change;  // fell into the gap
        }
        from = ceil<minutes>(begin);
    }
}

/// The first local minute in [from, end) that matches.
std::optional<LocalMinutes> Expression::next_local(LocalMinutes from, std::chrono::local_seconds end) const {
    if (from >= end) return std::nullopt;
    auto day = floor<days>(from);
    auto time = next_time(from - day);
    if (!time || !matches_day(day)) {
        const auto next = next_day(day + days{1}, end);
        if (!next) return std::nullopt;
        day = *next;
        time = next_time(minutes{0});
    }
    const LocalMinutes found = day + *time;
    return found < end ? std::optional{found} : std::nullopt;
}

/// The first matching time of a day, from `from` on.
std::optional<std::chrono::minutes> Expression::next_time(minutes from) const {
    const auto hour = static_cast<unsigned>(from.count() / 60);
    const auto minute = static_cast<unsigned>(from.count() % 60);
    const auto in_this_hour = minutes_ & bits_from(minute);
    if ((hours_ >> hour & 1) != 0 && in_this_hour != 0) return minutes{hour * 60 + lowest_bit(in_this_hour)};
    const auto hours = hours_ & bits_from(hour + 1);
    if (hours == 0) return std::nullopt;
    return minutes{lowest_bit(hours) * 60 + lowest_bit(minutes_)};
}

bool Expression::matches_day(local_days day) const {
    const std::chrono::year_month_day date{day};
    return (days_in(date.year() / date.month()) >> static_cast<unsigned>(date.day()) & 1) != 0;
}

/// The first matching day from `from` on that begins before `end`: one look at each month.
std::optional<std::chrono::local_days> Expression::next_day(local_days from, local_seconds end) const {
    const std::chrono::year_month_day date{from};
    auto month = date.year() / date.month();
    auto first_day = static_cast<unsigned>(date.day());
    while (local_days{month / 1} < end) {
        if (const auto left = days_in(month) & bits_from(first_day))
            return local_days{month / std::chrono::day{lowest_bit(left)}};
        month += std::chrono::months{1};
        first_day = 1;
    }
    return std::nullopt;
}

/// Bit n: day n of that month matches. Both days restricted: either is enough.
std::uint32_t Expression::days_in(std::chrono::year_month month) const {
    if ((months_ >> static_cast<unsigned>(month.month()) & 1) == 0) return 0;
    const auto first = std::chrono::weekday{local_days{month / 1}}.c_encoding();
    const auto length = static_cast<unsigned>((month / std::chrono::last).day());
    // The week as it begins on the 1st, five times over, and moved to bits 1 and up.
    constexpr std::uint64_t kEverySeventh = 0x1020'4081;
    const auto week = std::uint64_t{((weekdays_ >> first) | (unsigned{weekdays_} << (7 - first))) & 0x7FU};
    const auto by_weekday = week * kEverySeventh << 1;
    const auto any_of_both = day_restricted_ && weekday_restricted_;
    const auto matching = any_of_both ? days_ | by_weekday : days_ & by_weekday;
    return static_cast<std::uint32_t>(matching & bits_from(1) & ~bits_from(length + 1));
}

/// Whether any day ever matches. 28 years in a row, no century among them, begin on every weekday, leap or
/// not.
bool Expression::has_a_day() const {
    const auto first = std::chrono::year{2000} / 1;
    for (auto month = first; month.year() < std::chrono::year{2028}; month += std::chrono::months{1})
        if (days_in(month) != 0) return true;
    return false;
}

}  // namespace runbookd::cron
