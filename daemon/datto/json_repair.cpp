#include "datto/json_repair.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace runbookd::datto {
namespace {

constexpr int kDeepest = 64;
constexpr std::size_t kMostValues = 1'000'000;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Length of the well-formed UTF-8 sequence at `at`, or 0 (RFC 3629: no overlong forms, no surrogates).
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const auto lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return length;
}

bool is_bare(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '+' || c == '.';
}

/// A number that no double holds, in either direction, and the words that JavaScript has for such.
bool is_no_double(std::string_view word) {
    if (word == "NaN" || word == "Infinity" || word == "-Infinity") return true;
    double value = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
    return read.ec == std::errc::result_out_of_range && read.ptr == word.data() + word.size();
}

/// The code unit of an escape "\uXXXX" at `at`; none: it is not one.
std::optional<std::uint16_t> unit_at(std::string_view text, std::size_t at) {
    constexpr std::size_t kLength = 6;
    if (text.substr(at, 2) != "\\u" || at + kLength > text.size()) return std::nullopt;
    std::uint16_t unit = 0;
    const auto* const digits = text.data() + at + 2;
    const auto read = std::from_chars(digits, digits + 4, unit, 16);
    if (read.ec != std::errc{} || read.ptr != digits + 4) return std::nullopt;
    return unit;
}

class Repair {
public:
    explicit Repair(std::string_view text) : text_(text) { out_.reserve(text.size() + text.size() / 8); }

    std::string run() {
        while (at_ < text_.size()) {
            if (is_bare(text_[at_]))
                copy_bare_word();
            else if (text_[at_] == '"')
                copy_string();
            else
                copy(1);
        }
        return std::move(out_);
    }

private:
    void copy(std::size_t count) {
        const auto part = text_.substr(at_, count);
        out_ += part;
        at_ += part.size();
    }
    void replace(std::size_t count, std::string_view instead) {
        out_ += instead;
        at_ += count;
    }

    void copy_bare_word() {
        auto end = at_;
        while (end < text_.size() && is_bare(text_[end])) ++end;
        const auto word = text_.substr(at_, end - at_);
        if (is_no_double(word))
            replace(word.size(), "null");
        else
            copy(word.size());
    }

    void copy_string() {
        copy(1);
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\')
                copy_escape();
            else
                copy_character();
        }
        copy(1);
    }

    void copy_escape() {
        const auto unit = unit_at(text_, at_);
        if (!unit) return copy(2);
        const bool is_first = *unit >= 0xD800 && *unit <= 0xDBFF;
        const bool is_second = *unit >= 0xDC00 && *unit <= 0xDFFF;
        if (!is_first && !is_second) return copy(6);
        const auto next = is_first ? unit_at(text_, at_ + 6) : std::nullopt;
        if (next && *next >= 0xDC00 && *next <= 0xDFFF) return copy(12);
        replace(6, kReplacement);
    }

    void copy_character() {
        constexpr std::string_view kHex = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(text_[at_]);
        if (byte < 0x20) {
            const char escape[] = {'\\', 'u', '0', '0', kHex[byte >> 4U], kHex[byte & 0xFU]};
            return replace(1, std::string_view(escape, sizeof escape));
        }
        const auto length = sequence_length(text_, at_);
        if (length == 0)
            replace(1, kReplacement);
        else
            copy(length);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string out_;
};

}  // namespace

bool is_bounded_json(std::string_view text) {
    int depth = 0;
    std::size_t values = 0;
    bool is_in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (is_in_string) {
            if (c == '\\') ++at;
            if (c == '"') is_in_string = false;
            continue;
        }
        if (c == '"') is_in_string = true;
        if (c == '[' || c == '{') ++depth;
        if (c == ']' || c == '}') --depth;
        if (c == ',' || c == '[' || c == '{') ++values;
        if (depth > kDeepest || values > kMostValues) return false;
    }
    return true;
}

std::string repaired_json(std::string_view text) { return Repair(text).run(); }

}  // namespace runbookd::datto
