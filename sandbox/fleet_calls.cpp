// What exists: account, sites, devices, filters, components.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {
namespace {

std::vector<DeviceCounts> counts_by_site(const Call& call) {
    const auto& fleet = call.world.fleet();
    std::vector<DeviceCounts> counts(fleet.sites.size());
    for (const auto& device : fleet.devices) {
        if (!call.world.exists(device, call.now.steady) || fleet.traits_of(device).deleted) continue;
        auto& of_site = counts[device.site];
        ++of_site.all;
        of_site.online += call.world.is_online(device, call.now.steady) ? 1 : 0;
        of_site.on_demand += fleet.site_of(device).on_demand ? 1 : 0;
    }
    return counts;
}

/// Substring, letters compared without case; an empty pattern is in every text.
bool contains(const std::string& text, const std::string& lowered_part) {
    return ascii_lower(text).find(lowered_part) != std::string::npos;
}

std::string lowered(const Form& query, const std::string& name) {
    const auto found = query.find(name);
    return found == query.end() ? std::string{} : ascii_lower(found->second);
}

bool glob_allows(const std::string& glob, const std::string& text) {
    return glob.empty() || glob_matches(glob, text);
}

using DeviceTest = std::function<bool(const Device&)>;

DeviceTest test_of_filter(const Fleet& fleet, const Filter& filter) {
    return [&fleet, &filter](const Device& device) {
        const auto& traits = fleet.traits_of(device);
        return glob_allows(filter.os, traits.os) && glob_allows(filter.type, traits.type) &&
               glob_allows(filter.hostname, device.hostname) && glob_allows(filter.domain, traits.domain) &&
               glob_allows(filter.site, fleet.site_of(device).name);
    };
}

/// The test that `filterId` or, in its absence, the other parameters ask for; none where there is no such
/// filter.
std::optional<DeviceTest> device_test(const Call& call, const DeviceTest& otherwise) {
    const auto& fleet = call.world.fleet();
    if (!call.query.count("filterId")) return otherwise;
    const auto id = whole_number(call.query, "filterId", 0);
    if (!id || *id < 1 || *id > static_cast<std::int64_t>(fleet.filters.size())) return std::nullopt;
    return test_of_filter(fleet, fleet.filters[static_cast<std::size_t>(*id - 1)]);
}

Reply devices_page(const Call& call, const DeviceTest& test) {
    const auto& devices = call.world.fleet().devices;
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (call.world.exists(devices[i], call.now.steady) && test(devices[i])) found.push_back(i);
    }
    return page_reply(call, "devices", found,
                      [&](std::size_t i) { return device_view(call.world, devices[i], call.now); });
}

nlohmann::json filter_view(const Fleet& fleet, std::size_t index) {
    const auto& filter = fleet.filters[index];
    nlohmann::json view = {{"id", index + 1},        {"name", filter.name},
                           {"description", nullptr}, {"type", filter.is_default ? "rmm_default" : "custom"},
                           {"dateCreate", nullptr},  {"lastUpdated", nullptr}};
    return blemished(fleet.blemishes, "filter", filter.name, std::move(view));
}

Reply filters_page(const Call& call, bool is_default) {
    const auto& fleet = call.world.fleet();
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < fleet.filters.size(); ++i)
        if (fleet.filters[i].is_default == is_default) found.push_back(i);
    return page_reply(call, "filters", found, [&](std::size_t i) { return filter_view(fleet, i); });
}

Reply empty_page(const Call& call, const std::string& key) {
    return page_reply(call, key, 0, [](std::size_t) { return nlohmann::json(); });
}

}  // namespace

Reply get_account(const Call& call) {
    DeviceCounts sum;
    for (const auto& counts : counts_by_site(call)) {
        sum.all += counts.all;
        sum.online += counts.online;
        sum.on_demand += counts.on_demand;
    }
    return json_reply(account_view(call.world, sum));
}

Reply get_account_sites(const Call& call) {
    const auto& sites = call.world.fleet().sites;
    const auto name = lowered(call.query, "siteName");
    const auto counts = counts_by_site(call);
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < sites.size(); ++i) {
        if (contains(sites[i].name, name)) found.push_back(i);
    }
    return page_reply(call, "sites", found,
                      [&](std::size_t i) { return site_view(call.world, sites[i], counts[i]); });
}

Reply get_site(const Call& call) {
    const auto* site = call.world.find_site(call.parts[0]);
    if (!site) return error_reply(404, call);
    const auto index = static_cast<std::size_t>(site - call.world.fleet().sites.data());
    return json_reply(site_view(call.world, *site, counts_by_site(call)[index]));
}

Reply get_account_devices(const Call& call) {
    const auto& fleet = call.world.fleet();
    const auto hostname = lowered(call.query, "hostname");
    const auto type = lowered(call.query, "deviceType");
    const auto os = lowered(call.query, "operatingSystem");
    const auto site = lowered(call.query, "siteName");
    const DeviceTest by_texts = [&](const Device& device) {
        const auto& traits = fleet.traits_of(device);
        return contains(device.hostname, hostname) && contains(traits.type, type) &&
               contains(traits.os, os) && contains(fleet.site_of(device).name, site);
    };
    const DeviceTest any = [](const Device&) { return true; };
    const bool filtered = !hostname.empty() || !type.empty() || !os.empty() || !site.empty();
    const auto test = device_test(call, filtered ? by_texts : any);
    if (!test) return error_reply(404, call);
    return devices_page(call, *test);
}

Reply get_site_devices(const Call& call) {
    const auto* site = call.world.find_site(call.parts[0]);
    const auto test = device_test(call, [](const Device&) { return true; });
    if (!site || !test) return error_reply(404, call);
    return devices_page(call, [&](const Device& device) {
        return &call.world.fleet().site_of(device) == site && (*test)(device);
    });
}

Reply get_device(const Call& call) {
    const auto* device = call.world.find_device(call.parts[0], call.now.steady);
    if (!device) return error_reply(404, call);
    return json_reply(device_view(call.world, *device, call.now));
}

Reply get_device_by_id(const Call& call) {
    const auto id = whole_number({{"id", call.parts[0]}}, "id", 0);
    if (!id) return error_reply(400, call);
    const auto* device = device_with_id(call.world, *id, call.now.steady);
    if (!device) return error_reply(404, call);
    return json_reply(device_view(call.world, *device, call.now));
}

Reply get_default_filters(const Call& call) { return filters_page(call, true); }

Reply get_custom_filters(const Call& call) { return filters_page(call, false); }

Reply get_site_filters(const Call& call) {
    if (!call.world.find_site(call.parts[0])) return error_reply(404, call);
    return empty_page(call, "filters");
}

Reply get_components(const Call& call) {
    const auto& components = call.world.fleet().components;
    return page_reply(call, "components", components.size(),
                      [&](std::size_t i) { return component_view(call.world, components[i]); });
}

Reply get_alerts(const Call& call) { return empty_page(call, "alerts"); }

Reply resolve_alert(const Call& call) { return error_reply(404, call); }

}  // namespace runbookd::sandbox
