#include "cron/random_expression.hpp"

#include <algorithm>

namespace cron_tests {
namespace {

using runbookd::cron::DayJoin;
using runbookd::cron::GapRule;
using runbookd::cron::RepeatRule;

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }
int days_in_year(int year) { return is_leap(year) ? 366 : 365; }
bool is_workday(int weekday) { return weekday >= 1 && weekday <= 5; }

/// The weekday of another day of the same month.
int weekday_at(const Date& date, int day) { return ((date.weekday + day - date.day) % 7 + 35) % 7; }

/// Looks at the days around, nearer ones first, until one is a workday.
int nearest_workday(const Date& date, int day) {
    for (int distance = 0;; ++distance)
        for (const int candidate : {day - distance, day + distance})
            if (candidate >= 1 && candidate <= date.length_of_month() &&
                is_workday(weekday_at(date, candidate)))
                return candidate;
}

bool matches(const RandomExpression::DayItem& item, const Date& date) {
    using Kind = RandomExpression::DayItem::Kind;
    const int length = date.length_of_month();
    if (item.kind == Kind::number) return date.day == item.number;
    if (item.kind == Kind::before_last) return date.day == length - item.number;
    if (item.kind == Kind::nearest_weekday)
        return item.number <= length && nearest_workday(date, item.number) == date.day;
    int day = length;
    while (!is_workday(weekday_at(date, day))) --day;
    return date.day == day;
}

bool matches(const RandomExpression::WeekdayItem& item, const Date& date) {
    using Kind = RandomExpression::WeekdayItem::Kind;
    if (date.weekday != item.weekday) return false;
    if (item.kind == Kind::in_week) return (date.day - 1) / 7 + 1 == item.week;
    return item.kind == Kind::every || date.day + 7 > date.length_of_month();
}

const char* const kWeekdayNames[]{"sun", "MON", "Tue", "WED", "thu", "FRI", "Sat"};

}  // namespace

