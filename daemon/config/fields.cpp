#include "config/fields.hpp"

#include <algorithm>
#include <charconv>

#include "base/spelling.hpp"

namespace runbookd::config {
namespace {

std::string what_stands_there(const Node& node) {
    switch (node.kind) {
        case Node::Kind::null: return "nothing is written here";
        case Node::Kind::scalar: return shown(node.text) + " stands here";
        case Node::Kind::sequence: return "a list stands here";
        case Node::Kind::map: return "a map stands here";
    }
    return {};
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// What people type for a boolean who know YAML 1.1.
std::string boolean_meant_by(std::string_view text) {
    static const std::vector<std::string> yes{"yes",  "Yes",  "YES",  "on", "On", "ON",
                                              "True", "TRUE", "true", "y",  "1"};
    static const std::vector<std::string> no{"no",    "No",    "NO",    "off", "Off", "OFF",
                                             "False", "FALSE", "false", "n",   "0"};
    if (contains(yes, text)) return "true";
    return contains(no, text) ? "false" : nearest_of(text, {"true", "false"});
}

}  // namespace

void Field::wrong_type(const std::string& expected) const {
    error({.code = "wrong_type", .message = what_stands_there(*node), .expected = expected});
}

void Field::not_supported(const std::string& what) const {
    error({.code = "not_supported", .message = what + " is not supported yet; remove it"});
}

Field Field::item(std::size_t index) const {
    return {node->items[index].get(), path + "[" + std::to_string(index) + "]", report};
}

std::optional<MapReader> MapReader::open(const Field& field, const Vocabulary& vocabulary) {
    if (!field.is_map()) {
        field.wrong_type("a map with " + join(vocabulary.known));
        return std::nullopt;
    }
    MapReader reader(field);
    report_duplicates(field);
    for (const auto& entry : field.node->entries) reader.check_key(entry, vocabulary);
    return reader;
}

void MapReader::check_key(const Entry& entry, const Vocabulary& vocabulary) const {
    if (contains(vocabulary.known, entry.key)) return;
    Finding finding;
    if (contains(vocabulary.later, entry.key)) {
        finding = {.code = "not_supported", .message = "'" + entry.key + "' is not supported yet; remove it"};
    } else {
        finding = {.code = "unknown_key",
                   .message = "unknown key " + shown(entry.key),
                   .expected = "one of " + join(vocabulary.known),
                   .suggestion = nearest_of(entry.key, vocabulary.known)};
    }
    field_.report->error(entry.key_mark, path_of(entry.key), std::move(finding));
}

std::optional<Field> MapReader::get(std::string_view key) const {
    const auto* entry = field_.node->find(key);
    if (entry == nullptr) return std::nullopt;
    Field value{entry->value.get(), path_of(key), field_.report};
    return value;
}

void MapReader::missing(const std::string& key, const std::string& expected) const {
    field_.report->error(
        field_.node->mark, path_of(key),
        {.code = "missing_key", .message = "'" + key + "' is missing", .expected = expected});
}

std::string MapReader::path_of(std::string_view key) const {
    const auto name = clipped(key);
    return field_.path.empty() ? name : field_.path + "." + name;
}

void report_duplicates(const Field& map) {
    for (const auto& twice : map.node->duplicates) {
        const auto name = clipped(twice.key);
        const auto path = map.path.empty() ? name : map.path + "." + name;
        map.report->error(
            twice.mark, path,
            {.code = "duplicate_key",
             .message = shown(twice.key) + " stands on line " + std::to_string(twice.first.line) +
                        " and again on line " + std::to_string(twice.mark.line),
             .expected = "each key once"});
    }
}

std::optional<std::string> read_text(const Field& field) {
    if (field.is_scalar() && !field.node->text.empty()) return field.node->text;
    if (field.is_scalar()) {
        field.error({.code = "bad_value", .message = "this text is empty", .expected = "a text"});
    } else {
        field.wrong_type("a text");
    }
    return std::nullopt;
}

std::optional<bool> read_bool(const Field& field) {
    if (field.is_scalar() && field.node->plain && field.node->text == "true") return true;
    if (field.is_scalar() && field.node->plain && field.node->text == "false") return false;
    if (field.is_scalar()) {
        field.error({.code = "wrong_type",
                     .message = shown(field.node->text) + " is a text, not a boolean",
                     .expected = "true or false, without quotes",
                     .suggestion = boolean_meant_by(field.node->text)});
    } else {
        field.wrong_type("true or false");
    }
    return std::nullopt;
}

std::optional<Millis> read_duration(const Field& field, Range<Millis> range) {
    const auto bounds = "from " + format_duration(range.from) + " to " + format_duration(range.to);
    const auto expected = "a time span such as 90s, 15m or 1h30m, " + bounds;
    if (!field.is_scalar()) {
        field.wrong_type(expected);
        return std::nullopt;
    }
    const auto span = parse_duration(field.node->text);
    if (!span) {
        field.error({.code = "bad_value",
                     .message = shown(field.node->text) + " is not a time span",
                     .expected = expected});
        return std::nullopt;
    }
    if (*span < range.from || *span > range.to) {
        field.error({.code = "bad_value",
                     .message = shown(field.node->text) + " is out of range",
                     .expected = expected});
        return std::nullopt;
    }
    return *span;
}

std::optional<std::int64_t> read_integer(const Field& field, Range<std::int64_t> range) {
    const auto expected =
        "a whole number from " + std::to_string(range.from) + " to " + std::to_string(range.to);
    if (!field.is_scalar()) {
        field.wrong_type(expected);
        return std::nullopt;
    }
    const auto& text = field.node->text;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (is_number && !field.node->plain) {
        field.error({.code = "wrong_type",
                     .message = shown(text) + " is a text, not a number",
                     .expected = expected + ", without quotes",
                     .suggestion = text});
        return std::nullopt;
    }
    if (is_number && number >= range.from && number <= range.to) return number;
    field.error({.code = "bad_value", .message = shown(text) + " cannot be used here", .expected = expected});
    return std::nullopt;
}

std::optional<std::size_t> read_word(const Field& field, const std::vector<Word>& words) {
    std::vector<std::string> valid;
    for (const auto& word : words) {
        if (word.supported) valid.push_back(word.text);
    }
    if (!field.is_scalar()) {
        field.wrong_type("one of " + join(valid));
        return std::nullopt;
    }
    const auto& text = field.node->text;
    const auto found =
        std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.text == text; });
    if (found != words.end() && found->supported) return static_cast<std::size_t>(found - words.begin());
    if (found != words.end()) {
        field.error({.code = "not_supported",
                     .message = "'" + text + "' is not supported yet",
                     .expected = "one of " + join(valid)});
        return std::nullopt;
    }
    field.error({.code = "bad_value",
                 .message = shown(text) + " is not a choice here",
                 .expected = "one of " + join(valid),
                 .suggestion = nearest_of(text, valid)});
    return std::nullopt;
}

std::string clipped(std::string_view text) {
    constexpr std::size_t kMostBytes = 60;
    auto length = std::min(text.size(), kMostBytes);
    const auto inside_character = [&] {
        return length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U;
    };
    while (length > 0 && inside_character()) --length;
    std::string result(text.substr(0, length));
    if (length < text.size()) result += "…";
    std::replace_if(
        result.begin(), result.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return result;
}

std::string shown(std::string_view text) { return "'" + clipped(text) + "'"; }

bool is_plain_name(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || c == '-'; });
}

std::string join(const std::vector<std::string>& words) {
    std::string joined;
    for (const auto& word : words) joined += (joined.empty() ? "" : ", ") + word;
    return joined;
}

std::string nearest_of(std::string_view word, const std::vector<std::string>& words) {
    const auto found = nearest(word, words, 1);
    return found.empty() ? std::string{} : found.front();
}

}  // namespace runbookd::config
