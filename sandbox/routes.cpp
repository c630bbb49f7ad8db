#include "sandbox/routes.hpp"

#include <boost/url/pct_string_view.hpp>
#include <optional>
#include <span>

#include "sandbox/calls.hpp"
#include "sandbox/rate_window.hpp"

namespace runbookd::sandbox {
namespace {

constexpr Route kDattoRoutes[] = {
    {"GET", "/api/v2/system/status", Operation::other, get_status, {}, Access::open},
    {"GET", "/api/v2/system/request_rate", Operation::request_rate, get_request_rate},
    {"GET", "/api/v2/system/pagination", Operation::pagination, get_pagination},
    {"GET", "/api/v2/account", Operation::other, get_account},
    {"GET", "/api/v2/account/sites", Operation::sites, get_account_sites},
    {"GET", "/api/v2/account/devices", Operation::devices, get_account_devices},
    {"GET", "/api/v2/account/components", Operation::components, get_components},
    {"GET", "/api/v2/account/variables", Operation::other, get_account_variables},
    {"GET", "/api/v2/account/users", Operation::other, get_account_users},
    {"GET", "/api/v2/account/alerts/open", Operation::alerts, get_account_alerts},
    {"GET", "/api/v2/account/alerts/resolved", Operation::alerts, get_account_alerts},
    {"GET", "/api/v2/site/{}", Operation::other, get_site},
    {"GET", "/api/v2/site/{}/devices", Operation::site_devices, get_site_devices},
    {"GET", "/api/v2/site/{}/filters", Operation::filters, get_site_filters},
    {"GET", "/api/v2/site/{}/variables", Operation::other, get_site_variables},
    {"GET", "/api/v2/site/{}/alerts/open", Operation::alerts, get_site_alerts},
    {"GET", "/api/v2/site/{}/alerts/resolved", Operation::alerts, get_site_alerts},
    {"GET", "/api/v2/device/{}", Operation::device, get_device},
    {"GET", "/api/v2/device/id/{}", Operation::device, get_device_by_id},
    {"GET", "/api/v2/device/macAddress/{}", Operation::device, get_devices_by_mac},
    {"GET", "/api/v2/device/{}/alerts/open", Operation::alerts, get_device_alerts},
    {"GET", "/api/v2/device/{}/alerts/resolved", Operation::alerts, get_device_alerts},
    {"PUT", "/api/v2/device/{}/quickjob", Operation::quickjob, put_quickjob, kJobCreate},
    {"POST", "/api/v2/device/{}/udf", Operation::other, post_udf, kUdfSet},
    {"GET", "/api/v2/job/{}", Operation::job, get_job},
    {"GET", "/api/v2/job/{}/components", Operation::job_components, get_job_components},
    {"GET", "/api/v2/job/{}/results/{}", Operation::results, get_job_results},
    {"GET", "/api/v2/job/{}/results/{}/stdout", Operation::job_stdout, get_job_stdout},
    {"GET", "/api/v2/job/{}/results/{}/stderr", Operation::job_stderr, get_job_stderr},
    {"GET", "/api/v2/activity-logs", Operation::activity_logs, get_activity_logs},
    {"GET", "/api/v2/filter/default-filters", Operation::filters, get_default_filters},
    {"GET", "/api/v2/filter/custom-filters", Operation::filters, get_custom_filters},
    {"GET", "/api/v2/alert/{}", Operation::alerts, get_alert},
    {"POST", "/api/v2/alert/{}/resolve", Operation::alert_resolve, resolve_alert, kAlertResolve},
    {"POST", "/api/v2/alert/{}/mute", Operation::other, mute_alert},
    {"POST", "/api/v2/alert/{}/unmute", Operation::other, mute_alert},
    {"GET", "/api/v3/account/devices", Operation::devices, get_account_devices},
    {"GET", "/api/v3/site/{}/devices", Operation::site_devices, get_site_devices},
    {"GET", "/api/v3/device/{}", Operation::device, get_device},
    {"GET", "/api/v3/device/id/{}", Operation::device, get_device_by_id},
    {"GET", "/api/v3/device/macAddress/{}", Operation::device, get_devices_by_mac},
    {"POST", "/api/v3/device/{}/udf", Operation::other, post_udfs, kUdfSet},
};

constexpr Route kSeedRoutes[] = {
    {"POST", "/api/v2/device/{}/quickjob", Operation::quickjob, post_seed_quickjob, kJobCreate},
    {"GET", "/api/v2/job/{}", Operation::job, get_seed_job},
    {"GET", "/api/v2/device/{}/jobs", Operation::other, get_seed_device_jobs},
    {"GET", "/api/v2/site/{}/jobs", Operation::other, get_seed_site_jobs},
    {"GET", "/api/v2/components", Operation::components, get_seed_components},
    {"GET", "/api/v2/component/{}", Operation::components, get_seed_component},
    {"GET", "/api/v2/device/{}", Operation::device, get_seed_device},
};

/// The first part of `rest`, which is cut off it together with its slash.
std::string_view take_part(std::string_view& rest) {
    rest.remove_prefix(1);
    const auto part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(part.size());
    return part;
}

std::optional<std::string> decoded(std::string_view part) {
    const auto checked = boost::urls::make_pct_string_view(part);
    if (!checked) return std::nullopt;
    return checked->decode();
}

/// What stands at the places of `pattern`; none where the path does not fit it.
std::optional<std::vector<std::string>> fit(std::string_view pattern, std::string_view path) {
    std::vector<std::string> parts;
    while (!pattern.empty() && !path.empty() && path.front() == '/') {
        const auto wanted = take_part(pattern);
        const auto given = take_part(path);
        if (wanted != "{}") {
            if (wanted != given) return std::nullopt;
            continue;
        }
        auto part = decoded(given);
        if (!part || part->empty()) return std::nullopt;
        parts.push_back(std::move(*part));
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return parts;
}

}  // namespace

Match find_route(Dialect dialect, std::string_view method, const std::string& path) {
    Match match;
    if (path == "/auth/oauth/token" && dialect == Dialect::datto) {
        match.operation = Operation::token;
        match.path_known = true;
        return match;
    }
    using Routes = std::span<const Route>;
    for (const auto& route : dialect == Dialect::datto ? Routes(kDattoRoutes) : Routes(kSeedRoutes)) {
        auto parts = fit(route.pattern, path);
        if (!parts) continue;
        match.path_known = true;
        match.operation = route.operation;
        if (route.method != method) continue;
        match.route = &route;
        match.parts = std::move(*parts);
        break;
    }
    return match;
}

}  // namespace runbookd::sandbox
