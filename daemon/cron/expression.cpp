#include "cron/expression.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "cron/field.hpp"
#include "cron/macro.hpp"

namespace runbookd::cron {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kFive = 5;
constexpr std::size_t kSix = 6;
constexpr std::chrono::days kMostOffset{400};

struct Word {
    std::string_view text;
    std::size_t column;  // 1-based
};

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    words.reserve(kSix + 1);
    for (auto begin = text.find_first_not_of(kBlanks); begin != std::string_view::npos;) {
        const auto end = std::min(text.find_first_of(kBlanks, begin), text.size());
        words.push_back({text.substr(begin, end - begin), begin + 1});
        begin = text.find_first_not_of(kBlanks, end);
    }
    return words;
}

std::optional<SyntaxError> wrong_count(const std::vector<Word>& words, std::size_t length) {
    SyntaxError error{1, "", "",
                      "five fields (minute, hour, day of month, month, day of week), six (a second before "
                      "them) or a macro such as @daily"};
    if (words.empty()) {
        error.message = "the expression is empty";
    } else if (words.size() < kFive) {
        error.column = length + 1;
        error.field = field_rules()[words.size() + 1].name;
        error.message =
            "only " + std::to_string(words.size()) + " of five fields; the " + error.field + " is missing";
    } else if (words.size() > kSix) {
        error.column = words[kSix].column;
        error.message = std::to_string(words.size()) + " fields, and there are no more than six: no year";
    } else {
        return std::nullopt;
    }
    return error;
}

std::optional<SyntaxError> wrong_offset(std::chrono::days offset) {
    if (offset >= std::chrono::days::zero() && offset <= kMostOffset) return std::nullopt;
    return SyntaxError{1, "", "an offset of " + std::to_string(offset.count()) + " days is out of range",
                       "0 to 400 days"};
}

/// The fields read, and where in the text they stand.
struct Fields {
    std::array<Field, kSix> read;
    std::array<Word, kSix> words;
};

tl::expected<Fields, SyntaxError> read_fields(const std::vector<Word>& words, std::string_view scope) {
    Fields fields;
    const auto first = kSix - words.size();
    fields.read[0].values = 1;  // the second 0, where none is written
    for (auto i = first; i < kSix; ++i) {
        const auto& word = fields.words[i] = words[i - first];
        auto field = parse_field(field_rules()[i], word.text, word.column, scope);
        if (!field) return tl::unexpected(std::move(field.error()));
        fields.read[i] = *field;
    }
    return fields;
}

enum Place : std::size_t { kSecond, kMinute, kHour, kDay, kMonth, kWeekday };

DayRule day_rule_of(const Fields& fields, DayJoin join) {
    const auto& day = fields.read[kDay];
    const auto& weekday = fields.read[kWeekday];
    DayRule rule;
    rule.days = static_cast<std::uint32_t>(day.values);
    rule.before_last = day.before_last;
    rule.near = day.near;
    rule.months = static_cast<std::uint16_t>(fields.read[kMonth].values);
    rule.weekdays = weekday.weekdays;
    rule.last_weekdays = weekday.last_weekdays;
    rule.restricts_day = !day.begins_open;
    rule.restricts_weekday = !weekday.begins_open;
    rule.join = join;
    return rule;
}

SyntaxError never_fires(const Fields& fields, DayRule rule) {
    const auto text = [&](Place place) { return "'" + std::string(fields.words[place].text) + "'"; };
    // Is it the day and the month alone?
    constexpr std::uint64_t kAllWeekdays = 0x7'FFFF'FFFF;
    rule.weekdays = kAllWeekdays;
    rule.restricts_weekday = false;
    rule.settle();
    if (rule.live_months == 0)
        return {fields.words[kDay].column, std::string(field_rules()[kDay].name),
                "this never fires: " + text(kMonth) + " has no month with a day of " + text(kDay),
                "a day that one of the months has (February: 1-29)"};
    return {
        fields.words[kWeekday].column, std::string(field_rules()[kWeekday].name),
        "this never fires: in " + text(kMonth) + " no day of " + text(kDay) + " is ever a " + text(kWeekday),
        "a weekday that falls on one of the days (the first of a weekday: 1-7, the second: 8-14, …)"};
}

