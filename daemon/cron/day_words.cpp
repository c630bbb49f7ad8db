#include <algorithm>
#include <array>

#include "cron/words.hpp"

namespace runbookd::cron {
namespace {

constexpr std::uint32_t kAllDays = 0xFFFF'FFFE;
constexpr std::uint64_t kAllWeekdays = 0x7'FFFF'FFFF;
constexpr std::uint64_t kEveryWeek = 0x1020'4081;
constexpr std::uint16_t kAllMonths = 0x1FFE;
constexpr int kWeeks = 5;
constexpr int kLongestMonth = 31;

constexpr std::array<const char*, 7> kWeekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                               "Thursday", "Friday", "Saturday"};
constexpr std::array<const char*, 13> kMonths{"",        "January",  "February", "March",  "April",
                                              "May",     "June",     "July",     "August", "September",
                                              "October", "November", "December"};
constexpr std::array<const char*, 6> kWhich{"", "first", "second", "third", "fourth", "fifth"};

std::string weekday_name(int weekday) { return kWeekdays.at(static_cast<std::size_t>(weekday)); }

bool all_numbers(const DayRule& rule) { return rule.days == kAllDays; }
bool all_weekdays(const DayRule& rule) { return rule.weekdays == kAllWeekdays; }
bool is_either(const DayRule& rule) {
    return rule.restricts_day && rule.restricts_weekday && rule.join == DayJoin::either;
}

std::string month_list(const DayRule& rule) {
    std::vector<std::string> names;
    for (const auto month : numbers_in(rule.months))
        names.emplace_back(kMonths.at(static_cast<std::size_t>(month)));
    return listed(names);
}

/// How long the shortest of the months can be.
int shortest_month(const DayRule& rule) {
    constexpr std::uint32_t kThirty = 1U << 4 | 1U << 6 | 1U << 9 | 1U << 11;
    if ((rule.months >> 2 & 1) != 0) return 28;
    return (rule.months & kThirty) != 0 ? 30 : kLongestMonth;
}

/// "the 1st to the 7th", "every 2nd day from the 1st to the 31st", "the 1st and the 15th"
void add_numbers(std::vector<std::string>& items, std::uint32_t days) {
    const auto numbers = numbers_in(days);
    if (numbers.empty()) return;
    const auto from_to = "the " + ordinal(numbers.front()) + " to the " + ordinal(numbers.back());
    if (numbers.size() > 2 && is_progression(numbers, 1)) {
        items.push_back(from_to);
    } else if (numbers.size() > 4 && is_progression(numbers, numbers[1] - numbers[0])) {
        items.push_back("every " + ordinal(numbers[1] - numbers[0]) + " day from " + from_to);
    } else {
        for (const auto number : numbers) items.push_back("the " + ordinal(number));
    }
}

std::vector<std::string> number_items(const DayRule& rule) {
    std::vector<std::string> items;
    add_numbers(items, rule.days);
    for (const auto day : numbers_in(rule.near & ~1U))
        items.push_back("the weekday (Monday to Friday) nearest to the " + ordinal(day));
    if ((rule.near & 1) != 0) items.emplace_back("the last weekday (Monday to Friday)");
    for (const auto bit : numbers_in(rule.before_last)) {
        const auto before = kLongestMonth - bit;
        items.push_back(before == 0   ? "the last day"
                        : before == 1 ? "the day before the last"
                                      : "the day " + std::to_string(before) + " days before the last");
    }
    return items;
}

/// What a month must be as long as, for every day that is named by number to exist.
int length_needed(const DayRule& rule) {
    int needed = 0;
    if (const auto named = numbers_in(rule.days | (rule.near & ~1U)); !named.empty()) needed = named.back();
    if (const auto bits = numbers_in(rule.before_last); !bits.empty())
        needed = std::max(needed, kLongestMonth - bits.front() + 1);
    return needed;
}

/// Weekdays that are meant in each of the five weeks, bits 0 to 6.
std::uint64_t plain_weekdays(const DayRule& rule) {
    std::uint64_t plain = 0x7F;
    for (int week = 0; week < kWeeks; ++week) plain &= rule.weekdays >> (7 * week);
    return plain;
}

/// "the second Tuesday", "the last Friday"
std::vector<std::string> placed_weekdays(const DayRule& rule) {
    const auto placed = rule.weekdays & ~(plain_weekdays(rule) * kEveryWeek);
    std::vector<std::string> items;
    for (const auto bit : numbers_in(placed))
        items.push_back("the " + std::string(kWhich.at(static_cast<std::size_t>(bit / 7 + 1))) + " " +
                        weekday_name(bit % 7));
    for (const auto weekday : numbers_in(rule.last_weekdays & ~plain_weekdays(rule)))
        items.push_back("the last " + weekday_name(weekday));
    return items;
}

bool names_a_fifth(const DayRule& rule) {
    const auto placed = rule.weekdays & ~(plain_weekdays(rule) * kEveryWeek);
    return placed >> (7 * (kWeeks - 1)) != 0;
}

/// "on Sundays", "from Monday to Friday", "on Mondays and Fridays"
std::string plain_words(std::uint64_t plain) {
    const auto numbers = numbers_in(plain);
    if (numbers.size() > 2 && is_progression(numbers, 1))
        return "from " + weekday_name(numbers.front()) + " to " + weekday_name(numbers.back());
    std::vector<std::string> names;
    for (const auto weekday : numbers) names.push_back(weekday_name(weekday) + "s");
    return "on " + listed(names);
}

/// "on Mondays", "on the second Tuesday of the month", both with " and "
std::string weekday_words(const DayRule& rule) {
    const auto plain = plain_weekdays(rule);
    const auto placed = placed_weekdays(rule);
    std::string words = plain != 0 ? plain_words(plain) : "";
    if (placed.empty()) return words;
    return words + (words.empty() ? "on " : " and on ") + listed(placed) + " of the month";
}

/// "a Monday or the second Friday"
std::string as_weekdays(const DayRule& rule) {
    std::vector<std::string> items;
    for (const auto weekday : numbers_in(plain_weekdays(rule))) items.push_back("a " + weekday_name(weekday));
    const auto placed = placed_weekdays(rule);
    items.insert(items.end(), placed.begin(), placed.end());
    return listed(items, " or ");
}

/// " of every month", " of January and July", and whether a month may lack what was named.
std::string of_months(const DayRule& rule, bool may_lack, bool several) {
    auto words = rule.months == kAllMonths ? std::string(" of every month") : " of " + month_list(rule);
    if (may_lack) words += several ? ", where they exist" : ", where it exists";
    return words;
}

}  // namespace

