#include "sandbox/views.hpp"

#include <nlohmann/json.hpp>

#include "sandbox/uid.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

constexpr std::int64_t kFirstDeviceId = 2'000'001;
constexpr std::int64_t kFirstSiteId = 1001;
constexpr std::int64_t kFirstComponentId = 5001;
constexpr std::int64_t kFirstDeploymentId = 900'001;

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

json time_or_null(const std::optional<UtcTime>& at) { return at ? json(to_unix_ms(*at)) : json(); }

json udf_view(const DeviceTraits& traits) {
    json udf = json::object();
    for (int number = 1; number <= 30; ++number) udf["udf" + std::to_string(number)] = nullptr;
    for (const auto& [number, value] : traits.udf) udf["udf" + std::to_string(number)] = text_or_null(value);
    return udf;
}

json patch_view(const DeviceTraits& traits) {
    if (traits.patch_status.empty()) return nullptr;
    return {{"patchStatus", traits.patch_status},
            {"patchesApprovedPending", traits.patch_status == "ApprovedPending" ? 1 : 0},
            {"patchesNotApproved", 0},
            {"patchesInstalled", 0}};
}

json variables_view(const Variables& variables) {
    json list = json::array();
    for (const auto& [name, value] : variables) list.push_back({{"name", name}, {"value", value}});
    return list;
}

json counts_view(const DeviceCounts& counts) {
    return {{"numberOfDevices", counts.all},
            {"numberOfOnlineDevices", counts.online},
            {"numberOfOfflineDevices", counts.all - counts.online}};
}

}  // namespace

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
    return world.exists(device, now) ? &device : nullptr;
}

json device_view(const World& world, const Device& device, Instant now) {
    const auto& traits = world.fleet().traits_of(device);
    const auto& site = world.fleet().site_of(device);
    const auto started = to_unix_ms(world.start().utc);
    return {{"id", device_id(world, device)},
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
            {"rebootRequired", traits.reboot_required ? json(*traits.reboot_required) : json()},
            {"online", world.is_online(device, now.steady)},
            {"suspended", traits.suspended},
            {"deleted", traits.deleted},
            {"lastSeen", time_or_null(world.last_seen(device, now))},
            {"lastReboot", nullptr},
            {"lastAuditDate", nullptr},
            {"creationDate", started + traits.appears_after.count()},
            {"udf", udf_view(traits)},
            {"snmpEnabled", false},
            {"deviceClass", traits.device_class},
            {"portalUrl", nullptr},
            {"warrantyDate", nullptr},
            {"antivirus", nullptr},
            {"patchManagement", patch_view(traits)},
            {"softwareStatus", nullptr},
            {"webRemoteUrl", nullptr},
            {"networkProbe", false},
            {"onboardedViaNetworkMonitor", false}};
}

json site_view(const World& world, const Site& site, const DeviceCounts& counts) {
    return {{"id", site_id(world, site)},
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
}

json account_view(const DeviceCounts& counts) {
    auto status = counts_view(counts);
    status["numberOfOnDemandDevices"] = counts.on_demand;
    status["numberOfManagedDevices"] = counts.all - counts.on_demand;
    return {{"id", 1},
            {"uid", account_uid()},
            {"name", "Sandbox"},
            {"currency", nullptr},
            {"descriptor", {{"bilingEmail", nullptr}, {"deviceLimit", nullptr}, {"timeZone", "UTC"}}},
            {"devicesStatus", std::move(status)}};
}

json component_view(const World& world, const Component& component) {
    json variables = json::array();
    for (const auto& variable : component.variables) {
        variables.push_back({{"name", variable.name},
                             {"type", variable.type},
                             {"defaultVal", variable.default_value},
                             {"direction", variable.is_input},
                             {"description", text_or_null(variable.description)},
                             {"variablesIdx", variables.size()}});
    }
    return {{"id", kFirstComponentId + (&component - world.fleet().components.data())},
            {"uid", component.uid},
            {"name", component.name},
            {"description", text_or_null(component.description)},
            {"categoryCode", component.category},
            {"credentialsRequired", false},
            {"variables", std::move(variables)}};
}

json job_view(const Job& job) {
    return {{"id", job.id},
            {"uid", job.uid},
            {"name", job.name},
            {"dateCreated", to_unix_ms(job.created_at)},
            {"status", is_terminal(job.status) ? "completed" : "active"}};
}

json job_component_view(const World& world, const Job& job) {
    const auto& component = world.component_of(job);
    return {{"uid", component.uid}, {"name", component.name}, {"variables", variables_view(job.variables)}};
}

json activity_view(const World& world, const ActivityEntry& entry) {
    const auto& job = world.job(entry.job);
    const auto& device = world.device_of(job);
    const auto& site = world.fleet().site_of(device);
    const bool created = entry.action == ActivityAction::create;
    json details = {{"job.id", job.id},
                    {"job.uid", job.uid},
                    {"job.name", job.name},
                    {"job.status", created ? std::string_view("active") : name_of(entry.status)},
                    {"job.date_created", to_unix_ms(job.created_at)},
                    {"device.uid", device.uid},
                    {"device.hostname", device.hostname},
                    {"site.name", site.name},
                    {"user.username", kApiUser}};
    // Each job of the sandbox has one device, hence one deployment.
    if (!created) details["job.deployment_id"] = kFirstDeploymentId + entry.job;
    const bool has_output = !created && has_results(entry.status);
    return {
        {"id", std::to_string(entry.id)},
        {"entity", "DEVICE"},
        {"category", "job"},
        {"action", name_of(entry.action)},
        {"date", static_cast<double>(to_unix_ms(entry.date)) / 1000},
        {"site", {{"id", site_id(world, site)}, {"name", site.name}}},
        {"deviceId", device_id(world, device)},
        {"hostname", device.hostname},
        {"user", {{"id", kApiUserId}, {"userName", kApiUser}, {"firstName", nullptr}, {"lastName", nullptr}}},
        {"details", details.dump(-1, ' ', false, json::error_handler_t::replace)},
        {"hasStdOut", has_output && !world.stdout_of(job).empty()},
        {"hasStdErr", has_output && !world.stderr_of(job).empty()}};
}

}  // namespace runbookd::sandbox
