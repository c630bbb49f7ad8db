#include "zones/tz_string.hpp"

#include <algorithm>
#include <string>

namespace runbookd::zones {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr unsigned kMostHours = 24;       // of an offset
constexpr unsigned kMostRuleHours = 167;  // of the time of a change

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Reads from the front of a text; what does not fit sets `failed` and is reported once, at the end.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool at_end() const { return text_.empty(); }
    [[nodiscard]] bool next_is(char c) const { return !text_.empty() && text_.front() == c; }
    bool take(char c) {
        if (!next_is(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!take(c)) failed_ = true;
    }
    unsigned number(unsigned least, unsigned most) {
        unsigned value = 0;
        int digits = 0;
        for (; !text_.empty() && is_digit(text_.front()) && digits < 3; ++digits) {
            value = value * 10 + static_cast<unsigned>(text_.front() - '0');
            text_.remove_prefix(1);
        }
        if (digits == 0 || value < least || value > most) failed_ = true;
        return value;
    }
    /// "CET" or "<+0330>": three characters or more.
    void name() {
        const bool quoted = take('<');
        const auto end = std::find_if_not(text_.begin(), text_.end(), [&](char c) {
            return is_letter(c) || (quoted && (is_digit(c) || c == '+' || c == '-'));
        });
        const auto length = static_cast<std::size_t>(end - text_.begin());
        if (length < 3) failed_ = true;
        text_.remove_prefix(length);
        if (quoted) expect('>');
    }
    /// "[+-]hh[:mm[:ss]]"
    seconds span(unsigned most_hours) {
        const bool negative = take('-');
        if (!negative) take('+');
        seconds value = hours{number(0, most_hours)};
        if (take(':')) {
            value += minutes{number(0, 59)};
            if (take(':')) value += seconds{number(0, 59)};
        }
        return negative ? -value : value;
    }
    YearlyChange change() {
        YearlyChange result;
        if (take('M')) {
            result.kind = YearlyChange::Day::of_the_week;
            result.month = number(1, 12);
            expect('.');
            result.week = number(1, 5);
            expect('.');
            result.day = number(0, 6);
        } else if (take('J')) {
            result.kind = YearlyChange::Day::julian;
            result.day = number(1, 365);
        } else {
            result.kind = YearlyChange::Day::of_year;
            result.day = number(0, 365);
        }
        if (take('/')) result.time = span(kMostRuleHours);
        return result;
    }

private:
    std::string_view text_;
    bool failed_ = false;
};

local_days day_of(const YearlyChange& change, std::chrono::year year) {
    const local_days first{year / std::chrono::January / 1};
    switch (change.kind) {
        case YearlyChange::Day::julian: {
            constexpr unsigned kLastOfFebruary = 59;
            const bool after_leap_day = year.is_leap() && change.day > kLastOfFebruary;
            return first + days{change.day} - days{after_leap_day ? 0 : 1};
        }
        case YearlyChange::Day::of_year: return first + days{change.day};
        case YearlyChange::Day::of_the_week: break;
    }
    const std::chrono::month month{change.month};
    const std::chrono::weekday weekday{change.day};
    if (change.week == 5) return local_days{year / month / weekday[std::chrono::last]};
    return local_days{year / month / weekday[change.week]};
}

}  // namespace

std::chrono::local_seconds YearlyChange::in(std::chrono::year year) const {
    return day_of(*this, year) + time;
}

Result<TzRule> parse_tz_string(std::string_view text) {
    Reader reader(text);
    TzRule rule;
    reader.name();
    rule.standard = -reader.span(kMostHours);
    if (!reader.failed() && !reader.at_end()) {
        DaylightRule daylight;
        reader.name();
        daylight.offset = reader.next_is(',') ? rule.standard + hours{1} : seconds{-reader.span(kMostHours)};
        reader.expect(',');
        daylight.start = reader.change();
        reader.expect(',');
        daylight.end = reader.change();
        rule.daylight = daylight;
    }
    if (reader.failed() || !reader.at_end())
        return fail(ErrorCode::invalid_input, "'" + std::string(text) + "' is no rule for a time zone");
    return rule;
}

}  // namespace runbookd::zones