std::optional<SyntaxError> too_many_for_macro(const std::vector<Word>& words) {
    const std::size_t most = is_every(words.front().text) ? 2 : 1;
    if (words.size() <= most) return std::nullopt;
    return SyntaxError{words[most].column, "",
                       "unexpected '" + std::string(words[most].text) + "' after '" +
                           std::string(words[most - 1].text) + "'",
                       "nothing more"};
}

/// The span of `@every`; `length` is that of the whole text.
tl::expected<std::chrono::seconds, SyntaxError> read_every(const std::vector<Word>& words, std::size_t length,
                                                           const Options& options) {
    if (options.offset != std::chrono::days::zero())
        return tl::unexpected(SyntaxError{words.front().column, "",
                                          "'@every' counts from the Unix epoch and has no days for an offset "
                                          "to move",
                                          "fields, or no offset"});
    return words.size() > 1 ? parse_every(words[1].text, words[1].column) : parse_every("", length + 1);
}

}  // namespace

tl::expected<Expression, SyntaxError> Expression::parse(std::string_view text, const Options& options) {
    if (auto error = wrong_offset(options.offset)) return tl::unexpected(std::move(*error));
    Expression expression;
    expression.text_ = text;
    expression.offset_ = static_cast<std::int32_t>(options.offset.count());
    auto words = words_of(text);
    if (!words.empty() && words.front().text.front() == '@') {
        if (auto error = too_many_for_macro(words)) return tl::unexpected(std::move(*error));
        if (is_every(words.front().text)) {
            const auto span = read_every(words, text.size(), options);
            if (!span) return tl::unexpected(span.error());
            expression.every_ = static_cast<std::int32_t>(span->count());
            return expression;
        }
        const auto fields = fields_of_macro(words.front().text, words.front().column);
        if (!fields) return tl::unexpected(fields.error());
        words = words_of(*fields);
    }
    if (auto error = wrong_count(words, text.size())) return tl::unexpected(std::move(*error));
    const auto fields = read_fields(words, options.scope);
    if (!fields) return tl::unexpected(fields.error());
    const auto& [second, minute, hour, day, month, weekday] = fields->read;
    expression.times_ = {second.values, minute.values, static_cast<std::uint32_t>(hour.values)};
    expression.has_seconds_ = words.size() == kSix;
    expression.fixed_time_ = !minute.begins_open && !hour.begins_open;
    const bool fixed = expression.fixed_time_;
    expression.gap_ = options.gap.value_or(fixed ? GapRule::shift : GapRule::skip);
    expression.repeat_ = options.repeat.value_or(fixed ? RepeatRule::first : RepeatRule::both);
    expression.days_ = day_rule_of(*fields, options.days);
    expression.days_.settle();
    if (expression.days_.live_months == 0) return tl::unexpected(never_fires(*fields, expression.days_));
    return expression;
}

Traits Expression::traits() const {
    Traits traits;
    if (every_ != 0) {
        traits.every = std::chrono::seconds{every_};
        return traits;
    }
    traits.has_seconds = has_seconds_;
    traits.is_fixed_time = fixed_time_;
    traits.seconds = times_.seconds;
    traits.minutes = times_.minutes;
    traits.hours = times_.hours;
    traits.days = days_.days | (days_.near & ~1U);
    traits.months = days_.months;
    auto weekdays = std::uint64_t{days_.last_weekdays};
    for (unsigned week = 0; week < 5; ++week) weekdays |= days_.weekdays >> (7 * week) & 0x7F;
    traits.weekdays = static_cast<std::uint8_t>(weekdays);
    traits.restricts_day = days_.restricts_day;
    traits.restricts_weekday = days_.restricts_weekday;
    traits.join = days_.join;
    traits.gap = gap_;
    traits.repeat = repeat_;
    traits.offset = std::chrono::days{offset_};
    return traits;
}

}  // namespace runbookd::cron
