#pragma once
// An expression in plain English, part by part. Correct before elegant: nothing may be said that a calendar
// could prove wrong. Private to this room.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cron/day_rule.hpp"
#include "cron/time_rule.hpp"

namespace runbookd::cron {

/// Whether a stretch of hours may run over midnight: only where each day is as good as the next.
enum class Midnight : std::uint8_t { crossed, not_crossed };

/// "at 02:00 and 14:00", "every 15 minutes from 08:00 to 17:45"
[[nodiscard]] std::string time_words(const TimeRule& times, Midnight midnight);
/// "on the last Friday of every month"; every day of every month: empty.
[[nodiscard]] std::string day_words(const DayRule& days);
/// "every day", "in January"… where the days of the month and of the week leave all days.
[[nodiscard]] bool names_every_day(const DayRule& days);
/// " in January and July"; every month: empty.
[[nodiscard]] std::string in_months(const DayRule& days);

// --- sets of numbers

/// The numbers whose bits are set.
[[nodiscard]] std::vector<int> numbers_in(std::uint64_t mask);
/// Each number the one before plus `step`.
[[nodiscard]] bool is_progression(std::span<const int> numbers, int step);
/// "a", "a and b", "a, b and c"
[[nodiscard]] std::string listed(std::span<const std::string> items, std::string_view last_joint = " and ");
/// "1st", "22nd", "13th"
[[nodiscard]] std::string ordinal(int number);
/// "minute 5", "minute 5 and 20", "minutes 10 to 20", "every 2nd minute from 0 to 58"
[[nodiscard]] std::string set_words(std::string_view noun, std::span<const int> numbers);

}  // namespace runbookd::cron
