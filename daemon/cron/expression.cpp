#include "cron/expression.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/spelling.hpp"
#include "cron/field.hpp"

namespace runbookd::cron {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

struct Word {
    std::string_view text;
    std::size_t column;  // 1-based
};

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    for (auto begin = text.find_first_not_of(kBlanks); begin != std::string_view::npos;) {
        const auto end = std::min(text.find_first_of(kBlanks, begin), text.size());
        words.push_back({text.substr(begin, end - begin), begin + 1});
        begin = text.find_first_not_of(kBlanks, end);
    }
    return words;
}

constexpr auto kFiveFields = "minute, hour, day of month, month, day of week";

SyntaxError macro_error(const Word& macro) {
    static const std::array<std::string, 8> kMacros{"@yearly", "@annually", "@monthly", "@weekly",
                                                    "@daily",  "@midnight", "@hourly",  "@every"};
    SyntaxError error{macro.column, "", "", std::string("five fields: ") + kFiveFields};
    const auto names = nearest(macro.text, kMacros, 1);
    error.not_supported = !names.empty() && names.front() == macro.text;
    error.message = "'" + std::string(macro.text) + "'";
    if (error.not_supported) {
        error.message += " is not supported yet";
    } else {
        error.message += " is not a macro";
        if (!names.empty()) error.message += "; did you mean " + names.front() + "?";
    }
    return error;
}

std::optional<SyntaxError> wrong_count(const std::vector<Word>& words, std::size_t length) {
    const auto rules = field_rules();
    SyntaxError error{1, "", "", std::string("five fields: ") + kFiveFields};
    if (words.empty()) {
        error.message = "the expression is empty";
    } else if (words.front().text.front() == '@') {
        return macro_error(words.front());
    } else if (words.size() < rules.size()) {
        error.column = length + 1;
        error.field = rules[words.size()].name;
        error.message =
            "only " + std::to_string(words.size()) + " of five fields; the " + error.field + " is missing";
    } else if (words.size() == rules.size() + 1) {
        error.message = "six fields (seconds first) are not supported yet";
        error.not_supported = true;
    } else if (words.size() > rules.size()) {
        error.column = words[rules.size()].column;
        error.message = std::to_string(words.size()) + " fields, and no more than five are known";
    } else {
        return std::nullopt;
    }
    return error;
}

}  // namespace

tl::expected<Expression, SyntaxError> Expression::parse(std::string_view text, const Options&) {
    const auto words = words_of(text);
    if (auto error = wrong_count(words, text.size())) return tl::unexpected(std::move(*error));
    std::array<Field, 5> fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        auto field = parse_field(field_rules()[i], words[i].text, words[i].column);
        if (!field) return tl::unexpected(std::move(field.error()));
        fields[i] = *field;
    }
    const auto& [minute, hour, day, month, weekday] = fields;
    Expression expression;
    expression.text_ = text;
    expression.minutes_ = minute.values;
    expression.hours_ = static_cast<std::uint32_t>(hour.values);
    expression.days_ = static_cast<std::uint32_t>(day.values);
    expression.months_ = static_cast<std::uint16_t>(month.values);
    expression.weekdays_ = static_cast<std::uint8_t>(weekday.values);
    expression.day_restricted_ = !day.begins_open;
    expression.weekday_restricted_ = !weekday.begins_open;
    expression.fixed_time_ = !minute.begins_open && !hour.begins_open;
    if (!expression.has_a_day())
        return tl::unexpected(SyntaxError{words[2].column, std::string(field_rules()[2].name),
                                          "this never fires: '" + std::string(words[3].text) +
                                              "' has no month with a day of '" + std::string(words[2].text) +
                                              "'",
                                          "a day that one of the months has (February: 1-29)"});
    return expression;
}

Traits Expression::traits() const {
    Traits traits;
    traits.is_fixed_time = fixed_time_;
    traits.seconds = 1;
    traits.minutes = minutes_;
    traits.hours = hours_;
    traits.days = days_;
    traits.months = months_;
    traits.weekdays = weekdays_;
    traits.restricts_day = day_restricted_;
    traits.restricts_weekday = weekday_restricted_;
    traits.gap = fixed_time_ ? GapRule::shift : GapRule::skip;
    traits.repeat = fixed_time_ ? RepeatRule::first : RepeatRule::both;
    return traits;
}

}  // namespace runbookd::cron
