#include "engine/targeting.hpp"

#include <algorithm>
#include <tuple>

#include "base/glob.hpp"

namespace runbookd::engine {
namespace {

runbook::DeviceFacts facts_of(const Device& device) {
    return {device.uid, device.site_uid, device.site_name, device.hostname, device.os};
}

bool any_matches(const std::vector<runbook::Selector>& selectors, const runbook::DeviceFacts& facts) {
    return std::any_of(selectors.begin(), selectors.end(), [&](const auto& s) { return s.matches(facts); });
}

bool is_in_scope(const Device& device, const RunScope& scope) {
    const auto names_device = [&](const std::string& name) {
        return equals_ignoring_case(name, device.uid.str()) || equals_ignoring_case(name, device.hostname);
    };
    const auto names_site = [&](const std::string& name) {
        return glob_matches(name, device.site_name) || equals_ignoring_case(name, device.site_uid.str());
    };
    return (scope.devices.empty() || std::any_of(scope.devices.begin(), scope.devices.end(), names_device)) &&
           (scope.sites.empty() || std::any_of(scope.sites.begin(), scope.sites.end(), names_site));
}

std::string reason_for(const std::string& rule, const Device& device) {
    if (rule == "deleted") return "the device is deleted in Datto RMM";
    if (rule == "suspended") return "the device is suspended in Datto RMM";
    if (rule == "class") return "a device of class '" + device.device_class + "' runs no components";
    if (rule == "on_demand") return "an On-Demand agent runs no jobs";
    return "the runbook's targets.exclude names it";
}

}  // namespace

std::string exclusion_rule(const Device& device, const Fleet& fleet) {
    if (device.deleted) return "deleted";
    if (device.suspended) return "suspended";
    if (!device.device_class.empty() && device.device_class != "device") return "class";
    if (fleet.is_on_demand(device.site_uid)) return "on_demand";
    return "";
}

Selection select_targets(const runbook::Targets& targets, const RunScope& scope, const Fleet& fleet) {
    Selection selection;
    for (const auto& [device, read_at] : fleet.devices()) {
        const auto facts = facts_of(device);
        if (!any_matches(targets.include, facts) || !is_in_scope(device, scope)) continue;
        auto rule = exclusion_rule(device, fleet);
        if (rule.empty() && any_matches(targets.exclude, facts)) rule = "exclude";
        if (rule.empty())
            selection.targets.push_back({device.uid, device.site_uid, device.site_name, device.hostname, 1});
        else
            selection.exclusions.push_back(
                {device.uid, device.hostname, device.site_name, rule, reason_for(rule, device)});
    }
    const auto by_name = [](const auto& a, const auto& b) {
        return std::tie(a.hostname, a.device) < std::tie(b.hostname, b.device);
    };
    std::sort(selection.targets.begin(), selection.targets.end(), by_name);
    std::sort(selection.exclusions.begin(), selection.exclusions.end(), by_name);
    return selection;
}

}  // namespace runbookd::engine
