#include "lint/field_texts.hpp"

#include <algorithm>

namespace runbookd::lint {
namespace {

std::vector<std::string> split(std::string_view text, std::string_view separators) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find_first_of(separators, begin), text.size());
        if (end > begin) parts.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

}  // namespace

std::optional<FieldTexts> split_fields(std::string_view expression) {
    auto parts = split(expression, " \t");
    FieldTexts fields;
    if (parts.size() == 6) {
        fields.second = parts.front();
        parts.erase(parts.begin());
    }
    if (parts.size() != 5) return std::nullopt;
    fields.minute = parts[0];
    fields.hour = parts[1];
    fields.day = parts[2];
    fields.month = parts[3];
    fields.weekday = parts[4];
    return fields;
}

std::string join_fields(const FieldTexts& fields) {
    std::string text = fields.second ? *fields.second + " " : "";
    for (const auto* field : {&fields.minute, &fields.hour, &fields.day, &fields.month, &fields.weekday})
        text += (field == &fields.minute ? "" : " ") + *field;
    return text;
}

std::vector<std::string> items_of(std::string_view field) { return split(field, ","); }

std::optional<int> plain_number(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.empty() || text.size() > 4 || !std::all_of(text.begin(), text.end(), is_digit))
        return std::nullopt;
    int value = 0;
    for (const char digit : text) value = value * 10 + (digit - '0');
    return value;
}

bool is_plain(std::string_view field) {
    const auto items = items_of(field);
    return std::all_of(items.begin(), items.end(),
                       [](const std::string& item) { return plain_number(item).has_value(); });
}

bool is_any(std::string_view field) { return field == "*" || field == "?" || field == "*/1"; }

}  // namespace runbookd::lint
