#include "secrets/redactor.hpp"

#include <algorithm>
#include <cstring>

#include "templates/rendered.hpp"

namespace runbookd::secrets {
namespace {

/// From `from` on. In time linear in the text, whatever it holds: an output may be made to be slow to search.
std::size_t find(std::string_view text, std::string_view value, std::size_t from) {
    if (from >= text.size()) return std::string_view::npos;
    const auto* const at = static_cast<const char*>(
        ::memmem(text.data() + from, text.size() - from, value.data(), value.size()));
    return at == nullptr ? std::string_view::npos : static_cast<std::size_t>(at - text.data());
}

/// As the text between the quotes of a JSON string (RFC 8259, 7).
std::string in_json(const std::string& value) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string text;
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
    return text;
}

}  // namespace

void Redactor::add(const std::string& name, const std::string& value) {
    if (value.size() < kShortestSecret) return;
    add_needle(name, value);
    add_needle(name, in_json(value));
}

void Redactor::add_needle(const std::string& name, std::string value) {
    const auto is_known = std::any_of(needles_.begin(), needles_.end(),
                                      [&](const Needle& needle) { return needle.value == value; });
    if (!is_known) needles_.push_back({std::move(value), name});
}

std::vector<Redactor::Found> Redactor::find_all(std::string_view text) const {
    std::vector<Found> all;
    for (const auto& needle : needles_) {
        const auto length = needle.value.size();
        const auto first_of_needle = all.size();
        for (auto at = find(text, needle.value, 0); at != std::string_view::npos;
             at = find(text, needle.value, at + 1)) {
            // "aaaaaaaa" stands at many places of a line of a's: they are one.
            if (all.size() > first_of_needle && at < all.back().end)
                all.back().end = at + length;
            else
                all.push_back({at, at + length, &needle});
        }
    }
    std::sort(all.begin(), all.end(), [](const Found& a, const Found& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
    return all;
}

std::string Redactor::redact(std::string text) const {
    const auto all = find_all(text);
    if (all.empty()) return text;
    std::string redacted;
    std::size_t done = 0;
    for (const auto& found : all) {
        if (found.end <= done) continue;  // inside one that is replaced already
        if (found.begin > done) redacted.append(text, done, found.begin - done);
        redacted += templates::secret_mark(found.needle->name);
        done = found.end;
    }
    redacted.append(text, done);
    return redacted;
}

std::optional<std::string> Redactor::find_in(std::string_view text) const {
    for (const auto& needle : needles_)
        if (find(text, needle.value, 0) != std::string_view::npos) return needle.name;
    return std::nullopt;
}

}  // namespace runbookd::secrets
