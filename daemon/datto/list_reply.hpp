#pragma once
// One page of a list, as the API sends them: `{"pageDetails": {"nextPageUrl": …}, "<key>": […]}`.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "datto/entries.hpp"
#include "datto/http.hpp"
#include "datto/json_read.hpp"

namespace runbookd::datto {

/// Whether a page of which no entry says which one it is may pass for an empty one.
enum class Unnamed : std::uint8_t { refused, left_out };

/// Where a page is in the answer, and what comes after it.
struct ListParts {
    const nlohmann::json* entries = nullptr;
    std::string next_cursor;
};
/// A list that names no next page, or the page at `target` itself, or has no entries, ends there. A bare
/// array with entries is a list of one page. Errors: unavailable where it is no list, where its page details
/// are no object, where it counts entries and sends none, or where its next page leaves the account's
/// address.
[[nodiscard]] Result<ListParts> list_parts(const BaseUrl& base, const std::string& target,
                                           const nlohmann::json& body, std::string_view key);

/// Entries that do not say which one they are stay out. Errors: as list_parts, and where none is left though
/// some came: taking that for an empty list would empty the fleet.
template <class Entry>
[[nodiscard]] Result<engine::ApiReply> read_list(const BaseUrl& base, const std::string& target,
                                                 const nlohmann::json& body, std::string_view key,
                                                 Entry (*read)(const nlohmann::json&),
                                                 Unnamed unnamed = Unnamed::refused) {
    auto parts = list_parts(base, target, body, key);
    if (!parts) return tl::unexpected<Error>(std::move(parts.error()));
    engine::Page<Entry> page;
    page.next_cursor = std::move(parts->next_cursor);
    for (const auto& entry : *parts->entries) {
        auto item = read(entry);
        if (is_usable(item)) page.items.push_back(std::move(item));
    }
    if (unnamed == Unnamed::refused && page.items.empty() && !parts->entries->empty())
        return fail(ErrorCode::unavailable,
                    "no entry of '" + std::string(key) + "' in the answer says which one it is");
    return page;
}

}  // namespace runbookd::datto
