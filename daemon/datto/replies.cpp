#include "datto/replies.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "datto/json_read.hpp"
#include "datto/timestamp.hpp"

namespace runbookd::datto {
namespace {

using engine::ApiReply;
using nlohmann::json;

tl::unexpected<Error> unreadable(std::string what) { return fail(ErrorCode::unavailable, std::move(what)); }

engine::Site read_site(const json& entry) {
    engine::Site site;
    site.uid = SiteUid{text_at(entry, "uid")};
    site.name = text_at(entry, "name");
    site.on_demand = flag_at(entry, "onDemand").value_or(false);
    return site;
}

/// `udf: {udf1: …, udf300: …}`; most of them are null.
runbook::Udfs read_udfs(const json& udf) {
    std::vector<std::pair<int, std::string>> values;
    if (!udf.is_object()) return {};
    for (const auto& [key, value] : udf.items()) {
        if (value.is_null() || !key.starts_with("udf")) continue;
        int number = 0;
        const auto* const end = key.data() + key.size();
        const auto [read_to, error] = std::from_chars(key.data() + 3, end, number);
        if (error != std::errc{} || read_to != end || number < 1 || number > runbook::kMostUdfs) continue;
        values.emplace_back(number, text_at(udf, key));
    }
    std::sort(values.begin(), values.end());
    return runbook::Udfs(values);
}

engine::Device read_device(const json& entry) {
    engine::Device device;
    device.uid = DeviceUid{text_at(entry, "uid")};
    device.site_uid = SiteUid{text_at(entry, "siteUid")};
    device.site_name = text_at(entry, "siteName");
    device.hostname = text_at(entry, "hostname");
    device.os = text_at(entry, "operatingSystem");
    const auto& type = member(entry, "deviceType");
    device.device_type = type.is_string() ? type.get<std::string>() : text_at(type, "category");
    // Only the exceptions (printers, hypervisors, …) matter, and those are named.
    const auto device_class = text_at(entry, "deviceClass");
    device.device_class = device_class.empty() ? "device" : device_class;
    device.online =
        flag_at(entry, "online").value_or(equals_ignoring_case(text_at(entry, "status"), "online"));
    device.suspended = flag_at(entry, "suspended").value_or(false);
    device.deleted = flag_at(entry, "deleted").value_or(false);
    device.last_seen = timestamp_at(entry, "lastSeen");
    device.domain = text_at(entry, "domain");
    device.patch_status = text_at(member(entry, "patchManagement"), "patchStatus");
    device.reboot_required = flag_at(entry, "rebootRequired");
    device.udf = read_udfs(member(entry, "udf"));
    return device;
}

engine::Filter read_filter(const json& entry) {
    return {integer_at(entry, "id").value_or(0), text_at(entry, "name")};
}

/// A filter's page has whole devices; which they are is all that is asked.
DeviceUid read_member(const json& entry) { return DeviceUid{text_at(entry, "uid")}; }

/// The first of two members that has a text: the real API's name, then the seed's.
std::string either_text(const json& entry, std::string_view key, std::string_view other) {
    auto text = text_at(entry, key);
    return text.empty() ? text_at(entry, other) : text;
}

engine::Component read_component(const json& entry) {
    engine::Component component;
    component.uid = ComponentUid{text_at(entry, "uid")};
    component.name = text_at(entry, "name");
    component.description = text_at(entry, "description");
    component.category = either_text(entry, "categoryCode", "category");
    const auto& variables = member(entry, "variables");
    if (!variables.is_array()) return component;
    for (const auto& one : variables) {
        engine::ComponentVariable variable;
        variable.name = text_at(one, "name");
        if (variable.name.empty()) continue;
        variable.type = text_at(one, "type");
        variable.default_value = either_text(one, "defaultVal", "defaultValue");
        variable.description = text_at(one, "description");
        variable.input = flag_at(one, "direction").value_or(true);
        component.variables.push_back(std::move(variable));
    }
    return component;
}

engine::DeploymentStatus deployment_status(std::string_view text) {
    using enum engine::DeploymentStatus;
    constexpr std::pair<std::string_view, engine::DeploymentStatus> kNames[] = {
        {"Pending", pending}, {"Running", running}, {"Success", success}, {"Warning", warning},
        {"Failure", failure}, {"Expired", expired}, {"Retired", retired}};
    for (const auto& [name, status] : kNames)
        if (equals_ignoring_case(name, text)) return status;
    return other;
}

/// A line of the activity log tells its job in `details`: an object with dotted keys, written into a string.
engine::JobActivity read_details(const json& details) {
    const auto& job = member(details, "job");
    const auto& device = member(details, "device");
    const auto dotted_or = [&](const char* dotted, const json& nested, const char* key) {
        auto text = text_at(details, dotted);
        return text.empty() ? text_at(nested, key) : text;
    };
    engine::JobActivity activity;
    activity.job = DattoJobUid{dotted_or("job.uid", job, "uid")};
    activity.job_name = dotted_or("job.name", job, "name");
    activity.device = DeviceUid{dotted_or("device.uid", device, "uid")};
    const auto status = dotted_or("job.status", job, "status");
    if (!status.empty()) activity.status = deployment_status(status);
    return activity;
}

engine::JobActivity read_activity(const json& entry) {
    const auto& details = member(entry, "details");
    engine::JobActivity activity;
    if (!details.is_string())
        activity = read_details(details);
    else if (const auto parsed = parse_json(details.get_ref<const std::string&>()))
        activity = read_details(*parsed);
    activity.at = timestamp_at(entry, "date");
    activity.has_stdout = flag_at(entry, "hasStdOut");
    activity.has_stderr = flag_at(entry, "hasStdErr");
    return activity;
}

engine::Alert read_alert(const json& entry) {
    const auto& source = member(entry, "alertSourceInfo");
    engine::Alert alert;
    alert.uid = AlertUid{text_at(entry, "alertUid")};
    alert.priority = text_at(entry, "priority");
    alert.context_class = text_at(member(entry, "alertContext"), "@class");
    alert.diagnostics = text_at(entry, "diagnostics");
    alert.device = DeviceUid{text_at(source, "deviceUid")};
    alert.hostname = text_at(source, "deviceName");
    alert.site = SiteUid{text_at(source, "siteUid")};
    alert.site_name = text_at(source, "siteName");
    alert.raised_at = timestamp_at(entry, "timestamp");
    alert.muted = flag_at(entry, "muted").value_or(false);
    alert.resolved = flag_at(entry, "resolved").value_or(false);
    return alert;
}

bool is_usable(const engine::JobActivity& activity) { return !activity.job.empty(); }
bool is_usable(const engine::Filter& filter) { return filter.id != 0 && !filter.name.empty(); }
bool is_usable(const DeviceUid& device) { return !device.empty(); }
template <class Entry>
bool is_usable(const Entry& entry) {
    return !entry.uid.empty();
}

struct Reader {
    const BaseUrl& base;
    const std::string& target;
    const json& body;

