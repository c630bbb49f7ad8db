#include "sandbox/call.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "sandbox/blemishes.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

/// Position on the pages, from the query; none where it is no number.
struct PageWanted {
    std::size_t number = 0;
    std::size_t size = 0;
};

std::optional<PageWanted> page_wanted(const Form& query, std::int64_t largest) {
    const auto number = whole_number(query, "page", 0);
    const auto size = whole_number(query, "max", largest);
    if (!number || !size || *number > 100'000'000) return std::nullopt;
    // Larger pages are silently made smaller; a page of nothing would never end.
    const auto capped = std::clamp<std::int64_t>(*size, 1, largest);
    return PageWanted{static_cast<std::size_t>(*number), static_cast<std::size_t>(capped)};
}

json url_of_number(const Call& call, const PageWanted& page, std::size_t number) {
    return url_of_page(call, {{"page", std::to_string(number)}, {"max", std::to_string(page.size)}});
}

bool tells_total(PagingTraits::Totals totals, bool are_alerts) {
    using Totals = PagingTraits::Totals;
    return totals == Totals::all || (totals == Totals::not_alerts && !are_alerts);
}

Reply page_of(const Call& call, const std::string& key, std::size_t total,
              const std::function<std::size_t(std::size_t)>& item_at, const ItemView& view) {
    const auto& traits = call.world.fleet().paging;
    const bool are_alerts = key == "alerts";
    const auto page = page_wanted(call.query, are_alerts ? traits.alerts_size : traits.size);
    if (!page) return error_reply(400, call);
    const auto begin = std::min(page->number * page->size, total);
    const auto end = std::min(begin + page->size, total);
    json items = json::array();
    for (auto at = begin; at < end; ++at) items.push_back(view(item_at(at)));
    json details = {{"count", items.size()}, {"prevPageUrl", no_page(call)}, {"nextPageUrl", no_page(call)}};
    if (tells_total(traits.totals, are_alerts)) details["totalCount"] = total;
    if (page->number > 0) details["prevPageUrl"] = url_of_number(call, *page, page->number - 1);
    if (end < total) details["nextPageUrl"] = url_of_number(call, *page, page->number + 1);
    details = blemished(call.world.fleet().blemishes, "page", call.request.path, std::move(details));
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
    const auto target = call.request.path + '?' + format_form(query);
    return call.world.fleet().paging.relative_urls ? target : "http://" + call.request.host + target;
}

json no_page(const Call& call) { return call.world.fleet().paging.ends_with_empty_text ? json("") : json(); }

Reply page_reply(const Call& call, const std::string& key, const std::vector<std::size_t>& items,
                 const ItemView& view) {
    return page_of(call, key, items.size(), [&items](std::size_t at) { return items[at]; }, view);
}

Reply page_reply(const Call& call, const std::string& key, std::size_t count, const ItemView& view) {
    return page_of(call, key, count, [](std::size_t at) { return at; }, view);
}

}  // namespace runbookd::sandbox
