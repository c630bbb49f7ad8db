#include "base/glob.hpp"

#include <algorithm>

namespace runbookd {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Whether `text` begins with `lowered`; letters compared without case.
bool begins_with(std::string_view text, std::string_view lowered) {
    if (text.size() < lowered.size()) return false;
    for (std::size_t i = 0; i < lowered.size(); ++i)
        if (lower(text[i]) != lowered[i]) return false;
    return true;
}

bool contains(std::string_view text, std::string_view lowered) {
    for (; text.size() >= lowered.size(); text.remove_prefix(1))
        if (begins_with(text, lowered)) return true;
    return false;
}

/// The second and later bytes of a character in UTF-8.
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0;
    auto star = std::string_view::npos;  // the last star seen, and where its match would resume
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == '?') {
            ++p;
            do ++t;
            while (t < text.size() && continues_character(text[t]));
        } else if (p < pattern.size() && lower(pattern[p]) == lower(text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

Glob::Glob(std::string_view pattern) {
    const bool is_open_before = pattern.starts_with('*');
    const bool is_open_after = pattern.size() > 1 && pattern.ends_with('*');
    auto part = pattern;
    if (is_open_before) part.remove_prefix(1);
    if (is_open_after) part.remove_suffix(1);
    if (part.find_first_of("*?") != std::string_view::npos) {
        part = pattern;
    } else {
        constexpr Form kForms[] = {Form::whole, Form::prefix, Form::suffix, Form::inner};
        form_ = kForms[(is_open_before ? 2 : 0) + (is_open_after ? 1 : 0)];
    }
    part_ = ascii_lower(part);
}

bool Glob::matches(std::string_view text) const {
    switch (form_) {
        case Form::whole: return text.size() == part_.size() && begins_with(text, part_);
        case Form::prefix: return begins_with(text, part_);
        case Form::suffix:
            return text.size() >= part_.size() && begins_with(text.substr(text.size() - part_.size()), part_);
        case Form::inner: return contains(text, part_);
        case Form::any: return glob_matches(part_, text);
    }
    return false;
}

std::string ascii_lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace runbookd
