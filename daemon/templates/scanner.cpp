#include "templates/scanner.hpp"

#include <algorithm>

#include "base/glob.hpp"
#include "base/spelling.hpp"
#include "templates/characters.hpp"
#include "templates/date_format.hpp"

namespace runbookd::templates {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kSecret = "${secret:";
constexpr std::size_t kMostShown = 40;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

std::string in_marks(std::string_view word) {
    if (word.size() <= kMostShown) return "'" + std::string(word) + "'";
    auto end = kMostShown;
    while (end > 0 && !begins_character(word[end])) --end;
    return "'" + std::string(word.substr(0, end)) + "…'";
}

bool is_secret_in_another_case(std::string_view text) {
    return text.size() >= kSecret.size() && equals_ignoring_case(text.substr(0, kSecret.size()), kSecret);
}

}  // namespace

tl::expected<std::vector<Part>, ParseError> Scanner::scan() {
    if (is_too_long(text_))
        return error(0, "a value of more than 16,195 characters may not arrive whole", "a shorter value");
    while (at_ < text_.size()) {
        const auto special = text_.find_first_of("{$", at_);
        add_text(text_.substr(at_, special - at_));
        at_ = std::min(special, text_.size());
        Step step;
        if (is_at(kOpen))
            step = scan_braces();
        else if (is_secret_in_another_case(rest()))
            step = scan_secret();
        else if (at_ < text_.size())
            add_text(text_.substr(at_++, 1));
        if (!step) return tl::unexpected<ParseError>(std::move(step.error()));
    }
    return std::move(parts_);
}

Scanner::Step Scanner::scan_braces() {
    opened_at_ = at_;
    at_ += kOpen.size();
    skip_blanks();
    if (peek() == '\'' || peek() == '"') {
        auto text = scan_quoted();
        if (!text) return tl::unexpected<ParseError>(std::move(text.error()));
        add_text(*text);
        skip_blanks();
        return expect_close("}} after a quoted text");
    }
    auto use = scan_field();
    if (!use) return tl::unexpected<ParseError>(std::move(use.error()));
    for (skip_blanks(); take("|"); skip_blanks())
        if (auto step = scan_filter(*use); !step) return step;
    parts_.emplace_back(std::move(*use));
    return expect_close("}} or | and a filter");
}

Scanner::Step Scanner::expect_close(std::string_view expected) {
    if (take(kClose)) return {};
    if (at_ == text_.size()) return error(opened_at_, "this {{ has no }}", std::string(expected));
    return error(at_, "this does not belong into {{ }}", std::string(expected));
}

Scanner::Read<FieldUse> Scanner::scan_field() {
    const auto at = at_;
    const auto word = take_word();
    if (word.empty()) {
        if (at_ == text_.size()) return error(opened_at_, "this {{ has no }}", "}}");
        return error(at, "there is no field here",
                     "a field such as device.hostname; write {{ '{{' }} for the braces themselves");
    }
    const auto field = find_field(word);
    if (!field) {
        const auto close = fields_near(word);
        return error(at, in_marks(word) + " is not a field",
                     "one of the fields that docs/runbooks.md lists, such as device.hostname",
                     close.empty() ? "" : close.front());
    }
    return FieldUse{*field, {}, {}, column(at)};
}

Scanner::Step Scanner::scan_filter(FieldUse& use) {
    skip_blanks();
    const auto at = at_;
    const auto word = take_word();
    if (word == "default") return take_default(use, at);
    if (word == "date") return take_date(use, at);
    static const std::vector<std::string> kFilters{"default", "date"};
    const auto close = nearest(word, kFilters, 1);
    return error(at, word.empty() ? "there is no filter after |" : in_marks(word) + " is not a filter",
                 "default('…') or date('%Y-%m')", close.empty() ? "" : close.front());
}

Scanner::Step Scanner::take_default(FieldUse& use, std::size_t at) {
    auto text = scan_argument("default");
    if (!text) return tl::unexpected<ParseError>(std::move(text.error()));
    if (use.fallback) return error(at, "there is a default already", "one default");
    use.fallback = std::move(*text);
    return {};
}

Scanner::Step Scanner::take_date(FieldUse& use, std::size_t at) {
    if (spec_of(use.field.id).type != FieldType::time)
        return error(at, use.field.name() + " is not a time",
                     "date only after a time, such as run.started_at");
    auto format = scan_argument("date");
    if (!format) return tl::unexpected<ParseError>(std::move(format.error()));
    if (use.date) return error(at, "there is a date format already", "one date");
    if (const auto bad = find_bad_conversion(*format))
        return error(quoted_at_ + *bad, in_marks(format->substr(*bad, 2)) + " is not supported in a date",
                     std::string(kDateConversions));
    use.date = std::move(*format);
    return {};
}

Scanner::Read<std::string> Scanner::scan_argument(std::string_view filter) {
    const auto form = std::string(filter) + (filter == "date" ? "('%Y-%m')" : "('text')");
    skip_blanks();
    if (!take("(")) return error(at_, std::string(filter) + " needs its argument", form);
    skip_blanks();
    if (peek() != '\'' && peek() != '"')
        return error(at_, std::string(filter) + " takes a quoted text", form);
    auto text = scan_quoted();
    if (!text) return text;
    skip_blanks();
    if (!take(")")) return error(at_, std::string(filter) + " takes one argument and then )", form);
    return text;
}

Scanner::Read<std::string> Scanner::scan_quoted() {
    const auto at = at_;
    const auto end = text_.find(text_[at], at + 1);
    if (end == std::string_view::npos)
        return error(at, "this quote has no end", std::string("a closing ") + text_[at]);
    quoted_at_ = at + 1;
    at_ = end + 1;
    return std::string(text_.substr(at + 1, end - at - 1));
}

Scanner::Step Scanner::scan_secret() {
    const auto at = at_;
    const std::string form = "${secret:NAME}; write {{ '${secret:' }} for the text itself";
    if (!is_at(kSecret)) return error(at, "a secret is written in small letters", form, std::string(kSecret));
    at_ += kSecret.size();
    const auto name = take_word();
    if (name.empty()) return error(at_, "this secret has no name", form);
    if (!take("}"))
        return error(
            at_, at_ == text_.size() ? "this secret has no }" : "this does not belong into a secret's name",
            form);
    parts_.emplace_back(SecretUse{std::string(name), column(at)});
    return {};
}

void Scanner::skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

std::string_view Scanner::take_word() {
    const auto from = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
}

bool Scanner::take(std::string_view what) {
    if (!is_at(what)) return false;
    at_ += what.size();
    return true;
}

std::size_t Scanner::column(std::size_t at) const { return 1 + count_characters(text_.substr(0, at)); }

tl::unexpected<ParseError> Scanner::error(std::size_t at, std::string message, std::string expected,
                                          std::string suggestion) const {
    return tl::unexpected<ParseError>(
        ParseError{column(at), std::move(message), std::move(expected), std::move(suggestion)});
}

void Scanner::add_text(std::string_view text) {
    if (text.empty()) return;
    if (!parts_.empty())
        if (auto* const before = std::get_if<std::string>(&parts_.back())) {
            *before += text;
            return;
        }
    parts_.emplace_back(std::string(text));
}

}  // namespace runbookd::templates