bool names_every_day(const DayRule& rule) {
    return is_either(rule) ? all_numbers(rule) || all_weekdays(rule)
                           : all_numbers(rule) && all_weekdays(rule);
}

std::string in_months(const DayRule& rule) {
    return rule.months == kAllMonths ? "" : " in " + month_list(rule);
}

std::string day_words(const DayRule& rule) {
    const auto months = in_months(rule);
    const auto with_months = [&](std::string words) { return months.empty() ? words : words + "," + months; };
    const auto numbers = number_items(rule);
    const auto on_numbers = "on " + listed(numbers);
    if (is_either(rule)) return with_months(on_numbers + " of the month or " + weekday_words(rule));
    if (all_weekdays(rule)) {
        const bool may_lack = length_needed(rule) > shortest_month(rule);
        return on_numbers +
               of_months(rule, may_lack, numbers.size() > 1 || numbers[0].find(" to ") != std::string::npos);
    }
    if (!all_numbers(rule))
        return with_months(on_numbers + " of the month, when that is " + as_weekdays(rule));
    const auto placed = placed_weekdays(rule);
    const auto plain = plain_weekdays(rule);
    if (placed.empty()) return plain_words(plain) + months;
    if (plain != 0) return with_months(weekday_words(rule));
    return "on " + listed(placed) + of_months(rule, names_a_fifth(rule), placed.size() > 1);
}

}  // namespace runbookd::cron
