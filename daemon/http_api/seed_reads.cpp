// GET of the seed's shape (design section 8): components, devices, and the jobs of a device or a site.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "http_api/component_search.hpp"
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

constexpr std::int64_t kJobsAtOnce = 50;

Response not_read_yet(std::string_view what) {
    return error_response(503, "UNAVAILABLE",
                          std::string(what) + " have not been read yet; try again in a moment");
}

Response list_components(Services services, const Request& request) {
    const auto asked = read_page(request);
    if (!asked) return error_response(asked.error());
    if (!services.control.knows_components()) return not_read_yet("the components");
    const auto all = services.control.components();
    const auto total = static_cast<std::int64_t>(all.size());
    auto list = Json::array();
    for (auto at = asked->first(); at < std::min(asked->first() + asked->max, total); ++at)
        list.push_back(seed_component_view(all[static_cast<std::size_t>(at)]));
    Json body;
    body["pageDetails"] = page_details(request, *asked, static_cast<std::int64_t>(list.size()), total);
    body["components"] = std::move(list);
    return json_response(body);
}

Response show_component(Services services, const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return error_response(known.error());
    if (!services.control.knows_components()) return not_read_yet("the components");
    const auto& uid = request.captured.at("uid");
    const auto all = services.control.components();
    for (const auto& component : all)
        if (equals_ignoring_case(component.uid.str(), uid))
            return json_response(seed_component_view(component));
    Json details;
    details["componentUid"] = uid;
    details["suggestions"] = components_near(all, uid);
    return error_response(404, "COMPONENT_NOT_FOUND",
                          "no component has the uid '" + uid + "', or this API user may not see it", details);
}

Response no_such_device(const std::string& uid) {
    Json details;
    details["deviceUid"] = uid;
    return error_response(404, "DEVICE_NOT_FOUND", "no device has the uid '" + uid + "'", details);
}

Response show_device(Services services, const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return error_response(known.error());
    const auto fleet = services.control.fleet();
    if (!fleet.read_at) return not_read_yet("the devices");
    const auto& uid = request.captured.at("uid");
    for (const auto& device : fleet.devices)
        if (equals_ignoring_case(device.uid.str(), uid)) return json_response(seed_device_view(device));
    return no_such_device(uid);
}

/// The jobs of the rows, each looked up whole, without their outputs: fifty of those could be fifty
/// megabytes.
asio::awaitable<Result<Json>> seed_jobs(Services services, ports::Rows rows) {
    auto jobs = Json::array();
    const auto objects = rows_view(rows);
    for (const auto& object : objects) {
        const auto uid = object.value("job_uid", std::string());
        const auto job = co_await services.history.job_by_uid(uid);
        if (!job) co_return tl::unexpected<Error>(job.error());
        if (job->rows.empty()) continue;
        auto view = seed_job_view(*job);
        view.erase("stdout");
        view.erase("stderr");
        jobs.push_back(std::move(view));
    }
    co_return jobs;
}

asio::awaitable<Response> list_jobs(Services services, ports::Query query, Request request) {
    const auto known = only_known(request, {"max"});
    if (!known) co_return error_response(known.error());
    const auto most = read_max(request, kJobsAtOnce);
    if (!most) co_return error_response(most.error());
    query.view = ports::View::jobs;
    query.limit = *most;
    const auto device = query.device;
    auto rows = co_await services.history.query(std::move(query));
    if (!rows) co_return error_response(rows.error());
    auto found = std::move(*rows);
    if (found.rows.empty() && device) {
        const auto fleet = services.control.fleet();
        const bool is_known = std::any_of(
            fleet.devices.begin(), fleet.devices.end(),
            [&](const engine::Device& one) { return equals_ignoring_case(one.uid.str(), *device); });
        if (fleet.read_at && !is_known) co_return no_such_device(*device);
    }
    auto jobs = co_await seed_jobs(services, std::move(found));
    if (!jobs) co_return error_response(jobs.error());
    Json body;
    body["jobs"] = std::move(*jobs);
    Json details;
    details["count"] = body["jobs"].size();
    details["totalCount"] = nullptr;
    details["prevPageUrl"] = nullptr;
    details["nextPageUrl"] = nullptr;
    body["pageDetails"] = std::move(details);
    co_return json_response(body);
}

}  // namespace

void add_seed_reads(Router& router, Services services) {
    const auto add = [&](std::string_view path, Immediate answer) {
        add_immediate(router, path, services, answer);
    };
    add("/api/v2/components", list_components);
    add("/api/v2/component/{uid}", show_component);
    add("/api/v2/device/{uid}", show_device);
    router.add(Method::get, "/api/v2/device/{deviceUid}/jobs", [services](Request request) {
        ports::Query query;
        query.device = request.captured.at("deviceUid");
        return list_jobs(services, std::move(query), std::move(request));
    });
    router.add(Method::get, "/api/v2/site/{siteUid}/jobs", [services](Request request) {
        ports::Query query;
        query.site = request.captured.at("siteUid");
        return list_jobs(services, std::move(query), std::move(request));
    });
}

}  // namespace runbookd::http_api
