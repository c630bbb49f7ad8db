// GET of the rows that the jobs of a run printed for the record.
#include <charconv>
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/json_text.hpp"
#include "http_api/pages.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;

/// Rows may be long: no page has more of them.
constexpr std::int64_t kMostCollected = 10'000;

bool read_number(std::string_view text, std::int64_t& number) {
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end && number >= 0;
}

/// "DEVICE_UID,STEP,ROW_NO" of the last row of the page before.
Result<std::optional<ports::CollectedQuery::Place>> read_after(const Request& request) {
    using Place = ports::CollectedQuery::Place;
    const auto text = query_value(request, "after");
    if (!text) return std::optional<Place>{};
    Place place;
    const auto row = text->rfind(',');
    const auto step = row == std::string::npos || row == 0 ? std::string::npos : text->rfind(',', row - 1);
    const bool is_place = step != std::string::npos && step > 0 &&
                          read_number(std::string_view(*text).substr(step + 1, row - step - 1), place.step) &&
                          read_number(std::string_view(*text).substr(row + 1), place.row_no);
    if (!is_place)
        return fail(ErrorCode::invalid_input,
                    "query parameter 'after': '" + *text + "' is not device_uid,step,row_no of a row");
    place.device = text->substr(0, step);
    return std::optional{std::move(place)};
}

Result<ports::CollectedQuery> read_collected_query(Request& request) {
    const auto known = only_known(request, {"customer", "site", "device", "after", "limit"});
    if (!known) return tl::unexpected(known.error());
    const auto after = read_after(request);
    if (!after) return tl::unexpected(after.error());
    const auto limit = read_whole(request, "limit", 1, kMostCollected, kMostCollected);
    if (!limit) return tl::unexpected(limit.error());
    ports::CollectedQuery query;
    query.run = request.captured["uid"];
    query.customer = query_value(request, "customer");
    query.site = query_value(request, "site");
    query.device = query_value(request, "device");
    query.after = *after;
    query.limit = *limit;
    return query;
}

asio::awaitable<Response> collected(Services services, Request request) {
    auto query = read_collected_query(request);
    if (!query) co_return error_response(query.error());
    const auto rows = co_await services.history.collected(std::move(*query));
    if (!rows) co_return error_response(rows.error());
    co_return json_response(rows_view(*rows));
}

}  // namespace

void add_collected_routes(Router& router, Services services) {
    router.add(Method::get, "/v1/runs/{uid}/collected",
               [services](Request request) { return collected(services, std::move(request)); });
}

}  // namespace runbookd::http_api