    /// The array under `key`; a null array is an empty one, but a body that has nothing of a page is no page:
    /// taking
    /// `{}` for one would empty the fleet.
    template <class Entry>
    [[nodiscard]] Result<ApiReply> read_page(std::string_view key, Entry (*read)(const json&)) const {
        const auto& entries = member(body, key);
        const auto& details = member(body, "pageDetails");
        const bool has_entries = body.is_object() && body.contains(std::string(key));
        if (!has_entries && !details.is_object())
            return unreadable("the answer has no '" + std::string(key) + "'");
        if (!entries.is_array() && !entries.is_null())
            return unreadable("'" + std::string(key) + "' in the answer is not a list");
        engine::Page<Entry> page;
        for (const auto& entry : entries) {
            auto item = read(entry);
            if (is_usable(item)) page.items.push_back(std::move(item));
        }
        const auto next = text_at(details, "nextPageUrl");
        if (next.empty() || entries.empty()) return page;
        auto cursor = next_page_target(base, target, next);
        if (!cursor) return unreadable(cursor.error().message);
        if (*cursor != target) page.next_cursor = std::move(*cursor);
        return page;
    }

    Result<ApiReply> operator()(const engine::ReadSites&) const {
        return read_page<engine::Site>("sites", read_site);
    }
    Result<ApiReply> operator()(const engine::ReadDevices&) const {
        return read_page<engine::Device>("devices", read_device);
    }
    Result<ApiReply> operator()(const engine::ReadSiteDevices&) const {
        return read_page<engine::Device>("devices", read_device);
    }
    Result<ApiReply> operator()(const engine::ReadComponents&) const {
        return read_page<engine::Component>("components", read_component);
    }
    Result<ApiReply> operator()(const engine::ReadDefaultFilters&) const {
        return read_page<engine::Filter>("filters", read_filter);
    }
    Result<ApiReply> operator()(const engine::ReadCustomFilters&) const {
        return read_page<engine::Filter>("filters", read_filter);
    }
    Result<ApiReply> operator()(const engine::ReadFilterDevices&) const {
        return read_page<DeviceUid>("devices", read_member);
    }
    Result<ApiReply> operator()(const engine::SearchActivities&) const {
        // "Not found" is evidence about a create: a search that says it failed must not pass as an empty one.
        if (!text_at(body, "error").empty()) return unreadable("the activity log answered with an error");
        return read_page<engine::JobActivity>("activities", read_activity);
    }
    Result<ApiReply> operator()(const engine::ReadAlerts&) const {
        return read_page<engine::Alert>("alerts", read_alert);
    }
    Result<ApiReply> operator()(const engine::ResolveAlert&) const { return engine::AlertResolved{}; }
    Result<ApiReply> operator()(const engine::ReadDevice&) const {
        auto device = read_device(body);
        if (device.uid.empty()) return unreadable("the answer has no device 'uid'");
        return device;
    }
    Result<ApiReply> operator()(const engine::CreateQuickJob&) const {
        auto uid = text_at(member(body, "job"), "uid");
        if (uid.empty()) uid = text_at(body, "jobUid");
        if (uid.empty()) return unreadable("the answer has no 'job.uid'");
        engine::CreatedJob created;
        created.job = DattoJobUid{std::move(uid)};
        return created;
    }
    Result<ApiReply> operator()(const engine::ReadResult&) const {
        if (!body.is_object() || !body.contains("jobDeploymentStatus"))
            return unreadable("the answer has no 'jobDeploymentStatus'");
        engine::JobResult result;
        result.status_text = text_at(body, "jobDeploymentStatus");
        result.status = deployment_status(result.status_text);
        result.ran_on = timestamp_at(body, "ranOn");
        const auto& components = member(body, "componentResults");
        if (!components.is_array()) return result;
        for (const auto& component : components) {
            if (const auto warnings = integer_at(component, "numberOfWarnings"))
                result.warnings = result.warnings.value_or(0) + *warnings;
            result.has_stdout |= flag_at(component, "hasStdOut").value_or(false);
            result.has_stderr |= flag_at(component, "hasStdErr").value_or(false);
        }
        return result;
    }
    Result<ApiReply> operator()(const engine::ReadOutput& call) const {
        if (!body.is_array()) return unreadable("the answer is not a list of outputs");
        engine::Output output;
        const auto take = [&](const json& entry) {
            if (const auto& text = member(entry, "stdData"); text.is_string())
                output.text = output.text.value_or("") + text.get<std::string>();
        };
        const auto belongs = [&](const json& entry) {
            return equals_ignoring_case(text_at(entry, "componentUid"), call.component.str());
        };
        if (std::any_of(body.begin(), body.end(), belongs)) {
            for (const auto& entry : body)
                if (belongs(entry)) take(entry);
        } else if (body.size() == 1) {
            take(body.front());
        }
        return output;
    }
    Result<ApiReply> operator()(const engine::ReadRequestRate&) const {
        if (!body.is_object() || !(body.contains("accountCount") || body.contains("accountRateLimit")))
            return unreadable("the answer has no request rate");
        const auto positive = [](std::optional<std::int64_t> value, std::int64_t otherwise) {
            return value && *value > 0 ? *value : otherwise;
        };
        engine::RequestRate rate;
        rate.window_s = positive(integer_at(body, "slidingTimeWindowSizeSeconds"), rate.window_s);
        rate.read_limit = positive(integer_at(body, "accountRateLimit"), rate.read_limit);
        rate.read_count = positive(integer_at(body, "accountCount"), 0);
        rate.write_limit = positive(integer_at(body, "accountWriteRateLimit"), rate.write_limit);
        rate.write_count = positive(integer_at(body, "accountWriteCount"), 0);
        const auto& create = member(member(body, "operationWriteStatus"), "device-job-create");
        rate.create_limit = positive(integer_at(create, "limit"), rate.create_limit);
        rate.create_count = positive(integer_at(create, "count"), create.is_object() ? 0 : rate.write_count);
        return rate;
    }
};

}  // namespace

Result<ApiReply> read_reply(const BaseUrl& base, const engine::ApiCall& call, const std::string& target,
                            const std::string& body) {
    // A write that answers with nothing is answered by its status alone (reference, 2.3).
    if (body.empty() && std::holds_alternative<engine::ResolveAlert>(call)) return engine::AlertResolved{};
    const auto parsed = parse_json(body);
    if (!parsed) return unreadable(body.empty() ? "the answer is empty" : "the answer is not whole JSON");
    return std::visit(Reader{base, target, *parsed}, call);
}

Result<Token> read_token(const std::string& body) {
    const auto parsed = parse_json(body);
    if (!parsed) return unreadable("the token call was not answered with JSON");
    Token token;
    token.text = text_at(*parsed, "access_token");
    const bool fits_a_header =
        std::all_of(token.text.begin(), token.text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (token.text.empty() || !fits_a_header)
        return unreadable("the token call's answer has no usable access_token");
    // 100 hours is the life that the vendor states; a token that ends earlier is found out by a 401.
    constexpr std::int64_t kStatedLife = 360'000;
    constexpr std::int64_t kLongest = 365LL * 86'400;
    const auto life = integer_at(*parsed, "expires_in").value_or(kStatedLife);
    token.life = std::chrono::seconds{std::clamp<std::int64_t>(life, 0, kLongest)};
    return token;
}

}  // namespace runbookd::datto
