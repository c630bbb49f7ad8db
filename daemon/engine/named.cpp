#include "engine/named.hpp"

#include <string_view>
#include <vector>

#include "base/glob.hpp"
#include "base/spelling.hpp"

namespace runbookd::engine {
namespace {

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : nearest(word, names))
        text += (text.empty() ? "; did you mean '" : "' or '") + name;
    return text.empty() ? text : text + "'?";
}

}  // namespace

Result<const Fleet::Seen*> device_named(const Fleet& fleet, const std::string& wanted) {
    if (const auto* seen = fleet.find(DeviceUid{wanted})) return seen;
    const auto named = fleet.find_by_hostname(wanted);
    if (named.size() == 1) return named.front();
    if (named.size() > 1) return fail(ErrorCode::conflict, several_of(wanted, named));
    std::vector<std::string> names;
    for (const auto& seen : fleet.devices()) names.push_back(seen.device.hostname);
    return fail(ErrorCode::not_found,
                "device '" + wanted + "' is not in the account" + did_you_mean(wanted, names));
}

Result<const Component*> component_named(const Fleet& fleet, const std::string& wanted) {
    if (const auto* component = fleet.find_component(wanted)) return component;
    std::vector<std::string> names;
    for (const auto& component : fleet.components()) {
        if (equals_ignoring_case(component.name, wanted))
            return fail(ErrorCode::conflict,
                        "component '" + wanted + "' is the name of several; give its uid");
        names.push_back(component.name);
    }
    return fail(ErrorCode::not_found, "component '" + wanted +
                                          "' does not exist, or this API user may not see it" +
                                          did_you_mean(wanted, names));
}

}  // namespace runbookd::engine
