#include "datto/requests.hpp"

#include <nlohmann/json.hpp>

#include "datto/addresses.hpp"

namespace runbookd::datto {
namespace {

using nlohmann::json;

/// yyyy-MM-ddTHH:mm:ssZ, the one form that the activity log takes; cut to the second, so that nothing is left
/// out.
std::string whole_seconds(UtcTime t) { return format_utc(t).substr(0, 19) + "Z"; }

struct Builder {
    const BaseUrl& base;
    const secrets::Vault& vault;

    [[nodiscard]] std::string api(std::string_view path) const {
        return base.path + "/api/v2/" + std::string(path);
    }
    [[nodiscard]] static Request get(std::string target) {
        Request request;
        request.target = std::move(target);
        return request;
    }
    [[nodiscard]] Result<std::string> page(std::string first, const std::string& cursor) const {
        if (cursor.empty()) return first;
        return next_page_target(base, first, cursor);
    }
    [[nodiscard]] Result<Request> list(std::string_view path, const std::string& cursor) const {
        const auto first = with_missing_parameter(api(path), "max", kPageSize);
        return page(first, cursor).map(get);
    }
    [[nodiscard]] Result<Request> result_of(const DattoJobUid& job, const DeviceUid& device,
                                            std::string_view tail) const {
        if (job.empty() || device.empty())
            return fail(ErrorCode::invalid_input, "a job's result needs the job's uid and the device's");
        return get(api("job/") + percent_encoded(job.str()) + "/results/" + percent_encoded(device.str()) +
                   std::string(tail));
    }

