#include "sandbox/views.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "sandbox/blemishes.hpp"
#include "sandbox/uid.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

constexpr std::int64_t kFirstDeviceId = 2'000'001;
constexpr std::int64_t kFirstSiteId = 1001;
constexpr std::int64_t kFirstComponentId = 5001;
constexpr std::size_t kMacDigits = 12;

using Fields = std::map<int, std::string>;

json fields_as_map(const Fields& fields) {
    json udf = json::object();
    for (int number = 1; number <= 30; ++number) udf["udf" + std::to_string(number)] = nullptr;
    for (const auto& [number, value] : fields) udf["udf" + std::to_string(number)] = text_or_null(value);
    return udf;
}

json fields_as_list(const Fields& fields) {
    json list = json::array();
    for (const auto& [number, value] : fields) {
        list.push_back({{"ordinal", number},
                        {"type", "STRING"},
                        {"valueString", value},
                        {"valueBoolean", nullptr},
                        {"valueNumber", nullptr},
                        {"valueDate", nullptr},
                        {"label", nullptr},
                        {"typeMisMatch", false}});
    }
    return list;
}

json patch_view(const std::string& status) {
    if (status.empty()) return nullptr;
    return {{"patchStatus", status},
            {"patchesApprovedPending", status == "ApprovedPending" ? 1 : 0},
            {"patchesNotApproved", 0},
            {"patchesInstalled", 0}};
}

json counts_view(const DeviceCounts& counts) {
    return {{"numberOfDevices", counts.all},
            {"numberOfOnlineDevices", counts.online},
            {"numberOfOfflineDevices", counts.all - counts.online}};
}

}  // namespace

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

json time_or_null(const std::optional<UtcTime>& at, TimeForm form) {
    if (!at) return nullptr;
    switch (form) {
        case TimeForm::ms: return to_unix_ms(*at);
        case TimeForm::iso: return format_utc(*at);
        case TimeForm::seconds: break;
    }
    return static_cast<double>(to_unix_ms(*at)) / 1000;
}

const std::string& account_uid() {
    static const std::string uid = guid_of("account", "sandbox");
    return uid;
}

std::int64_t site_id(const World& world, const Site& site) {
    return kFirstSiteId + (&site - world.fleet().sites.data());
}

std::int64_t device_id(const World& world, const Device& device) {
    return kFirstDeviceId + (&device - world.fleet().devices.data());
}

const Device* device_with_id(const World& world, std::int64_t id, SteadyTime now) {
    const auto& devices = world.fleet().devices;
    if (id < kFirstDeviceId || id - kFirstDeviceId >= static_cast<std::int64_t>(devices.size()))
        return nullptr;
    const auto& device = devices[static_cast<std::size_t>(id - kFirstDeviceId)];
    return world.devices().exists(device, now) ? &device : nullptr;
}

const Device* device_with_mac(const World& world, std::string_view address, SteadyTime now) {
    // "02": an address that was given locally, by no vendor. The rest is the id.
    std::int64_t id = 0;
    if (address.size() != kMacDigits || address.substr(0, 2) != "02") return nullptr;
    const auto* end_of_text = address.data() + address.size();
    const auto [end, error] = std::from_chars(address.data() + 2, end_of_text, id, 16);
    if (error != std::errc{} || end != end_of_text) return nullptr;
    return device_with_id(world, id, now);
}

