#include "runbook/json_object.hpp"

#include <charconv>
#include <cstdint>
#include <set>
#include <system_error>

namespace runbookd::runbook {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_high_surrogate(std::uint32_t code) { return code >= 0xD800 && code <= 0xDBFF; }
bool is_low_surrogate(std::uint32_t code) { return code >= 0xDC00 && code <= 0xDFFF; }

void put_utf8(std::string& text, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    const auto tail = [&](unsigned shift) { put(0x80U | ((code >> shift) & 0x3FU)); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
        put(0xC0U | (code >> 6U));
        return tail(0);
    }
    if (code < 0x10000) {
        put(0xE0U | (code >> 12U));
        tail(6);
        return tail(0);
    }
    put(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
}

void put_quoted(std::string& text, std::string_view value) {
    text += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        const auto special = std::string_view("\"\\\b\f\n\r\t").find(c);
        if (special != std::string_view::npos) {
            text += '\\';
            text += "\"\\bfnrt"[special];
        } else if (byte < 0x20) {
            text += "\\u00";
            text += kHex[byte >> 4U];
            text += kHex[byte & 0xFU];
        } else {
            text += c;
        }
    }
    text += '"';
}

/// Each function reads one thing from where it stands; false: it is not there. What it reads lands in
/// `plain`.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::optional<std::string> read() {
        skip_blanks();
        if (!next_is('{') || !object(1)) return std::nullopt;
        skip_blanks();
        if (!rest_.empty()) return std::nullopt;
        return std::move(plain_);
    }

private:
    bool value(int depth) {
        if (next_is('{')) return object(depth + 1);
        if (next_is('[')) return array(depth + 1);
        if (next_is('"')) {
            const auto text = string();
            if (text) put_quoted(plain_, *text);
            return text.has_value();
        }
        return word("true") || word("false") || word("null") || number();
    }

    bool object(int depth) {
        if (depth > kDeepestJson) return false;
        take('{');
        std::set<std::string> names;
        skip_blanks();
        while (!next_is('}')) {
            if (!names.empty() && !comma()) return false;
            if (!next_is('"')) return false;
            auto name = string();
            if (!name) return false;
            put_quoted(plain_, *name);
            if (!names.insert(std::move(*name)).second) return false;
            skip_blanks();
            if (!next_is(':')) return false;
            take(':');
            skip_blanks();
            if (!value(depth)) return false;
            skip_blanks();
        }
        take('}');
        return true;
    }

    bool array(int depth) {
        if (depth > kDeepestJson) return false;
        take('[');
        bool is_first = true;
        skip_blanks();
        while (!next_is(']')) {
            if (!is_first && !comma()) return false;
            is_first = false;
            if (!value(depth)) return false;
            skip_blanks();
        }
        take(']');
        return true;
    }

    bool comma() {
        if (!next_is(',')) return false;
        take(',');
        skip_blanks();
        return true;
    }

    /// With its escapes undone.
    std::optional<std::string> string() {
        std::string text;
        rest_.remove_prefix(1);
        while (!rest_.empty() && rest_.front() != '"') {
            const char c = rest_.front();
            if (static_cast<unsigned char>(c) < 0x20) return std::nullopt;
            rest_.remove_prefix(1);
            if (c != '\\')
                text += c;
            else if (!escape(text))
                return std::nullopt;
        }
        if (rest_.empty()) return std::nullopt;
        rest_.remove_prefix(1);
        return text;
    }

    bool escape(std::string& text) {
        if (rest_.empty()) return false;
        const char c = rest_.front();
        rest_.remove_prefix(1);
        if (c == 'u') return unicode_escape(text);
        constexpr std::string_view kEscapes = "\"\\/bfnrt";
        const auto which = kEscapes.find(c);
        if (which == std::string_view::npos) return false;
        text += "\"\\/\b\f\n\r\t"[which];
        return true;
    }

    bool unicode_escape(std::string& text) {
        auto code = four_digits();
        if (!code || is_low_surrogate(*code)) return false;
        if (is_high_surrogate(*code)) {
            if (!rest_.starts_with("\\u")) return false;
            rest_.remove_prefix(2);
            const auto low = four_digits();
            if (!low || !is_low_surrogate(*low)) return false;
            code = 0x10000U + ((*code - 0xD800U) << 10U) + (*low - 0xDC00U);
        }
        put_utf8(text, *code);
        return true;
    }

    std::optional<std::uint32_t> four_digits() {
        constexpr std::size_t kDigits = 4;
        if (rest_.size() < kDigits) return std::nullopt;
        std::uint32_t code = 0;
        const auto* const end = rest_.data() + kDigits;
        const auto read = std::from_chars(rest_.data(), end, code, 16);
        if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
        rest_.remove_prefix(kDigits);
        return code;
    }

    bool number() {
        std::size_t length = 0;
        const auto at = [&](std::size_t place) { return place < rest_.size() ? rest_[place] : '\0'; };
        const auto digits = [&] {
            const auto from = length;
            while (is_digit(at(length))) ++length;
            return length - from;
        };
        if (at(length) == '-') ++length;
        const bool begins_with_zero = at(length) == '0';
        const auto whole = digits();
        if (whole == 0 || (begins_with_zero && whole > 1)) return false;
        if (at(length) == '.') {
            ++length;
            if (digits() == 0) return false;
        }
        if (at(length) == 'e' || at(length) == 'E') {
            ++length;
            if (at(length) == '+' || at(length) == '-') ++length;
            if (digits() == 0) return false;
        }
        double value = 0;
        if (std::from_chars(rest_.data(), rest_.data() + length, value).ec != std::errc{}) return false;
        plain_ += rest_.substr(0, length);
        rest_.remove_prefix(length);
        return true;
    }

    bool word(std::string_view name) {
        if (!rest_.starts_with(name)) return false;
        plain_ += name;
        rest_.remove_prefix(name.size());
        return true;
    }

    [[nodiscard]] bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
    /// What next_is() has seen.
    void take(char c) {
        plain_ += c;
        rest_.remove_prefix(1);
    }
    void skip_blanks() {
        const auto first = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
    }

    std::string_view rest_;
    std::string plain_;
};

}  // namespace

std::optional<std::string> plain_json_object(std::string_view text) { return Reader(text).read(); }

}  // namespace runbookd::runbook
