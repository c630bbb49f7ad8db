#include "config/quantities.hpp"

#include <charconv>
#include <cmath>
#include <set>

namespace runbookd::config {
namespace {

std::string share_expected(int least) {
    return "a share such as 30%, from " + std::to_string(least) + "% to 100%, whole percents";
}

/// nullopt: not one.
std::optional<int> percent_of(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    int percent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole ? std::optional(percent) : std::nullopt;
}

bool is_share(const Field& field) { return field.is_scalar() && field.node->text.ends_with('%'); }

}  // namespace

std::optional<Share> read_share(const Field& field, int least) {
    if (!field.is_scalar()) {
        field.wrong_type(share_expected(least));
        return std::nullopt;
    }
    const auto percent = percent_of(field.node->text);
    if (percent && *percent >= least && *percent <= 100) return Share{*percent};
    field.error({.code = "bad_value",
                 .message = shown(field.node->text) + (percent ? " is out of range" : " is not a share"),
                 .expected = share_expected(least)});
    return std::nullopt;
}

std::optional<CountOrShare> read_count_or_share(const Field& field, Range<std::int64_t> counts,
                                                int least_percent) {
    if (is_share(field)) {
        const auto share = read_share(field, least_percent);
        return share ? std::optional<CountOrShare>(*share) : std::nullopt;
    }
    if (!field.is_scalar()) {
        field.wrong_type("a count, or " + share_expected(least_percent));
        return std::nullopt;
    }
    const auto count = read_integer(field, counts);
    return count ? std::optional<CountOrShare>(*count) : std::nullopt;
}

std::optional<double> read_decimal(const Field& field, Range<double> range) {
    const auto in_text = [](double number) {
        auto text = std::to_string(number);
        text.erase(text.find_last_not_of('0') + 1);
        if (text.ends_with('.')) text.pop_back();
        return text;
    };
    const auto expected = "a number from " + in_text(range.from) + " to " + in_text(range.to);
    if (!field.is_scalar()) {
        field.wrong_type(expected);
        return std::nullopt;
    }
    const auto& text = field.node->text;
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    const bool is_number = error == std::errc{} && end == text.data() + text.size() &&
                           std::isfinite(number) && field.node->plain;
    if (is_number && number >= range.from && number <= range.to) return number;
    field.error({.code = "bad_value", .message = shown(text) + " cannot be used here", .expected = expected});
    return std::nullopt;
}

std::vector<Field> read_list(const Field& field, std::string_view example, std::size_t most) {
    std::vector<Field> items;
    if (!field.is_list()) {
        field.wrong_type("a list, such as " + std::string(example));
        return items;
    }
    if (field.node->items.size() > most) {
        field.error({.code = "bad_value",
                     .message = "there are " + std::to_string(field.node->items.size()) + " items here",
                     .expected = "at most " + std::to_string(most)});
        return items;
    }
    for (std::size_t i = 0; i < field.node->items.size(); ++i) items.push_back(field.item(i));
    return items;
}

std::vector<Field> read_full_list(const Field& field, std::string_view example, std::size_t most) {
    if (field.is_list() && field.node->items.empty())
        field.error({.code = "bad_value",
                     .message = "this list is empty",
                     .expected = "at least one item, such as " + std::string(example)});
    return read_list(field, example, most);
}

void report_repeats(const std::vector<Field>& items) {
    std::set<std::string> seen;
    for (const auto& item : items)
        if (item.is_scalar() && !seen.insert(item.node->text).second)
            item.error({.code = "bad_value",
                        .message = shown(item.node->text) + " stands here twice",
                        .expected = "each item once"});
}

void check_words(const Field& field, const std::vector<std::string>& words) {
    std::vector<Word> choices;
    for (const auto& word : words) choices.push_back({word});
    const auto items = read_full_list(field, "[" + join(words) + "]");
    for (const auto& item : items) (void)read_word(item, choices);
    report_repeats(items);
}

std::optional<std::string> read_plain_name(const Field& field, const std::string& what) {
    auto name = read_text(field);
    if (!name) return std::nullopt;
    constexpr std::size_t kLongestName = 64;
    if (is_plain_name(*name) && name->size() <= kLongestName) return name;
    field.error({.code = "bad_value",
                 .message = shown(*name) + " cannot be the name of " + what,
                 .expected = "small letters, digits and -, at most 64"});
    return std::nullopt;
}

void check_not_empty(const MapReader& map, const std::string& expected) {
    if (map.is_empty())
        map.field().error({.code = "bad_value", .message = "this map is empty", .expected = expected});
}

}  // namespace runbookd::config
