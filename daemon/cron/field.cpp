#include "cron/field.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/glob.hpp"
#include "base/spelling.hpp"

namespace runbookd::cron {
namespace {

using Kind = FieldRule::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

/// "0-6 or SUN-SAT": every value that may be written.
std::string span_of(const FieldRule& rule) {
    auto text = std::to_string(rule.first) + "-" + std::to_string(rule.greatest);
    if (!rule.names.empty()) text += " or " + rule.names.front() + "-" + rule.names.back();
    return text;
}

/// A number, or why there is none; cut off well before it could overflow.
std::optional<int> number_of(std::string_view digits) {
    constexpr std::size_t kLongest = 6;
    if (digits.empty() || digits.size() > kLongest) return std::nullopt;
    int number = 0;
    for (const char c : digits) {
        if (!is_digit(c)) return std::nullopt;
        number = number * 10 + (c - '0');
    }
    return number;
}

/// Reads a field from left to right: items between commas, each `*`, a value or a range, perhaps with a step.
class Parser {
public:
    Parser(const FieldRule& rule, std::string_view text, std::size_t column)
        : rule_(rule), text_(text), column_(column) {}

    tl::expected<Field, SyntaxError> parse() {
        Field field;
        field.begins_open = at_star();
        do {
            if (!read_item(field.values)) return tl::unexpected(std::move(error_));
        } while (accept(','));
        if (position_ < text_.size()) {
            fail_here("unexpected " + quoted(text_.substr(position_)));
            return tl::unexpected(std::move(error_));
        }
        return field;
    }

private:
    struct Range {
        int from;
        int to;  // may lie beyond the last value: then it goes on at the first
    };

    [[nodiscard]] char peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }
    [[nodiscard]] bool at_star() const {
        return peek() == '*' || (peek() == '?' && rule_.kind != Kind::plain);
    }
    bool accept(char c) {
        if (peek() != c) return false;
        ++position_;
        return true;
    }
    std::string_view read_word() {
        const auto begin = position_;
        while (is_digit(peek()) || is_letter(peek())) ++position_;
        return text_.substr(begin, position_ - begin);
    }

    bool read_item(std::uint64_t& values) {
        const auto range = read_range();
        if (!range) return false;
        const auto step = read_step();
        if (!step) return false;
        for (int value = range->from; value <= range->to; value += *step)
            values |= std::uint64_t{1} << (rule_.first + (value - rule_.first) % rule_.period);
        return true;
    }

    std::optional<Range> read_range() {
        const int last = rule_.first + rule_.period - 1;
        if (at_star()) {
            ++position_;
            return Range{rule_.first, last};
        }
        const auto from = read_value();
        if (!from) return std::nullopt;
        if (!accept('-')) return Range{*from, peek() == '/' ? std::max(last, *from) : *from};
        const auto to = read_value();
        if (!to) return std::nullopt;
        return Range{*from, *to < *from ? *to + rule_.period : *to};
    }

    std::optional<int> read_step() {
        if (!accept('/')) return 1;
        const auto begin = position_;
        const auto word = read_word();
        const auto step = number_of(word);
        if (step && *step >= 1 && *step <= rule_.period) return step;
        const auto range = "1-" + std::to_string(rule_.period);
        if (word.empty()) return fail_at(begin, "a step is missing after '/'", range);
        return fail_at(begin, quoted(word) + " is not a step of this field", range);
    }

    std::optional<int> read_value() {
        const auto begin = position_;
        const auto word = read_word();
        if (word.empty() && peek() == '?')
            return fail_at(begin, "'?' stands for '*' in the day fields only", span_of(rule_));
        if (word.empty()) return fail_at(begin, "a value is missing", span_of(rule_));
        if (const auto number = number_of(word)) return check_number(begin, word, *number);
        for (std::size_t i = 0; i < rule_.names.size(); ++i)
            if (equals_ignoring_case(word, rule_.names[i]))
                return check_suffix(rule_.first + static_cast<int>(i));
        if (is_later_dialect(word)) return not_supported(begin);
        return fail_at(begin, quoted(word) + " is not a " + std::string(rule_.name) + suggestion(word),
                       span_of(rule_));
    }

    std::optional<int> check_number(std::size_t begin, std::string_view word, int number) {
        if (number >= rule_.first && number <= rule_.greatest) return check_suffix(number);
        return fail_at(begin, quoted(word) + " is out of range", span_of(rule_));
    }

    std::optional<int> check_suffix(int value) {
        if (peek() == '#' && rule_.kind == Kind::day_of_week) return not_supported(position_);
        return value;
    }

    /// L, LW, 15W; L, 5L, FRIL; H: the dialect has them.
    [[nodiscard]] bool is_later_dialect(std::string_view word) const {
        if (equals_ignoring_case(word, "H")) return true;
        if (rule_.kind == Kind::plain) return false;
        if (equals_ignoring_case(word, "L") || equals_ignoring_case(word, "LW")) return true;
        const auto stem = word.substr(0, word.size() - 1);
        const char suffix = word.back();
        if (rule_.kind == Kind::day_of_month) return number_of(stem) && (suffix == 'W' || suffix == 'w');
        const bool is_day = number_of(stem) ||
                            std::any_of(rule_.names.begin(), rule_.names.end(),
                                        [&](const auto& name) { return equals_ignoring_case(stem, name); });
        return is_day && (suffix == 'L' || suffix == 'l');
    }

    [[nodiscard]] std::string suggestion(std::string_view word) const {
        const auto names = nearest(word, rule_.names, 1);
        return names.empty() ? "" : "; did you mean " + names.front() + "?";
    }

    std::nullopt_t not_supported(std::size_t position) {
        fail_at(position, quoted(text_) + " is not supported yet: L, W, # and H", span_of(rule_));
        error_.not_supported = true;
        return std::nullopt;
    }
    void fail_here(std::string message) { fail_at(position_, std::move(message), span_of(rule_)); }
    std::nullopt_t fail_at(std::size_t position, std::string message, const std::string& range) {
        error_ = {column_ + position, std::string(rule_.name), std::move(message),
                  range + ", as a value, a list (1,3), a range (1-5) or a step (*/2)"};
        return std::nullopt;
    }

    const FieldRule& rule_;
    std::string_view text_;
    std::size_t column_;
    std::size_t position_ = 0;
    SyntaxError error_;
};

}  // namespace

std::span<const FieldRule> field_rules() {
    static const std::array<std::string, 12> kMonths{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                     "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    static const std::array<std::string, 7> kWeekdays{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
    static const std::array<FieldRule, 5> kRules{{{"minute", 0, 60, 59, {}, Kind::plain},
                                                  {"hour", 0, 24, 23, {}, Kind::plain},
                                                  {"day of month", 1, 31, 31, {}, Kind::day_of_month},
                                                  {"month", 1, 12, 12, kMonths, Kind::plain},
                                                  {"day of week", 0, 7, 7, kWeekdays, Kind::day_of_week}}};
    return kRules;
}

tl::expected<Field, SyntaxError> parse_field(const FieldRule& rule, std::string_view text,
                                             std::size_t column) {
    return Parser(rule, text, column).parse();
}

}  // namespace runbookd::cron
