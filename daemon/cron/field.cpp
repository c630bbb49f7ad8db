#include "cron/field.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/glob.hpp"
#include "base/sha256.hpp"
#include "base/spelling.hpp"

namespace runbookd::cron {
namespace {

using Kind = FieldRule::Kind;

constexpr std::uint64_t kEveryWeek = 0x1020'4081;  // bit 0 of five groups of seven
constexpr int kWeeks = 5;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

/// "0-6 or SUN-SAT": every value that may be written.
std::string span_of(const FieldRule& rule) {
    auto text = std::to_string(rule.first) + "-" + std::to_string(rule.greatest);
    if (!rule.names.empty()) text += " or " + rule.names.front() + "-" + rule.names.back();
    return text;
}

/// All that may stand in a field.
std::string grammar_of(const FieldRule& rule) {
    const auto common = span_of(rule) + ", as a value, a list (1,3), a range (1-5) or a step (*/2); also H";
    switch (rule.kind) {
        case Kind::day_of_month: return common + ", L (the last), L-3, 15W, LW";
        case Kind::day_of_week: return common + ", FRIL (the last Friday), FRI#2 (the second)";
        case Kind::plain: break;
    }
    return common;
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

/// Reads a field from left to right: items between commas. Whoever returns false has set the error.
class Parser {
public:
    Parser(const FieldRule& rule, std::string_view text, std::size_t column, std::string_view scope)
        : rule_(rule), text_(text), column_(column), scope_(scope) {}

    tl::expected<Field, SyntaxError> parse() {
        field_.begins_open = at_star();
        do {
            if (!read_item()) return tl::unexpected(std::move(error_));
        } while (accept(','));
        if (position_ < text_.size()) {
            fail_at(position_, "unexpected " + quoted(text_.substr(position_)));
            return tl::unexpected(std::move(error_));
        }
        return field_;
    }

private:
    struct Range {
        int from;
        int to;  // may lie beyond the last value: then it goes on at the first
    };
    /// A word that is a day followed by one letter, such as 15W and FRIL.
    struct Marked {
        std::string_view stem;
        char mark;  // upper case
    };

    [[nodiscard]] int last() const { return rule_.first + rule_.period - 1; }
    [[nodiscard]] char peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }
    [[nodiscard]] bool at_star() const {
        return peek() == '*' || (peek() == '?' && rule_.kind != Kind::plain);
    }
    bool accept(char c) {
        if (peek() != c) return false;
        ++position_;
        return true;
    }
    [[nodiscard]] std::string_view peek_word() const {
        auto end = position_;
        while (end < text_.size() && (is_digit(text_[end]) || is_letter(text_[end]))) ++end;
        return text_.substr(position_, end - position_);
    }
    std::string_view read_word() {
        const auto word = peek_word();
        position_ += word.size();
        return word;
    }

    bool read_item() {
        const auto word = peek_word();
        if (equals_ignoring_case(word, "H")) return read_hashed();
        if (rule_.kind == Kind::day_of_month && (equals_ignoring_case(word, "L") || marked(word, 'W')))
            return read_special_day();
        if (rule_.kind == Kind::day_of_week && (equals_ignoring_case(word, "L") || marked(word, 'L')))
            return read_last_weekday();
        const auto range = read_range();
        if (!range) return false;
        if (rule_.kind == Kind::day_of_week && peek() == '#') return read_week(*range);
        const auto step = read_step(rule_.period);
        if (!step) return false;
        add(*range, *step);
        return true;
    }

    void add(Range range, int step) {
        for (int value = range.from; value <= range.to; value += step) {
            const auto index = (value - rule_.first) % rule_.period;
            if (rule_.kind == Kind::day_of_week)
                field_.weekdays |= kEveryWeek << index;
            else
                field_.values |= std::uint64_t{1} << (rule_.first + index);
        }
    }

    // --- values, ranges and steps

    std::optional<Range> read_range() {
        if (at_star()) {
            ++position_;
            return Range{rule_.first, last()};
        }
        const auto from = read_value();
        if (!from) return std::nullopt;
        if (!accept('-')) return Range{*from, peek() == '/' ? std::max(last(), *from) : *from};
        return read_end(*from);
    }

    std::optional<Range> read_end(int from) {
        const auto to = read_value();
        if (!to) return std::nullopt;
        return Range{from, *to < from ? *to + rule_.period : *to};
    }

    std::optional<int> read_step(int most) {
        if (!accept('/')) return 1;
        const auto begin = position_;
        const auto word = read_word();
        const auto step = number_of(word);
        if (step && *step >= 1 && *step <= most) return step;
        const auto range = "1-" + std::to_string(most);
        if (word.empty()) return fail_at(begin, "a step is missing after '/'", range);
        return fail_at(
            begin, quoted(word) + " is not a step of this " + (most < rule_.period ? "H" : "field"), range);
    }

    std::optional<int> read_value() {
        const auto begin = position_;
        const auto word = read_word();
        if (word.empty() && peek() == '?') return fail_at(begin, "'?' stands for '*' in the day fields only");
        if (word.empty()) return fail_at(begin, "a value is missing");
        if (const auto number = number_of(word)) {
            if (*number >= rule_.first && *number <= rule_.greatest) return number;
            return fail_at(begin, quoted(word) + " is out of range");
        }
        if (const auto named = value_of_name(word)) return named;
        if (is_foreign_mark(word))
            return fail_at(begin, quoted(word) + " has no meaning as a " + std::string(rule_.name) +
                                      ": L and W belong to the days");
        return fail_at(begin, quoted(word) + " is not a " + std::string(rule_.name) + suggestion(word));
    }

    [[nodiscard]] std::optional<int> value_of_name(std::string_view word) const {
        for (std::size_t i = 0; i < rule_.names.size(); ++i)
            if (equals_ignoring_case(word, rule_.names[i])) return rule_.first + static_cast<int>(i);
        return std::nullopt;
    }

    [[nodiscard]] bool is_foreign_mark(std::string_view word) const {
        const bool is_mark = equals_ignoring_case(word, "L") || equals_ignoring_case(word, "W") ||
                             equals_ignoring_case(word, "LW");
        return is_mark && rule_.kind != Kind::day_of_month;
    }

    [[nodiscard]] std::string suggestion(std::string_view word) const {
        std::vector<std::string> known(rule_.names.begin(), rule_.names.end());
        if (rule_.kind == Kind::day_of_month) known.insert(known.end(), {"LW", "L"});
        const auto names = nearest(word, known, 1);
        return names.empty() ? "" : "; did you mean " + names.front() + "?";
    }

    // --- L, W and #

    /// A day and the mark, or in the day of month LW.
    [[nodiscard]] bool marked(std::string_view word, char mark) const {
        if (word.size() < 2 || (word.back() != mark && word.back() != mark - 'A' + 'a')) return false;
        const auto stem = word.substr(0, word.size() - 1);
        return number_of(stem) || value_of_name(stem) ||
               (rule_.kind == Kind::day_of_month && equals_ignoring_case(stem, "L"));
    }

    /// L, L-3, LW, 15W
    bool read_special_day() {
        const auto begin = position_;
        const auto word = read_word();
        if (equals_ignoring_case(word, "L")) return read_days_before_last();
        const auto stem = word.substr(0, word.size() - 1);
        if (equals_ignoring_case(stem, "L")) {
            field_.near |= 1;
            return true;
        }
        const auto day = number_of(stem);
        if (!day || *day < rule_.first || *day > rule_.greatest) {
            fail_at(begin, quoted(word) + " is out of range: W follows a day of the month", "1W-31W or LW");
            return false;
        }
        if (peek() == '-') {
            fail_at(position_, "W goes with one day, not with a range", "a list, such as 14W,15W");
            return false;
        }
        field_.near |= std::uint32_t{1} << *day;
        return true;
    }

    bool read_days_before_last() {
        constexpr int kFirst = 31;
        int before = 0;
        if (accept('-')) {
            const auto begin = position_;
            const auto word = read_word();
            const auto number = number_of(word);
            if (!number || *number < 1 || *number >= kFirst) {
                fail_at(begin,
                        word.empty() ? "a number of days before the last is missing after 'L-'"
                                     : quoted(word) + " is not a number of days before the last of a month",
                        "L-1 to L-30");
                return false;
            }
            before = *number;
        }
        field_.before_last |= std::uint32_t{1} << (kFirst - before);
        return true;
    }

    /// FRIL, 5L
    bool read_last_weekday() {
        const auto begin = position_;
        const auto word = read_word();
        const auto stem = word.substr(0, word.size() - 1);
        if (stem.empty()) {
            fail_at(begin, quoted(word) + " needs a day before it: FRIL is the last Friday of the month",
                    "0L-7L or SUNL-SATL");
            return false;
        }
        const auto number = number_of(stem);
        const auto day = number ? number : value_of_name(stem);
        if (!day || *day > rule_.greatest) {
            fail_at(begin, quoted(word) + " is out of range: L follows a day of the week",
                    "0L-7L or SUNL-SATL");
            return false;
        }
        field_.last_weekdays = static_cast<std::uint8_t>(field_.last_weekdays | 1U << (*day % 7));
        return true;
    }

    /// The #2 of FRI#2
    bool read_week(Range day) {
        if (day.from != day.to) {
            fail_at(position_, "'#' goes with one day, not with a range", "a list, such as MON#1,TUE#1");
            return false;
        }
        accept('#');
        const auto begin = position_;
        const auto word = read_word();
        const auto week = number_of(word);
        if (!week || *week < 1 || *week > kWeeks) {
            fail_at(begin,
                    word.empty() ? "the week is missing after '#'"
                                 : quoted(word) + " is not a week: a month has at most five of a weekday",
                    "#1 to #5, or FRIL for the last");
            return false;
        }
        field_.weekdays |= std::uint64_t{1} << (7 * (*week - 1) + day.from % 7);
        return true;
    }

    // --- H

    /// H, H(1-4), H/15, H(0-29)/10: as in Jenkins, the hash picks a value, or with a step where it begins.
    bool read_hashed() {
        read_word();
        Range range{rule_.first, rule_.greatest_hashed};
        if (accept('(')) {
            const auto from = read_value();
            if (!from) return false;
            if (!accept('-')) return fail_hash("a range is missing in 'H(…)'");
            const auto given = read_end(*from);
            if (!given) return false;
            if (!accept(')')) return fail_hash("')' is missing after the range of 'H(…)'");
            range = *given;
        }
        const int size = std::min(range.to - range.from + 1, rule_.period);
        const bool has_step = peek() == '/';
        const auto step = read_step(size);
        if (!step) return false;
        const auto choices = static_cast<std::uint64_t>(has_step ? *step : size);
        const auto first = range.from + static_cast<int>(hash_modulo(scope_, rule_.name, choices));
        add({first, has_step ? range.from + size - 1 : first}, *step);
        return true;
    }

    bool fail_hash(std::string message) {
        const auto first = std::to_string(rule_.first);
        fail_at(position_, std::move(message), "H, H(" + first + "-" + std::to_string(rule_.first + 3) + ")");
        return false;
    }

    // --- errors

    std::nullopt_t fail_at(std::size_t position, std::string message) {
        return fail_at(position, std::move(message), grammar_of(rule_));
    }
    std::nullopt_t fail_at(std::size_t position, std::string message, std::string expected) {
        error_ = {column_ + position, std::string(rule_.name), std::move(message), std::move(expected)};
        return std::nullopt;
    }

    const FieldRule& rule_;
    std::string_view text_;
    std::size_t column_;
    std::string_view scope_;
    std::size_t position_ = 0;
    Field field_;
    SyntaxError error_;
};

}  // namespace

tl::expected<Field, SyntaxError> parse_field(const FieldRule& rule, std::string_view text, std::size_t column,
                                             std::string_view scope) {
    return Parser(rule, text, column, scope).parse();
}

}  // namespace runbookd::cron
