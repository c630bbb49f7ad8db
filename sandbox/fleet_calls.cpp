// What exists beside the devices: account, sites, filters, components, variables, users.
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "sandbox/blemishes.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

std::vector<DeviceCounts> counts_by_site(const Call& call) {
    const auto& fleet = call.world.fleet();
    std::vector<DeviceCounts> counts(fleet.sites.size());
    for (const auto& device : fleet.devices) {
        if (!call.world.devices().exists(device, call.now.steady) || fleet.traits_of(device).deleted)
            continue;
        auto& of_site = counts[device.site];
        ++of_site.all;
        of_site.online += call.world.devices().is_online(device, call.now.steady) ? 1 : 0;
        of_site.on_demand += fleet.site_of(device).on_demand ? 1 : 0;
    }
    return counts;
}

json filter_view(const Fleet& fleet, std::size_t index) {
    const auto& filter = fleet.filters[index];
    json view = {{"id", index + 1},        {"name", filter.name},
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

/// Variables that a device's components see; the value of a masked one cannot be read back.
Reply variables_page(const Call& call, const std::vector<AccountVariable>& variables, std::int64_t first_id) {
    return page_reply(call, "variables", variables.size(), [&](std::size_t i) {
        const auto& variable = variables[i];
        json view = {{"id", first_id + static_cast<std::int64_t>(i)},
                     {"name", variable.name},
                     {"value", variable.masked ? json() : json(variable.value)},
                     {"masked", variable.masked}};
        return blemished(call.world.fleet().blemishes, "account_variable", variable.name, std::move(view));
    });
}

constexpr std::int64_t kFirstVariableId = 301;
constexpr std::int64_t kVariableIdsOfASite = 1000;

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
    const auto name = ascii_lower(text_of(call.query, "siteName"));
    const auto counts = counts_by_site(call);
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < sites.size(); ++i) {
        if (ascii_lower(sites[i].name).find(name) != std::string::npos) found.push_back(i);
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

Reply get_default_filters(const Call& call) { return filters_page(call, true); }

Reply get_custom_filters(const Call& call) { return filters_page(call, false); }

Reply get_site_filters(const Call& call) {
    if (!call.world.find_site(call.parts[0])) return error_reply(404, call);
    return page_reply(call, "filters", 0, [](std::size_t) { return json(); });
}

Reply get_components(const Call& call) {
    const auto& components = call.world.fleet().components;
    return page_reply(call, "components", components.size(),
                      [&](std::size_t i) { return component_view(call.world, components[i]); });
}

Reply get_account_variables(const Call& call) {
    return variables_page(call, call.world.fleet().variables, kFirstVariableId);
}

Reply get_site_variables(const Call& call) {
    const auto* site = call.world.find_site(call.parts[0]);
    if (!site) return error_reply(404, call);
    return variables_page(call, site->variables, site_id(call.world, *site) * kVariableIdsOfASite);
}

Reply get_account_users(const Call& call) {
    return page_reply(call, "users", 1, [&](std::size_t) {
        const auto& times = call.world.fleet().unknowns.times;
        json view = {{"firstName", nullptr},
                     {"lastName", nullptr},
                     {"username", kApiUser},
                     {"email", nullptr},
                     {"telephone", nullptr},
                     {"status", "active"},
                     {"created", time_or_null(call.world.start().utc, times.devices)},
                     {"lastAccess", time_or_null(call.now.utc, times.devices)},
                     {"disabled", false}};
        return blemished(call.world.fleet().blemishes, "user", kApiUser, std::move(view));
    });
}

}  // namespace runbookd::sandbox