    Result<Request> operator()(const engine::ReadRequestRate&) const {
        return get(api("system/request_rate"));
    }
    Result<Request> operator()(const engine::ReadSites& call) const {
        return list("account/sites", call.cursor);
    }
    Result<Request> operator()(const engine::ReadDevices& call) const {
        return list("account/devices", call.cursor);
    }
    Result<Request> operator()(const engine::ReadComponents& call) const {
        return list("account/components", call.cursor);
    }
    Result<Request> operator()(const engine::ReadDefaultFilters& call) const {
        return list("filter/default-filters", call.cursor);
    }
    Result<Request> operator()(const engine::ReadCustomFilters& call) const {
        return list("filter/custom-filters", call.cursor);
    }
    Result<Request> operator()(const engine::ReadFilterDevices& call) const {
        const auto id = std::to_string(call.filter);
        const auto all = with_missing_parameter(api("account/devices"), "max", kPageSize);
        const auto first = with_missing_parameter(all, "filterId", id);
        // The next page's address may have lost the filter (reference, 2.1): the rest would be the whole
        // fleet.
        return page(first, call.cursor).map([&](std::string target) {
            return get(with_missing_parameter(std::move(target), "filterId", id));
        });
    }
    Result<Request> operator()(const engine::ReadDevice& call) const {
        if (call.device.empty())
            return fail(ErrorCode::invalid_input, "a device is read by its uid; it is empty");
        return get(api("device/") + percent_encoded(call.device.str()));
    }
    Result<Request> operator()(const engine::ReadSiteDevices& call) const {
        if (call.site.empty())
            return fail(ErrorCode::invalid_input, "a site's devices are read by its uid; it is empty");
        return list("site/" + percent_encoded(call.site.str()) + "/devices", call.cursor);
    }
    Result<Request> operator()(const engine::CreateQuickJob& call) const {
        if (call.device.empty() || call.component.empty() || call.job_name.empty())
            return fail(ErrorCode::invalid_input,
                        "a quick job needs a device uid, a component uid and a name");
        auto variables = json::array();
        for (const auto& [name, value] : call.variables) {
            auto text = vault.fill_in(value, call.runbook);
            if (!text) return fail(text.error().code, "variable '" + name + "': " + text.error().message);
            variables.push_back({{"name", name}, {"value", std::move(*text)}});
        }
        json body;
        body["jobName"] = call.job_name;
        body["jobComponent"]["componentUid"] = call.component.str();
        body["jobComponent"]["variables"] = std::move(variables);
        Request request;
        request.method = Method::put;
        request.target = api("device/") + percent_encoded(call.device.str()) + "/quickjob";
        request.content_type = "application/json";
        request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
        return request;
    }
    Result<Request> operator()(const engine::ReadResult& call) const {
        return result_of(call.job, call.device, "");
    }
    Result<Request> operator()(const engine::ReadOutput& call) const {
        return result_of(call.job, call.device, call.stream == engine::Stream::out ? "/stdout" : "/stderr");
    }
    Result<Request> operator()(const engine::SearchActivities& call) const {
        const auto first = with_missing_parameter(api("activity-logs"), "size", kPageSize);
        // The next page's address may have lost the filters (reference, 2.1); without `from` the log shows 15
        // minutes.
        return page(first, call.cursor).map([&](std::string target) {
            target = with_missing_parameter(std::move(target), "order", "asc");
            target = with_missing_parameter(std::move(target), "from", whole_seconds(call.from));
            target = with_missing_parameter(std::move(target), "entities", "device");
            target = with_missing_parameter(std::move(target), "categories", "job");
            const auto* const action = call.kind == engine::ActivityKind::created ? "create" : "deployment";
            return get(with_missing_parameter(std::move(target), "actions", action));
        });
    }
    Result<Request> operator()(const engine::ReadAlerts& call) const {
        // Alerts have a page size of their own (reference, 2.1); `max` is capped to it like everywhere.
        return list("account/alerts/open", call.cursor);
    }
    Result<Request> operator()(const engine::ResolveAlert& call) const {
        if (call.alert.empty())
            return fail(ErrorCode::invalid_input, "an alert is resolved by its uid; it is empty");
        Request request;
        request.method = Method::post;
        request.target = api("alert/") + percent_encoded(call.alert.str()) + "/resolve";
        return request;
    }
};

struct Describer {
    std::string_view operator()(const engine::ReadRequestRate&) const { return "reading the request rate"; }
    std::string_view operator()(const engine::ReadSites&) const { return "reading the sites"; }
    std::string_view operator()(const engine::ReadDevices&) const { return "reading the devices"; }
    std::string_view operator()(const engine::ReadComponents&) const { return "reading the components"; }
    std::string_view operator()(const engine::ReadDefaultFilters&) const {
        return "reading the default filters";
    }
    std::string_view operator()(const engine::ReadCustomFilters&) const {
        return "reading the custom filters";
    }
    std::string_view operator()(const engine::ReadFilterDevices&) const {
        return "reading the filter's devices";
    }
    std::string_view operator()(const engine::ReadDevice&) const { return "reading the device"; }
    std::string_view operator()(const engine::ReadSiteDevices&) const { return "reading the site's devices"; }
    std::string_view operator()(const engine::CreateQuickJob&) const { return "creating the quick job"; }
    std::string_view operator()(const engine::ReadResult&) const { return "reading the job's result"; }
    std::string_view operator()(const engine::ReadOutput&) const { return "reading the job's output"; }
    std::string_view operator()(const engine::SearchActivities&) const {
        return "searching the activity log";
    }
    std::string_view operator()(const engine::ReadAlerts&) const { return "reading the open alerts"; }
    std::string_view operator()(const engine::ResolveAlert&) const { return "resolving the alert"; }
};

}  // namespace

Result<Request> build_request(const BaseUrl& base, const engine::ApiCall& call, const secrets::Vault& vault) {
    return std::visit(Builder{base, vault}, call);
}

Request token_request(const BaseUrl& base, const std::string& key, const std::string& secret) {
    Request request;
    request.method = Method::post;
    request.target = base.path + "/auth/oauth/token";
    request.content_type = "application/x-www-form-urlencoded";
    request.body =
        "grant_type=password&username=" + percent_encoded(key) + "&password=" + percent_encoded(secret);
    request.authorization = Authorization::public_client;
    return request;
}

std::string_view describe(const engine::ApiCall& call) { return std::visit(Describer{}, call); }

}  // namespace runbookd::datto
