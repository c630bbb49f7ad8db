// GET: the fleet. Who is in the account's list comes from the daemon's memory, as fresh as it is; who is gone
// comes from the record.
#include <boost/asio/awaitable.hpp>
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

/// What was asked for; what was not fits.
struct DeviceFilter {
    std::optional<std::string> customer, site, device, status;
    std::int64_t limit = 0;

    [[nodiscard]] bool fits(const engine::Device& seen, const std::string& whose) const {
        return (!customer || *customer == whose) && fits_site(seen.site_name.str(), seen.site_uid.str()) &&
               fits_device(seen.hostname, seen.uid.str()) &&
               (!status || *status == (seen.online ? "online" : "offline"));
    }
    /// A row of device_fleet that is gone.
    [[nodiscard]] bool fits(const Json& gone) const {
        const auto whose = gone.find("customer");
        const bool fits_customer =
            !customer || (whose != gone.end() && whose->is_string() && *whose == *customer);
        return fits_customer && fits_site(gone.value("site_name", ""), gone.value("site_uid", "")) &&
               fits_device(gone.value("hostname", ""), gone.value("device_uid", ""));
    }
    [[nodiscard]] bool asks_for_gone() const { return !status || *status == "gone"; }

private:
    [[nodiscard]] bool fits_site(const std::string& name, const std::string& uid) const {
        return !site || glob_matches(*site, name) || equals_ignoring_case(*site, uid);
    }
    [[nodiscard]] bool fits_device(const std::string& hostname, const std::string& uid) const {
        return !device || glob_matches(*device, hostname) || equals_ignoring_case(*device, uid);
    }
};

Result<DeviceFilter> read_filter(const Request& request) {
    const auto known = only_known(request, {"customer", "site", "device", "status", "limit"});
    if (!known) return tl::unexpected(known.error());
    const auto limit = query_limit(request, kLargestLimit);
    if (!limit) return tl::unexpected(limit.error());
    DeviceFilter filter{query_value(request, "customer"), query_value(request, "site"),
                        query_value(request, "device"), query_value(request, "status"), *limit};
    if (filter.status && *filter.status != "online" && *filter.status != "offline" &&
        *filter.status != "gone")
        return fail(ErrorCode::invalid_input,
                    "query parameter 'status': a device is online, offline or gone");
    return filter;
}

asio::awaitable<Response> list_devices(Services services, Request request) {
    const auto filter = read_filter(request);
    if (!filter) co_return error_response(filter.error());
    const auto fleet = services.control.fleet();
    // An empty list would say that there are no devices.
    if (!fleet.read_at)
        co_return error_response(
            503, "UNAVAILABLE",
            "the fleet has not been read yet; try again in a moment (see `runbookctl status`)");
    auto list = Json::array();
    const auto is_full = [&] { return static_cast<std::int64_t>(list.size()) >= filter->limit; };
    for (const auto& device : fleet.devices) {
        if (is_full()) break;
        const auto customer = services.control.customer_of(device);
        if (filter->fits(device, customer))
            list.push_back(device_view(device, customer, services.control.first_seen_at(device.uid)));
    }
    if (is_full() || !filter->asks_for_gone()) co_return json_response(list);
    ports::Query query;
    query.view = ports::View::devices;
    query.status = "gone";
    query.limit = kLargestLimit;
    const auto gone = co_await services.history.query(std::move(query));
    if (!gone) co_return error_response(gone.error());
    const auto rows = rows_view(*gone);
    for (const auto& row : rows)
        if (!is_full() && filter->fits(row)) list.push_back(row);
    co_return json_response(list);
}

}  // namespace

void add_device_routes(Router& router, Services services) {
    router.add(Method::get, "/v1/devices",
               [services](Request request) { return list_devices(services, std::move(request)); });
}

}  // namespace runbookd::http_api