int Date::length_of_month() const {
    static const int kLengths[]{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return kLengths[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

Date date_of(std::int64_t days) {
    Date date{1970, 1, 1, static_cast<int>(((days + 4) % 7 + 7) % 7)};
    while (days < 0) days += days_in_year(--date.year);
    while (days >= days_in_year(date.year)) days -= days_in_year(date.year++);
    while (days >= date.length_of_month()) {
        days -= date.length_of_month();
        ++date.month;
    }
    date.day = static_cast<int>(days) + 1;
    return date;
}

void advance(Date& date) {
    date.weekday = (date.weekday + 1) % 7;
    if (++date.day <= date.length_of_month()) return;
    date.day = 1;
    if (++date.month <= 12) return;
    date.month = 1;
    ++date.year;
}

bool RandomExpression::names(const Date& date) const {
    if (!months[static_cast<std::size_t>(date.month)]) return false;
    const auto fits = [&](const auto& item) { return matches(item, date); };
    const bool by_number = std::any_of(days.begin(), days.end(), fits);
    const bool by_weekday = std::any_of(weekdays.begin(), weekdays.end(), fits);
    const bool either = !day_open && !weekday_open && options.days == DayJoin::either;
    return either ? by_number || by_weekday : by_number && by_weekday;
}

GapRule RandomExpression::gap() const {
    return options.gap ? *options.gap : is_fixed ? GapRule::shift : GapRule::skip;
}
RepeatRule RandomExpression::repeat() const {
    return options.repeat ? *options.repeat : is_fixed ? RepeatRule::first : RepeatRule::both;
}

Maker::Numbers Maker::numbers(int low, int high, int open_percent) {
    Numbers made;
    made.open = chance(open_percent);
    const int kind = made.open ? pick(0, 1) : pick(2, 5);
    const auto step = pick(1, (high - low + 1) / 2);
    const auto from = pick(low, high), to = pick(low, high);
    if (kind == 0) {
        made.text = "*";
        for (int v = low; v <= high; ++v) made.values.push_back(v);
    } else if (kind == 1) {
        made.text = "*/" + std::to_string(step);
        for (int v = low; v <= high; v += step) made.values.push_back(v);
    } else if (kind == 2) {  // a range, often one that wraps
        made.text = std::to_string(from) + "-" + std::to_string(to);
        for (int v = from;; v = v == high ? low : v + 1) {
            made.values.push_back(v);
            if (v == to) break;
        }
    } else if (kind == 3) {
        made.text = std::to_string(from) + "/" + std::to_string(step);
        for (int v = from; v <= high; v += step) made.values.push_back(v);
    } else {
        for (int n = pick(1, 3); n > 0; --n) {
            made.values.push_back(pick(low, high));
            made.text += (made.text.empty() ? "" : ",") + std::to_string(made.values.back());
        }
    }
    return made;
}

void Maker::choose_days(RandomExpression& made, std::string& text) {
    using Kind = RandomExpression::DayItem::Kind;
    if (chance(65)) {
        const auto plain = numbers(1, 31, 65);
        for (const int value : plain.values) made.days.push_back({Kind::number, value});
        made.day_open = plain.open;
        text = plain.text == "*" && chance(30) ? "?" : plain.text;
        return;
    }
    for (int n = pick(1, 2); n > 0; --n) {
        if (!text.empty()) text += ",";
        const int kind = pick(0, 4);
        const int number = kind == 1 ? pick(1, 30) : pick(1, 31);
        if (kind == 0) made.days.push_back({Kind::before_last, 0}), text += "L";
        if (kind == 1)
            made.days.push_back({Kind::before_last, number}), text += "L-" + std::to_string(number);
        if (kind == 2)
            made.days.push_back({Kind::nearest_weekday, number}), text += std::to_string(number) + "W";
        if (kind == 3) made.days.push_back({Kind::last_weekday, 0}), text += "LW";
        if (kind == 4) made.days.push_back({Kind::number, number}), text += std::to_string(number);
    }
}

void Maker::choose_weekdays(RandomExpression& made, std::string& text) {
    using Kind = RandomExpression::WeekdayItem::Kind;
    if (chance(65)) {
        const auto plain = numbers(0, 6, 70);
        for (const int value : plain.values) made.weekdays.push_back({Kind::every, value, 0});
        made.weekday_open = plain.open;
        text = plain.text == "*" && chance(30) ? "?" : plain.text;
        return;
    }
    for (int n = pick(1, 2); n > 0; --n) {
        const int weekday = pick(0, 6), week = pick(1, 5), kind = pick(0, 2);
        if (!text.empty()) text += ",";
        text += chance(50) ? kWeekdayNames[weekday] : std::to_string(weekday == 0 ? 7 : weekday);
        if (kind == 0) made.weekdays.push_back({Kind::every, weekday, 0});
        if (kind == 1) made.weekdays.push_back({Kind::last, weekday, 0}), text += chance(50) ? "L" : "l";
        if (kind == 2)
            made.weekdays.push_back({Kind::in_week, weekday, week}), text += "#" + std::to_string(week);
    }
}

void Maker::choose_options(RandomExpression& made) {
    if (chance(30)) made.options.days = DayJoin::both;
    if (chance(30)) made.options.gap = chance(50) ? GapRule::skip : GapRule::shift;
    if (chance(40)) {
        static const RepeatRule kRules[]{RepeatRule::first, RepeatRule::second, RepeatRule::both};
        made.options.repeat = kRules[pick(0, 2)];
    }
    if (chance(20)) made.options.offset = std::chrono::days{pick(1, 40)};
}

RandomExpression Maker::expression(Fields fields) {
    RandomExpression made;
    std::string day, weekday;
    const auto second = fields == Fields::six ? numbers(0, 59, 40) : Numbers{"", {0}, false};
    auto minute = numbers(0, 59, 40);
    auto hour = numbers(0, 23, 40);
    const auto month = numbers(1, 12, 80);
    if (chance(50)) {  // most changes of the clock happen in the small hours
        const int value = pick(0, 3);
        hour = {std::to_string(value), {value}, false};
    }
    choose_days(made, day);
    choose_weekdays(made, weekday);
    choose_options(made);
    for (const int value : second.values) made.seconds[static_cast<std::size_t>(value)] = true;
    for (const int value : minute.values) made.minutes[static_cast<std::size_t>(value)] = true;
    for (const int value : hour.values) made.hours[static_cast<std::size_t>(value)] = true;
    for (const int value : month.values) made.months[static_cast<std::size_t>(value)] = true;
    made.is_fixed = !minute.open && !hour.open;
    made.text = second.text + (second.text.empty() ? "" : " ") + minute.text + " " + hour.text + " " + day +
                " " + month.text + " " + weekday;
    return made;
}

}  // namespace cron_tests
