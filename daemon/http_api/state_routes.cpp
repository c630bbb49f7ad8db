// GET: what is now, from the daemon's memory. No await inside, so each answer is one consistent instant.
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/json_text.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

Response list_runbooks(Services services, const Request& request) {
    const auto known = only_known(request, {"runbook"});
    if (!known) return error_response(known.error());
    const auto wanted = query_value(request, "runbook");
    auto list = Json::array();
    for (const auto& runbook : services.control.runbooks())
        if (!wanted || *wanted == runbook.name) list.push_back(runbook_view(runbook));
    return json_response(list);
}

/// The filters of `devices`: what was not asked for fits.
struct DeviceFilter {
    std::optional<std::string> site, device, status;
    [[nodiscard]] bool fits(const engine::Device& device_seen) const {
        if (site && !glob_matches(*site, device_seen.site_name.str()) &&
            !equals_ignoring_case(*site, device_seen.site_uid.str()))
            return false;
        if (device && !glob_matches(*device, device_seen.hostname) &&
            !equals_ignoring_case(*device, device_seen.uid.str()))
            return false;
        return !status || (*status == "online") == device_seen.online;
    }
};

Response list_devices(Services services, const Request& request) {
    const auto known = only_known(request, {"site", "device", "status", "limit"});
    if (!known) return error_response(known.error());
    const auto limit = query_limit(request, kLargestLimit);
    if (!limit) return error_response(limit.error());
    const DeviceFilter filter{query_value(request, "site"), query_value(request, "device"),
                              query_value(request, "status")};
    if (filter.status && *filter.status != "online" && *filter.status != "offline")
        return invalid_request("query parameter 'status': a device is online or offline");
    const auto fleet = services.control.fleet();
    // An empty list would say that there are no devices.
    if (!fleet.read_at)
        return error_response(
            503, "UNAVAILABLE",
            "the fleet has not been read yet; try again in a moment (see `runbookctl status`)");
    auto list = Json::array();
    for (const auto& device : fleet.devices) {
        if (static_cast<std::int64_t>(list.size()) == *limit) break;
        if (filter.fits(device)) list.push_back(device_view(device));
    }
    return json_response(list);
}

Response list_components(Services services, const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return error_response(known.error());
    auto list = Json::array();
    for (const auto& component : services.control.components()) list.push_back(component_view(component));
    return json_response(list);
}

Response show_status(Services services, const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return error_response(known.error());
    return json_response(status_view(services.control.status()));
}

Response show_health(Services services, const Request&) {
    const auto status = services.control.status();
    Json view;
    view["state"] = status.state;
    view["problems"] = status.problems;
    return json_response(view, status.state == "running" ? 200 : 503);
}

using Answer = Response (*)(Services, const Request&);

asio::awaitable<Response> answer_at_once(Answer answer, Services services, Request request) {
    co_return answer(services, request);
}

}  // namespace

void add_state_routes(Router& router, Services services) {
    const auto add = [&](std::string_view path, Answer answer) {
        router.add(Method::get, path, [services, answer](Request request) {
            return answer_at_once(answer, services, std::move(request));
        });
    };
    add("/v1/runbooks", list_runbooks);
    add("/v1/devices", list_devices);
    add("/v1/components", list_components);
    add("/v1/status", show_status);
    add("/healthz", show_health);
}

}  // namespace runbookd::http_api
