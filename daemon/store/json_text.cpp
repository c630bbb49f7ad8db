#include "store/json_text.hpp"

#include <algorithm>
#include <cstddef>

namespace runbookd::store {
namespace {

bool needs_escape(char letter) {
    return static_cast<unsigned char>(letter) < 0x20 || letter == '"' || letter == '\\';
}

void append_escaped(std::string& out, char letter) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    switch (letter) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    const auto byte = static_cast<unsigned char>(letter);
    out += "\\u00";
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0x0FU];
}

}  // namespace

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char letter) {
        return static_cast<unsigned char>(letter) < 0x80 && !needs_escape(letter);
    });
}

void append_json_text(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;  // from here on nothing was copied yet
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        out += text.substr(plain, i - plain);
        append_escaped(out, text[i]);
        plain = i + 1;
    }
    out += text.substr(plain);
    out += '"';
}

}  // namespace runbookd::store
