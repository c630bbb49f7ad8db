#include "store/near_text.hpp"

#include <algorithm>
#include <cstddef>

namespace runbookd::store {
namespace {

constexpr std::size_t kShortestId = 8;  // of hexadecimal digits
constexpr std::size_t kUlidLength = 26;
constexpr std::size_t kShortestPlainHex = 16;  // without a decimal digit in it

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
/// Also the bytes of letters beyond ASCII.
bool is_word(char c) {
    return is_digit(c) || is_letter(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// What may stand in a host name: a word with hyphens.
std::size_t name_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && (is_word(text[length]) || text[length] == '-')) ++length;
    while (length > 0 && text[length - 1] == '-') --length;
    return length;
}

/// Of a host name of these at the beginning of `text`, with the domain that may follow; 0: none.
std::size_t host_length(std::string_view text, const Hostnames& hostnames) {
    auto length = name_length(text);
    if (length == 0 || hostnames.empty()) return 0;
    std::string name(text.substr(0, length));
    std::transform(name.begin(), name.end(), name.begin(), small);
    if (!hostnames.contains(name)) return 0;
    while (length + 1 < text.size() && text[length] == '.' && is_letter(text[length + 1]))
        length += 1 + name_length(text.substr(length + 1));
    return length;
}

/// Of a uid such as 123e4567-e89b-12d3-a456-426614174000 at the beginning; 0: none.
std::size_t uuid_length(std::string_view text) {
    std::size_t at = 0;
    for (const std::size_t part : {8U, 4U, 4U, 4U, 12U}) {
        if (at > 0 && (at >= text.size() || text[at++] != '-')) return 0;
        for (std::size_t i = 0; i < part; ++i, ++at)
            if (at >= text.size() || !is_hex(text[at])) return 0;
    }
    return at < text.size() && is_word(text[at]) ? 0 : at;
}

/// Of a hash, a handle or a ULID that is the whole word at the beginning; 0: none.
std::size_t id_length(std::string_view text) {
    std::size_t length = 0;
    bool is_hexadecimal = true, has_digit = false, has_letter = false;
    for (; length < text.size() && is_word(text[length]); ++length) {
        is_hexadecimal = is_hexadecimal && is_hex(text[length]);
        has_digit = has_digit || is_digit(text[length]);
        has_letter = has_letter || is_letter(text[length]);
    }
    const bool is_hash =
        is_hexadecimal && has_letter && length >= (has_digit ? kShortestId : kShortestPlainHex);
    const bool is_ulid = length == kUlidLength && text.front() >= '0' && text.front() <= '7' && has_letter;
    return is_hash || is_ulid ? length : 0;
}

struct Figure {
    std::size_t length = 0;
    bool is_time = false;
};

/// Of digits at the beginning, with what joins them to a number, a version, an address, a date or a time.
Figure figure_at(std::string_view text) {
    Figure figure;
    int hyphens = 0, slashes = 0, colons = 0;
    const auto digit_at = [&](std::size_t at) { return at < text.size() && is_digit(text[at]); };
    while (digit_at(figure.length)) {
        while (digit_at(figure.length)) ++figure.length;
        if (!digit_at(figure.length + 1)) break;
        const char joint = text[figure.length];
        if (joint == '-')
            ++hyphens;
        else if (joint == '/')
            ++slashes;
        else if (joint == ':')
            ++colons;
        else if (joint == 'T' && hyphens == 2)
            colons = 1;
        else if (joint != '.' && joint != ',' && !(joint == '+' && colons > 0))
            break;
        ++figure.length;
    }
    figure.is_time = colons > 0 || hyphens >= 2 || slashes >= 2;
    const auto next = text.substr(figure.length);
    if (colons > 0 && next.starts_with('Z') && (next.size() < 2 || !is_word(next[1]))) ++figure.length;
    return figure;
}

}  // namespace

std::string near_text(std::string_view text, const Hostnames& hostnames) {
    std::string masked;
    masked.reserve(text.size());
    const auto mask = [&](std::size_t length, const char* word) {
        masked += word;
        text.remove_prefix(length);
    };
    bool begins_word = true;
    while (!text.empty()) {
        if (begins_word && is_word(text.front())) {
            if (const auto host = host_length(text, hostnames); host > 0) {
                mask(host, "<host>");
                begins_word = false;
                continue;
            }
            const auto uuid = uuid_length(text);
            if (const auto id = uuid > 0 ? uuid : id_length(text); id > 0) {
                mask(id, "<id>");
                begins_word = false;
                continue;
            }
        }
        if (is_digit(text.front())) {
            const auto figure = figure_at(text);
            mask(figure.length, figure.is_time ? "<time>" : "#");
            begins_word = false;
            continue;
        }
        begins_word = !is_word(text.front());
        masked += text.front();
        text.remove_prefix(1);
    }
    return masked;
}

}  // namespace runbookd::store
