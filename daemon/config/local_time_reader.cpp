#include "config/local_time_reader.hpp"

#include <array>
#include <string>
#include <string_view>

namespace runbookd::config {
namespace {

using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kDateExpected = "a date such as 2026-12-20";
constexpr std::string_view kTimeExpected = "a local time such as 2026-12-01T02:00";
constexpr std::size_t kDateLength = 10;

/// Whether `text` has the form of `pattern`, in which 9 stands for any digit.
bool has_form(std::string_view text, std::string_view pattern) {
    if (text.size() != pattern.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (pattern[i] == '9' ? !is_digit : text[i] != pattern[i]) return false;
    }
    return true;
}

int number(std::string_view digits) {
    int value = 0;
    for (const char digit : digits) value = value * 10 + (digit - '0');
    return value;
}

std::string days_of(std::chrono::year_month month) {
    static constexpr std::array<const char*, 12> kMonths{"January",   "February", "March",    "April",
                                                         "May",       "June",     "July",     "August",
                                                         "September", "October",  "November", "December"};
    const auto last = (month / std::chrono::last).day();
    return std::string(kMonths.at(static_cast<unsigned>(month.month()) - 1)) + " " +
           std::to_string(static_cast<int>(month.year())) + " has " +
           std::to_string(static_cast<unsigned>(last)) + " days";
}

/// `text` has the form of a date.
std::optional<local_days> date_of(const Field& field, std::string_view text) {
    const std::chrono::year_month_day date{
        std::chrono::year{number(text.substr(0, 4))},
        std::chrono::month{static_cast<unsigned>(number(text.substr(5, 2)))},
        std::chrono::day{static_cast<unsigned>(number(text.substr(8, 2)))}};
    if (date.ok()) return local_days{date};
    const bool has_month = date.month().ok();
    field.error({.code = "bad_value",
                 .message = "there is no date " + std::string(text),
                 .expected = has_month ? days_of(date.year() / date.month()) : "a month from 01 to 12"});
    return std::nullopt;
}

/// What stands behind a time that is no local one: "Z" or "+01:00", with or without a space.
bool is_offset(std::string_view text) {
    if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    for (const auto* form : {"Z", "z", "+99", "-99", "+9999", "-9999", "+99:99", "-99:99"})
        if (has_form(text, form)) return true;
    return false;
}

struct TimeText {
    std::string_view clock;  ///< "02:00" or "02:00:00"; empty: it is none
    std::string_view rest;
};

TimeText split_time(std::string_view text) {
    for (const auto* form : {"99:99:99", "99:99"}) {
        const auto length = std::string_view(form).size();
        if (has_form(text.substr(0, length), form)) return {text.substr(0, length), text.substr(length)};
    }
    return {};
}

void refuse_offset(const Field& field, std::string_view local) {
    field.error({.code = "bad_value",
                 .message = shown(field.node->text) +
                            " says how far it is from UTC, and 'at' is the local time of the schedule's zone",
                 .expected = std::string(kTimeExpected) + ", with timezone: UTC beside it where UTC is meant",
                 .suggestion = std::string(local)});
}

}  // namespace

std::optional<local_days> read_local_date(const Field& field) {
    const auto text = read_text(field);
    if (!text) return std::nullopt;
    if (has_form(*text, "9999-99-99")) return date_of(field, *text);
    field.error({.code = "bad_value",
                 .message = shown(*text) + " is not a date",
                 .expected = std::string(kDateExpected)});
    return std::nullopt;
}

std::optional<local_seconds> read_local_time(const Field& field) {
    const auto text = read_text(field);
    if (!text) return std::nullopt;
    const std::string_view whole = *text;
    const auto date = whole.substr(0, kDateLength);
    const bool has_date = has_form(date, "9999-99-99");
    const bool has_separator =
        whole.size() > kDateLength && (whole[kDateLength] == 'T' || whole[kDateLength] == ' ');
    const auto time = has_date && has_separator ? split_time(whole.substr(kDateLength + 1)) : TimeText{};
    if (time.clock.empty() || (!time.rest.empty() && !is_offset(time.rest))) {
        field.error({.code = "bad_value",
                     .message = shown(*text) +
                                (has_date && !has_separator ? " has no time of day" : " is not a local time"),
                     .expected = std::string(kTimeExpected)});
        return std::nullopt;
    }
    if (!time.rest.empty()) {
        refuse_offset(field, whole.substr(0, whole.size() - time.rest.size()));
        return std::nullopt;
    }
    const auto day = date_of(field, date);
    if (!day) return std::nullopt;
    const auto hour = number(time.clock.substr(0, 2));
    const auto minute = number(time.clock.substr(3, 2));
    const auto second = time.clock.size() > 5 ? number(time.clock.substr(6, 2)) : 0;
    if (hour > 23 || minute > 59 || second > 59) {
        field.error({.code = "bad_value",
                     .message = "there is no time of day " + std::string(time.clock),
                     .expected = "00:00 to 23:59"});
        return std::nullopt;
    }
    return local_seconds{*day} + hours{hour} + minutes{minute} + seconds{second};
}

}  // namespace runbookd::config
