// Fields that read like something else, and days that months lack or that are joined unexpectedly.
#include <array>
#include <bit>

#include "lint/checks.hpp"
#include "lint/field_texts.hpp"

namespace runbookd::lint {
namespace {

constexpr std::uint64_t kEveryMinute = (std::uint64_t{1} << 60) - 1;
constexpr std::uint32_t kEveryHour = (std::uint32_t{1} << 24) - 1;
constexpr std::array<const char*, 12> kMonths{"January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December"};
constexpr std::array<int, 12> kLongest{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

std::string ordinal(int day) {
    const int last = day % 10;
    const bool is_teen = day / 10 == 1;
    return std::to_string(day) + (is_teen || last == 0 || last > 3 ? "th"
                                  : last == 1                      ? "st"
                                  : last == 2                      ? "nd"
                                                                   : "rd");
}

/// One expression of a schedule.
struct Written {
    const cron::Expression& expression;
    cron::Traits traits;
    FieldTexts fields;
    const EntrySubject& entry;

    [[nodiscard]] Finding finding(const char* code, std::string message, std::string expected = {},
                                  std::string suggestion = {}) const {
        return {entry.rule_path, code, "'" + expression.text() + "' " + std::move(message),
                std::move(expected), std::move(suggestion)};
    }
};

/// 29, 30 or 31 by name; the greatest of them.
int late_day(const Written& written) {
    int latest = 0;
    for (auto item : items_of(written.fields.day)) {
        if (item.ends_with('W') || item.ends_with('w')) item.pop_back();
        const auto day = plain_number(item).value_or(0);
        if (day >= 29 && day > latest) latest = day;
    }
    return latest;
}

/// The months that the field names. Those of the whole expression lack the ones without a matching day.
std::uint16_t named_months(const std::string& field) {
    const auto first_of_each = cron::Expression::parse("0 0 1 " + field + " *");
    return first_of_each ? first_of_each->traits().months : std::uint16_t{0};
}

void check_late_day(const Written& written, Findings& findings) {
    const int day = late_day(written);
    if (day == 0) return;
    const auto months = named_months(written.fields.month);
    std::vector<std::string> without;
    bool is_in_february = false;
    for (std::size_t month = 0; month < kMonths.size(); ++month) {
        if ((months >> (month + 1) & 1) == 0) continue;
        if (kLongest[month] < day) without.emplace_back(kMonths[month]);
        is_in_february = is_in_february || month == 1;
    }
    std::string message = "names the " + ordinal(day) + ", which ";
    if (day == 29 && is_in_february)
        message += "February has in leap years only: other years leave it out";
    else if (!without.empty())
        message += list_of(without) + (without.size() == 1 ? " does" : " do") + " not have: left out there";
    else
        return;
    auto with_last = written.fields;
    with_last.day = "L";
    const bool is_all = plain_number(written.fields.day).has_value();
    findings.push_back(written.finding("missing_day", std::move(message), "L for the last day of every month",
                                       is_all ? join_fields(with_last) : std::string()));
}

void check_joined_days(const Subject& subject, const Written& written, Findings& findings) {
    if (subject.is_written(written.entry.path + ".days")) return;
    const auto& [day, weekday] = std::pair{written.fields.day, written.fields.weekday};
    if (written.traits.restricts_day && written.traits.restricts_weekday) {
        findings.push_back(written.finding(
            "days_either",
            "restricts the day of the month and the day of the week, and then either is enough: " +
                written.expression.in_words(),
            "days: and, where both have to match; days: or, where this is meant"));
        return;
    }
    const auto filters = [](const std::string& field) {
        return !is_any(field) && (field.front() == '*' || field.front() == '?');
    };
    const bool is_filtered = (filters(day) && !is_any(weekday)) || (filters(weekday) && !is_any(day));
    if (!is_filtered) return;
    findings.push_back(written.finding(
        "days_both",
        "fires only on days that match both '" + day + "' and '" + weekday +
            "': a field that begins with * is no restriction of its own, it filters the other",
        "days: and, where this is meant; a range such as 1-31/2 in place of */2, where either is enough"));
}

/// "0 0 2 * *" is what somebody types who thinks of seconds, and of two o'clock.
void check_midnight(const Written& written, Findings& findings) {
    const auto& fields = written.fields;
    const bool is_midnight = !fields.second && fields.minute == "0" && fields.hour == "0";
    if (!is_midnight || fields.month != "*" || !is_any(fields.weekday)) return;
    const auto day = plain_number(fields.day).value_or(0);
    const bool reads_as_hour = day >= 2 && day <= 23 && day != 15;  // the 1st and the 15th are common
    if (!reads_as_hour) return;
    findings.push_back(written.finding(
        "midnight_of_day",
        "is midnight on the " + ordinal(day) + " of every month, not " + fields.day + " o'clock every day",
        "where the " + ordinal(day) + " is meant: 0 0 " + fields.day + " 1-12 *",
        "0 " + fields.day + " * * *"));
}

void check_every(const Written& written, Findings& findings) {
    const auto& fields = written.fields;
    const auto hours = std::popcount(written.traits.hours);
    if (fields.second && written.traits.seconds == kEveryMinute && is_plain(fields.minute)) {
        auto once = fields;
        once.second.reset();
        findings.push_back(written.finding(
            "every_second", "fires every second of the minutes that it names, 60 times a minute",
            "one second, where once is meant", join_fields(once)));
    }
    if (written.traits.minutes == kEveryMinute && written.traits.hours != kEveryHour &&
        is_plain(fields.hour)) {
        auto once = fields;
        once.minute = "0";
        findings.push_back(written.finding(
            "every_minute",
            "fires every minute of the hours that it names, " + std::to_string(hours * 60) + " times a day",
            "one minute, where once is meant", join_fields(once)));
    }
}

void check_six_fields(const Written& written, Findings& findings) {
    if (written.fields.second != "0") return;
    auto five = written.fields;
    five.second.reset();
    findings.push_back(written.finding(
        "six_fields", "has six fields, so the first is the second: " + written.expression.in_words(),
        "five fields, which leave no doubt", join_fields(five)));
}

}  // namespace

void check_fields(const Subject& subject, const EntrySubject& entry, Findings& findings) {
    const auto* expression = std::get_if<cron::Expression>(&entry.entry.rule);
    auto fields = expression != nullptr ? split_fields(expression->text()) : std::nullopt;
    if (!fields || expression->traits().every) return;
    const Written written{*expression, expression->traits(), std::move(*fields), entry};
    check_late_day(written, findings);
    check_joined_days(subject, written, findings);
    check_midnight(written, findings);
    check_every(written, findings);
    check_six_fields(written, findings);
}

}  // namespace runbookd::lint
