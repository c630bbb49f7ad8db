#include "datto/list_reply.hpp"

#include <algorithm>

#include "datto/addresses.hpp"

namespace runbookd::datto {
namespace {

using nlohmann::json;

tl::unexpected<Error> unreadable(std::string what) { return fail(ErrorCode::unavailable, std::move(what)); }

bool has_object(const json& entries) {
    return std::any_of(entries.begin(), entries.end(), [](const json& entry) { return entry.is_object(); });
}

/// Whether the details of a first page speak against its having no entries. `count` beside an empty array
/// might be the size of a page; beside a null it is what the null stands for.
bool speak_of_entries(const json& details, const json& entries) {
    const auto is_above_0 = [&](const char* key) { return integer_at(details, key).value_or(0) > 0; };
    return is_above_0("totalCount") || (entries.is_null() && is_above_0("count"));
}

}  // namespace

Result<ListParts> list_parts(const BaseUrl& base, const std::string& target, const json& body,
                             std::string_view key) {
    static const json kNoEntries = json::array();
    const auto name = "'" + std::string(key) + "'";
    ListParts parts;
    if (body.is_array() && has_object(body)) {
        parts.entries = &body;
        return parts;
    }
    const auto& entries = member(body, key);
    const auto& details = member(body, "pageDetails");
    // A null array is an empty one, but a body that has nothing of a page is no page.
    const bool has_entries = body.is_object() && body.contains(std::string(key));
    if (!has_entries && !details.is_object()) return unreadable("the answer has no " + name);
    if (!entries.is_array() && !entries.is_null()) return unreadable(name + " in the answer is not a list");
    if (!details.is_object() && !details.is_null())
        return unreadable("'pageDetails' in the answer is not an object");
    const bool is_first = target.find("page=") == std::string::npos;
    if (entries.empty() && is_first && speak_of_entries(details, entries))
        return unreadable("the answer counts entries and has none in " + name);
    if (!entries.empty() && !has_object(entries)) return unreadable("no entry of " + name + " is an object");
    parts.entries = entries.is_array() ? &entries : &kNoEntries;
    const auto& next = member(details, "nextPageUrl");
    if (!next.is_string() && !next.is_null()) return unreadable("the answer's next page is not a text");
    const auto url = text_at(details, "nextPageUrl");
    if (url.empty() || entries.empty()) return parts;
    auto cursor = next_page_target(base, target, url);
    if (!cursor) return unreadable(cursor.error().message);
    if (*cursor != target) parts.next_cursor = std::move(*cursor);
    return parts;
}

}  // namespace runbookd::datto
