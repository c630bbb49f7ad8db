#include "sandbox/call.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "sandbox/reason.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

/// Position on the pages, from the query; none where it is no number.
struct PageWanted {
    std::size_t number = 0;
    std::size_t size = kPageSize;
};

std::optional<PageWanted> page_wanted(const Form& query) {
    const auto number = whole_number(query, "page", 0);
    const auto size = whole_number(query, "max", static_cast<std::int64_t>(kPageSize));
    if (!number || !size || *number > 100'000'000) return std::nullopt;
    // Larger pages are silently made smaller; a page of nothing would never end.
    const auto capped = std::clamp<std::int64_t>(*size, 1, static_cast<std::int64_t>(kPageSize));
    return PageWanted{static_cast<std::size_t>(*number), static_cast<std::size_t>(capped)};
}

json url_of_number(const Call& call, const PageWanted& page, std::size_t number) {
    return url_of_page(call, {{"page", std::to_string(number)}, {"max", std::to_string(page.size)}});
}

Reply page_of(const Call& call, const std::string& key, std::size_t total,
              const std::function<std::size_t(std::size_t)>& item_at, const ItemView& view) {
    const auto page = page_wanted(call.query);
    if (!page) return error_reply(400, call);
    const auto begin = std::min(page->number * page->size, total);
    const auto end = std::min(begin + page->size, total);
    json items = json::array();
    for (auto at = begin; at < end; ++at) items.push_back(view(item_at(at)));
    json details = {
        {"count", items.size()}, {"totalCount", total}, {"prevPageUrl", nullptr}, {"nextPageUrl", nullptr}};
    if (page->number > 0) details["prevPageUrl"] = url_of_number(call, *page, page->number - 1);
    if (end < total) details["nextPageUrl"] = url_of_number(call, *page, page->number + 1);
    json body = {{"pageDetails", std::move(details)}};
    body[key] = std::move(items);
    return json_reply(body);
}

}  // namespace

Reply json_reply(const json& body) {
    Reply reply;
    reply.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
    return reply;
}

Reply error_reply(int status, const Request& request, Instant now) {
    auto reply = json_reply({{"timestamp", to_unix_ms(now.utc)},
                             {"status", status},
                             {"error", reason_phrase(status)},
                             {"path", request.path}});
    reply.status = status;
    return reply;
}

std::optional<std::int64_t> whole_number(const Form& query, const std::string& name, std::int64_t otherwise) {
    const auto found = query.find(name);
    if (found == query.end()) return otherwise;
    const auto& text = found->second;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

std::string text_of(const Form& query, const std::string& name) {
    const auto found = query.find(name);
    return found == query.end() ? std::string{} : found->second;
}

std::string url_of_page(const Call& call, const Form& place) {
    auto query = call.world.fleet().paging.drops_filters ? Form{} : call.query;
    for (const auto& [name, value] : place) query[name] = value;
    return "http://" + call.request.host + call.request.path + '?' + format_form(query);
}

Reply page_reply(const Call& call, const std::string& key, const std::vector<std::size_t>& items,
                 const ItemView& view) {
    return page_of(call, key, items.size(), [&items](std::size_t at) { return items[at]; }, view);
}

Reply page_reply(const Call& call, const std::string& key, std::size_t count, const ItemView& view) {
    return page_of(call, key, count, [](std::size_t at) { return at; }, view);
}

}  // namespace runbookd::sandbox
