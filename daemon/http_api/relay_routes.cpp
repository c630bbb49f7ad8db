// What one runbookd needs of another beyond the seed's shape (decision 15): the fleet, the limits and the
// jobs of its own requests, each at the real API's path and in its shape.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/immediate.hpp"
#include "http_api/json_text.hpp"
#include "http_api/pages.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/seed_view.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

/// What is told where there is no limit.
constexpr std::int64_t kNoLimit = 1'000'000;
constexpr std::int64_t kWindowSeconds = 60;

Response not_read_yet() {
    return error_response(503, "UNAVAILABLE", "the fleet has not been read yet; try again in a moment");
}

Json site_view(const engine::Site& site) {
    Json view;
    view["uid"] = site.uid.str();
    view["name"] = site.name;
    view["onDemand"] = site.on_demand;
    return view;
}

Response list_sites(Services services, const Request& request) {
    const auto asked = read_page(request);
    if (!asked) return error_response(asked.error());
    if (!services.control.fleet_page({}, 0, 0).read_at) return not_read_yet();
    const auto sites = services.control.sites();
    const auto total = static_cast<std::int64_t>(sites.size());
    auto list = Json::array();
    for (auto at = asked->first(); at < std::min(asked->first() + asked->max, total); ++at)
        list.push_back(site_view(sites[static_cast<std::size_t>(at)]));
    Json body;
    body["pageDetails"] = page_details(request, *asked, static_cast<std::int64_t>(list.size()), total);
    body["sites"] = std::move(list);
    return json_response(body);
}

Response device_page(Services services, const Request& request, const std::optional<SiteUid>& site) {
    const auto asked = read_page(request);
    if (!asked) return error_response(asked.error());
    const auto fleet = services.control.fleet_page(site, asked->first(), asked->max);
    if (!fleet.read_at) return not_read_yet();
    auto list = Json::array();
    for (const auto& device : fleet.devices) list.push_back(seed_device_view(device));
    Json body;
    body["pageDetails"] = page_details(request, *asked, static_cast<std::int64_t>(list.size()), fleet.total);
    body["devices"] = std::move(list);
    return json_response(body);
}

Response list_devices(Services services, const Request& request) {
    return device_page(services, request, std::nullopt);
}

Response list_site_devices(Services services, const Request& request) {
    const auto& uid = request.captured.at("siteUid");
    const auto sites = services.control.sites();
    const auto site = std::find_if(sites.begin(), sites.end(), [&](const engine::Site& one) {
        return equals_ignoring_case(one.uid.str(), uid);
    });
    if (site != sites.end()) return device_page(services, request, site->uid);
    if (!services.control.fleet_page({}, 0, 0).read_at) return not_read_yet();
    return error_response({ErrorCode::not_found, "no site has the uid '" + uid + "'"});
}

/// Reads cost the account nothing: they are answered from memory. Creates are the account's own.
Response show_request_rate(Services services, const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return error_response(known.error());
    const auto status = services.control.status();
    if (status.state == "starting")
        return error_response(503, "UNAVAILABLE",
                              "the account's limits are not known yet; try again in a moment");
    const auto limit = status.creates.allowed > 0 ? status.creates.allowed : kNoLimit;
    Json body;
    body["slidingTimeWindowSizeSeconds"] = kWindowSeconds;
    body["accountCount"] = 0;
    body["accountRateLimit"] = kNoLimit;
    body["accountCutOffRatio"] = 1.0;
    body["accountWriteRateLimit"] = limit;
    body["accountWriteCount"] = status.creates.used;
    body["operationWriteStatus"]["device-job-create"]["limit"] = limit;
    body["operationWriteStatus"]["device-job-create"]["count"] = status.creates.used;
    return json_response(body);
}

/// A line of the log: the job's name ends in the key of the request that started it.
Json activity_view(const Json& row) {
    Json details;
    details["job.uid"] = row.at("job_uid");
    details["job.name"] = "quickjob " + row.value("idempotency_key", std::string());
    details["job.status"] = "active";
    details["device.uid"] = row.at("device_uid");
    Json view;
    view["id"] = std::to_string(row.value("id", std::int64_t{0}));
    view["entity"] = "DEVICE";
    view["category"] = "job";
    view["action"] = "create";
    view["date"] = static_cast<double>(row.value("created_at_ms", std::int64_t{0})) / 1000;
    view["details"] = to_text(details);
    return view;
}

/// What of the real API's log is kept here. Errors: invalid_input, for anything else would have to be left
/// out without a word.
Result<ports::KeyedQuery> read_activity_query(const Request& request) {
    const auto known = only_known(
        request, {"size", "order", "from", "entities", "categories", "actions", "searchAfter", "page"});
    if (!known) return tl::unexpected(known.error());
    for (const auto& [name, only] :
         {std::pair{"order", "asc"}, std::pair{"entities", "device"}, std::pair{"categories", "job"},
          std::pair{"actions", "create"}, std::pair{"page", "next"}})
        if (const auto value = query_value(request, name); value && *value != only)
            return fail(ErrorCode::invalid_input, std::string("query parameter '") + name +
                                                      "': this log knows '" + only + "' only, not '" +
                                                      *value + "'");
    const auto from = query_time(request, "from");
    if (!from) return tl::unexpected(from.error());
    if (!*from) return fail(ErrorCode::invalid_input, "query parameter 'from' is missing");
    ports::KeyedQuery query;
    query.actor = request.actor;
    query.since_ms = to_unix_ms(**from);
    const auto size = read_whole(request, "size", 1, kPageMost, kPageMost);
    if (!size) return tl::unexpected(size.error());
    const auto after = read_whole(request, "searchAfter", 0, INT64_MAX, 0);
    if (!after) return tl::unexpected(after.error());
    query.limit = *size;
    query.after_id = *after;
    return query;
}

asio::awaitable<Response> list_activities(Services services, Request request) {
    auto query = read_activity_query(request);
    if (!query) co_return error_response(query.error());
    const auto size = query->limit;
    const auto rows = co_await services.history.keyed_jobs(std::move(*query));
    if (!rows) co_return error_response(rows.error());
    const auto jobs = rows_view(*rows);
    auto list = Json::array();
    for (const auto& job : jobs) list.push_back(activity_view(job));
    const bool is_full = static_cast<std::int64_t>(list.size()) == size;
    Json body;
    body["pageDetails"]["count"] = list.size();
    body["pageDetails"]["prevPageUrl"] = nullptr;
    body["pageDetails"]["nextPageUrl"] =
        is_full ? Json("/api/v2/activity-logs?page=next&size=" + std::to_string(size) +
                       "&searchAfter=" + list.back().value("id", std::string()))
                : Json(nullptr);
    body["activities"] = std::move(list);
    body["error"] = nullptr;
    co_return json_response(body);
}

}  // namespace

void add_relay_routes(Router& router, Services services) {
    add_immediate(router, "/api/v2/account/sites", services, list_sites);
    add_immediate(router, "/api/v2/account/devices", services, list_devices);
    add_immediate(router, "/api/v2/site/{siteUid}/devices", services, list_site_devices);
    add_immediate(router, "/api/v2/system/request_rate", services, show_request_rate);
    router.add(Method::get, "/api/v2/activity-logs",
               [services](Request request) { return list_activities(services, std::move(request)); });
}

}  // namespace runbookd::http_api
