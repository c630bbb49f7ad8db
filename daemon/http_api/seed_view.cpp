#include "http_api/seed_view.hpp"

#include <nlohmann/json.hpp>

namespace runbookd::http_api {
namespace {

using Json = nlohmann::ordered_json;

Json variable_view(const engine::ComponentVariable& variable) {
    const bool has_default = !variable.default_value.empty();
    Json view;
    view["name"] = variable.name;
    view["type"] = variable.type;
    view["required"] = !has_default;
    view["defaultValue"] = has_default ? Json(variable.default_value) : Json(nullptr);
    view["description"] = variable.description;
    return view;
}

/// Those that have a value; a device's page is much shorter for it.
Json udf_view(const runbook::Udfs& udf) {
    auto view = Json::object();
    if (udf.empty()) return view;
    for (int number = 1; number <= runbook::kMostUdfs; ++number)
        if (const auto value = udf.value(number); !value.empty())
            view["udf" + std::to_string(number)] = value;
    return view;
}

}  // namespace

Json seed_component_view(const engine::Component& component) {
    Json view;
    view["uid"] = component.uid.str();
    view["name"] = component.name;
    view["description"] = component.description;
    view["category"] = component.category;
    view["osType"] = nullptr;  // the real API does not say
    view["variables"] = Json::array();
    for (const auto& variable : component.variables)
        if (variable.input) view["variables"].push_back(variable_view(variable));
    return view;
}

Json seed_device_view(const engine::Device& device) {
    Json view;
    view["uid"] = device.uid.str();
    view["hostname"] = device.hostname;
    view["siteUid"] = device.site_uid.str();
    view["siteName"] = device.site_name.str();
    view["status"] = device.online ? "online" : "offline";
    view["lastSeen"] = device.last_seen ? Json(to_unix_ms(*device.last_seen)) : Json(nullptr);
    view["operatingSystem"] = device.os.str();
    view["deviceType"] = device.device_type.str();
    view["deviceClass"] = device.device_class.str();
    view["suspended"] = device.suspended;
    view["deleted"] = device.deleted;
    view["domain"] = device.domain.str();
    view["rebootRequired"] = device.reboot_required ? Json(*device.reboot_required) : Json(nullptr);
    view["patchManagement"]["patchStatus"] = device.patch_status.str();
    view["udf"] = udf_view(device.udf);
    return view;
}

}  // namespace runbookd::http_api
