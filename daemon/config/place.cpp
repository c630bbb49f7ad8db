#include "config/place.hpp"

#include <charconv>
#include <optional>

#include "config/document.hpp"

namespace runbookd::config {
namespace {

/// Takes the next part off a path: "a" of "a.b", "[0]" of "[0].c".
std::string_view take_part(std::string_view& path) {
    if (!path.empty() && path.front() == '.') path.remove_prefix(1);
    const auto end = path.empty() ? 0 : path.find_first_of(".[", 1);
    const auto part = path.substr(0, end);
    path.remove_prefix(part.size());
    return part;
}

std::optional<std::size_t> index_in(std::string_view part) {
    if (part.size() < 3 || part.front() != '[') return std::nullopt;
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(part.data() + 1, part.data() + part.size() - 1, index);
    return error == std::errc{} && *end == ']' ? std::optional(index) : std::nullopt;
}

}  // namespace

Mark place_of(std::string_view text, std::string_view path) {
    const auto document = parse_document(text, "");
    if (document.root == nullptr) return {};
    const auto* node = document.root.get();
    auto place = node->mark;
    for (auto part = take_part(path); !part.empty(); part = take_part(path)) {
        if (const auto index = index_in(part)) {
            if (*index >= node->items.size()) return place;
            node = node->items[*index].get();
            place = node->mark;
        } else {
            const auto* const entry = node->find(part);
            if (entry == nullptr) return place;
            place = entry->key_mark;
            node = entry->value.get();
        }
    }
    return place;
}

}  // namespace runbookd::config
