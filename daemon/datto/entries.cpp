#include "datto/entries.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "datto/json_read.hpp"
#include "datto/timestamp.hpp"

namespace runbookd::datto {

using nlohmann::json;

namespace {

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

/// The first of two members that has a text: the real API's name, then the seed's.
std::string either_text(const json& entry, std::string_view key, std::string_view other) {
    auto text = text_at(entry, key);
    return text.empty() ? text_at(entry, other) : text;
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
    activity.hostname = dotted_or("device.hostname", device, "hostname");
    const auto status = dotted_or("job.status", job, "status");
    if (!status.empty()) activity.status = deployment_status(status);
    return activity;
}

}  // namespace

engine::DeploymentStatus deployment_status(std::string_view text) {
    using enum engine::DeploymentStatus;
    constexpr std::pair<std::string_view, engine::DeploymentStatus> kNames[] = {
        {"Pending", pending}, {"Running", running}, {"Success", success}, {"Warning", warning},
        {"Failure", failure}, {"Expired", expired}, {"Retired", retired}};
    for (const auto& [name, status] : kNames)
        if (equals_ignoring_case(name, text)) return status;
    return other;
}

engine::Site read_site(const json& entry) {
    engine::Site site;
    site.uid = SiteUid{text_at(entry, "uid")};
    site.name = text_at(entry, "name");
    site.on_demand = flag_at(entry, "onDemand").value_or(false);
    return site;
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
    device.last_reboot = timestamp_at(entry, "lastReboot");
    device.domain = text_at(entry, "domain");
    device.patch_status = text_at(member(entry, "patchManagement"), "patchStatus");
    device.reboot_required = flag_at(entry, "rebootRequired");
    device.udf = read_udfs(member(entry, "udf"));
    return device;
}

engine::Filter read_filter(const json& entry) {
    return {integer_at(entry, "id").value_or(0), text_at(entry, "name")};
}

DeviceUid read_member(const json& entry) { return DeviceUid{text_at(entry, "uid")}; }

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

engine::JobActivity read_activity(const json& entry) {
    const auto& details = member(entry, "details");
    engine::JobActivity activity;
    if (!details.is_string())
        activity = read_details(details);
    else if (const auto parsed = parse_json(details.get_ref<const std::string&>()))
        activity = read_details(*parsed);
    activity.at = timestamp_at(entry, "date");
    if (activity.hostname.empty()) activity.hostname = text_at(entry, "hostname");
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

}  // namespace runbookd::datto
