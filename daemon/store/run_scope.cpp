#include "store/run_scope.hpp"

#include <nlohmann/json.hpp>

#include "store/event_chain.hpp"

namespace runbookd::store {

using nlohmann::json;

namespace {

json alert_to_json(const engine::AlertCause& alert) {
    json text{{"uid", alert.uid.str()},
              {"priority", alert.priority},
              {"class", alert.context_class},
              {"diagnostics", alert.diagnostics}};
    if (alert.raised_at) text["raised_at"] = to_unix_ms(*alert.raised_at);
    if (alert.resolve) text["resolve"] = true;
    return text;
}

engine::AlertCause alert_from_json(const json& text) {
    engine::AlertCause alert;
    alert.uid = AlertUid{text.value("uid", "")};
    alert.priority = text.value("priority", "");
    alert.context_class = text.value("class", "");
    alert.diagnostics = text.value("diagnostics", "");
    if (const auto at = text.find("raised_at"); at != text.end())
        alert.raised_at = from_unix_ms(at->get<std::int64_t>());
    alert.resolve = text.value("resolve", false);
    return alert;
}

}  // namespace

std::string scope_to_json(const engine::RunScope& scope) {
    json text = json::object();
    if (!scope.devices.empty()) text["devices"] = scope.devices;
    if (!scope.sites.empty()) text["sites"] = scope.sites;
    if (!scope.customers.empty()) text["customers"] = scope.customers;
    if (!scope.variables.empty()) text["variables"] = json(scope.variables);
    if (!scope.component.empty()) text["component"] = scope.component;
    if (!scope.held.empty()) text["held"] = scope.held;
    if (scope.alert) text["alert"] = alert_to_json(*scope.alert);
    if (scope.found) text["found"] = true;
    return canonical_json(text);
}

engine::RunScope scope_from_json(const std::string& text) {
    const auto read = json::parse(text);
    engine::RunScope scope;
    scope.devices = read.value("devices", scope.devices);
    scope.sites = read.value("sites", scope.sites);
    scope.customers = read.value("customers", scope.customers);
    scope.variables = read.value("variables", scope.variables);
    scope.component = read.value("component", scope.component);
    scope.held = read.value("held", scope.held);
    scope.found = read.value("found", false);
    if (const auto alert = read.find("alert"); alert != read.end()) scope.alert = alert_from_json(*alert);
    return scope;
}

std::string overrides_to_json(const runbook::Overrides& overrides) {
    json text = json::object();
    if (overrides.any()) text = {{"rules", overrides.rules()}, {"reason", overrides.reason}};
    return canonical_json(text);
}

runbook::Overrides overrides_from_json(const std::string& text) {
    const auto read = json::parse(text);
    auto overrides =
        runbook::read_overrides(read.value("rules", std::vector<std::string>()), read.value("reason", ""));
    if (!overrides)
        throw std::runtime_error("the store holds an override that this program does not know: " + text);
    return std::move(*overrides);
}

std::string devices_to_json(const std::vector<DeviceUid>& devices) {
    json list = json::array();
    for (const auto& device : devices) list.push_back(device.str());
    return list.dump();
}

std::vector<DeviceUid> devices_from_json(const std::string& text) {
    std::vector<DeviceUid> devices;
    const auto list = json::parse(text);
    for (const auto& device : list) devices.emplace_back(device.get<std::string>());
    return devices;
}

std::string variables_to_json(const std::map<std::string, std::string>& variables) {
    return canonical_json(json(variables));
}

std::map<std::string, std::string> variables_from_json(const std::string& text) {
    return json::parse(text).get<std::map<std::string, std::string>>();
}

}  // namespace runbookd::store
