#include "config/source_text.hpp"

#include <algorithm>

namespace runbookd::config {
namespace {

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t", at), text.size());
}

/// The length of the UTF-8 sequence at the start of `text`; 0: not one (overlong forms and surrogates
/// included).
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = byte(0);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!continues_character(text[i])) return 0;
    }
    if (length == 3 && ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F))) return 0;
    if (length == 4 && ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F))) return 0;
    return length;
}

bool is_forbidden_control(char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return (value < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || value == 0x7F;
}

}  // namespace

SourceText::SourceText(std::string_view text) : text_(text), line_starts_{0} {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n') line_starts_.push_back(i + 1);
    }
}

std::string_view SourceText::rest_of_line(int line, int byte_column) const {
    if (line < 0 || byte_column < 0 || static_cast<std::size_t>(line) >= line_starts_.size()) return {};
    const auto begin = line_starts_[static_cast<std::size_t>(line)] + static_cast<std::size_t>(byte_column);
    if (begin >= text_.size()) return {};
    const auto rest = text_.substr(begin);
    return rest.substr(0, rest.find('\n'));
}

Mark SourceText::mark(int line, int byte_column) const {
    if (line < 0 || byte_column < 0) return {};
    const auto before = rest_of_line(line, 0).substr(0, static_cast<std::size_t>(byte_column));
    return {line + 1, static_cast<int>(count_characters(before)) + 1};
}

Mark SourceText::literal_start(int line, int byte_column, std::string_view value) const {
    const auto rest = rest_of_line(line, byte_column);
    std::size_t at = 0;
    while (at < rest.size() && (rest[at] == '&' || rest[at] == '!')) {
        at = skip_blanks(rest, std::min(rest.find_first_of(" \t", at), rest.size()));
    }
    if (at < rest.size() && (rest[at] == '"' || rest[at] == '\'')) ++at;
    if (rest.substr(at, value.size()) != value) return {};
    return mark(line, byte_column + static_cast<int>(at));
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return !continues_character(byte); }));
}

std::optional<NotText> find_not_text(std::string_view bytes) {
    Mark where{1, 1};
    for (std::size_t at = 0; at < bytes.size();) {
        const auto length = sequence_length(bytes.substr(at));
        if (length == 0) return NotText{where, "this is not UTF-8 text; save the file as UTF-8"};
        if (is_forbidden_control(bytes[at])) return NotText{where, "this is a control character; remove it"};
        where = bytes[at] == '\n' ? Mark{where.line + 1, 1} : Mark{where.line, where.column + 1};
        at += length;
    }
    return std::nullopt;
}

}  // namespace runbookd::config
