#include "http_api/pages.hpp"

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "http_api/fields.hpp"

namespace runbookd::http_api {
namespace {

using Json = nlohmann::ordered_json;

/// Pages beyond this one are those of no list.
constexpr std::int64_t kLastPage = 10'000'000;

std::string page_url(const Request& request, const PageAsked& asked, std::int64_t page) {
    std::string url;
    for (const auto& segment : request.path)
        url += "/" + boost::urls::encode(segment, boost::urls::unreserved_chars);
    return url + "?max=" + std::to_string(asked.max) + "&page=" + std::to_string(page);
}

}  // namespace

Result<std::int64_t> read_whole(const Request& request, const char* name, std::int64_t least,
                                std::int64_t most, std::int64_t otherwise) {
    const auto text = query_value(request, name);
    if (!text) return otherwise;
    std::int64_t value = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
    const bool is_whole = read.ptr == text->data() + text->size() && !text->empty();
    if (is_whole && read.ec == std::errc::result_out_of_range && text->front() != '-') return most;
    if (!is_whole || read.ec != std::errc{} || value < least)
        return fail(ErrorCode::invalid_input, std::string("query parameter '") + name + "': '" + *text +
                                                  "' is not a whole number from " + std::to_string(least));
    return std::min(value, most);
}

Result<std::int64_t> read_max(const Request& request, std::int64_t otherwise) {
    return read_whole(request, "max", 1, kPageMost, otherwise);
}

Result<PageAsked> read_page(const Request& request) {
    const auto known = only_known(request, {"page", "max"});
    if (!known) return tl::unexpected(known.error());
    const auto max = read_max(request, kPageMost);
    if (!max) return tl::unexpected(max.error());
    const auto page = read_whole(request, "page", 0, kLastPage, 0);
    if (!page) return tl::unexpected(page.error());
    return PageAsked{*page, *max};
}

Json page_details(const Request& request, const PageAsked& asked, std::int64_t count, std::int64_t total) {
    const bool has_next = asked.first() + count < total && count > 0;
    Json details;
    details["count"] = count;
    details["totalCount"] = total;
    details["prevPageUrl"] = asked.page > 0 ? Json(page_url(request, asked, asked.page - 1)) : Json(nullptr);
    details["nextPageUrl"] = has_next ? Json(page_url(request, asked, asked.page + 1)) : Json(nullptr);
    return details;
}

}  // namespace runbookd::http_api