json device_view(const World& world, const Device& device, Instant now, FieldsAs fields) {
    const auto& traits = world.fleet().traits_of(device);
    const auto& site = world.fleet().site_of(device);
    const auto& states = world.devices();
    const auto needs_reboot = states.reboot_required(device, now);
    const auto form = world.fleet().unknowns.times.devices;
    json view = {{"id", device_id(world, device)},
                 {"uid", device.uid},
                 {"siteId", site_id(world, site)},
                 {"siteUid", site.uid},
                 {"siteName", site.name},
                 {"deviceType", {{"category", traits.type}, {"type", nullptr}}},
                 {"hostname", device.hostname},
                 {"intIpAddress", nullptr},
                 {"extIpAddress", nullptr},
                 {"operatingSystem", text_or_null(traits.os)},
                 {"lastLoggedInUser", nullptr},
                 {"domain", text_or_null(traits.domain)},
                 {"cagVersion", nullptr},
                 {"displayVersion", nullptr},
                 {"description", device.hostname},
                 {"a64Bit", true},
                 {"rebootRequired", needs_reboot ? json(*needs_reboot) : json()},
                 {"online", states.is_online(device, now.steady)},
                 {"suspended", traits.suspended},
                 {"deleted", traits.deleted},
                 {"lastSeen", time_or_null(states.last_seen(device, now), form)},
                 {"lastReboot", time_or_null(states.last_reboot(device, now), form)},
                 {"lastAuditDate", nullptr},
                 {"creationDate", time_or_null(world.start().utc + traits.appears_after, form)},
                 {"snmpEnabled", false},
                 {"deviceClass", traits.device_class},
                 {"portalUrl", nullptr},
                 {"warrantyDate", nullptr},
                 {"antivirus", nullptr},
                 {"patchManagement", patch_view(states.patch_status(device, now))},
                 {"softwareStatus", nullptr},
                 {"webRemoteUrl", nullptr},
                 {"networkProbe", false},
                 {"onboardedViaNetworkMonitor", false}};
    if (fields == FieldsAs::map) {
        view["udf"] = fields_as_map(states.udf(device));
    } else {
        view["udfs"] = fields_as_list(states.udf(device));
    }
    return blemished(world.fleet().blemishes, "device", device.uid, std::move(view));
}

json site_view(const World& world, const Site& site, const DeviceCounts& counts) {
    json view = {{"id", site_id(world, site)},
                 {"uid", site.uid},
                 {"accountUid", account_uid()},
                 {"name", site.name},
                 {"description", text_or_null(site.description)},
                 {"notes", nullptr},
                 {"onDemand", site.on_demand},
                 {"splashtopAutoInstall", false},
                 {"proxySettings", nullptr},
                 {"devicesStatus", counts_view(counts)},
                 {"autotaskCompanyName", nullptr},
                 {"autotaskCompanyId", nullptr},
                 {"portalUrl", nullptr}};
    return blemished(world.fleet().blemishes, "site", site.uid, std::move(view));
}

json account_view(const World& world, const DeviceCounts& counts) {
    auto status = counts_view(counts);
    status["numberOfOnDemandDevices"] = counts.on_demand;
    status["numberOfManagedDevices"] = counts.all - counts.on_demand;
    json view = {{"id", 1},
                 {"uid", account_uid()},
                 {"name", "Sandbox"},
                 {"currency", nullptr},
                 {"descriptor", {{"bilingEmail", nullptr}, {"deviceLimit", nullptr}, {"timeZone", "UTC"}}},
                 {"devicesStatus", std::move(status)}};
    return blemished(world.fleet().blemishes, "account", account_uid(), std::move(view));
}

std::string shown_type(const Fleet& fleet, const Variable& variable) {
    const auto& texts = fleet.unknowns.variable_types;
    const auto found = texts.find(variable.type);
    return found == texts.end() ? variable.type : found->second;
}

json component_view(const World& world, const Component& component) {
    const auto& fleet = world.fleet();
    json variables = json::array();
    for (const auto& variable : component.variables) {
        json view = {{"name", variable.name},
                     {"type", shown_type(fleet, variable)},
                     {"defaultVal", variable.default_value},
                     {"direction", variable.is_input},
                     {"description", text_or_null(variable.description)},
                     {"variablesIdx", variables.size()}};
        variables.push_back(
            blemished(fleet.blemishes, "variable", component.uid + variable.name, std::move(view)));
    }
    json view = {{"id", kFirstComponentId + (&component - fleet.components.data())},
                 {"uid", component.uid},
                 {"name", component.name},
                 {"description", text_or_null(component.description)},
                 {"categoryCode", component.category},
                 {"credentialsRequired", component.credentials_required},
                 {"variables", std::move(variables)}};
    return blemished(fleet.blemishes, "component", component.uid, std::move(view));
}

}  // namespace runbookd::sandbox
