#include "sandbox/quick_job_rules.hpp"

#include <algorithm>
#include <charconv>

#include "base/glob.hpp"

namespace runbookd::sandbox {
namespace {

bool is_number(const std::string& text) {
    double number = 0;
    const auto* end_of_text = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), end_of_text, number);
    return error == std::errc{} && end == end_of_text;
}

bool was_sent(const Variables& sent, const std::string& name) {
    return std::any_of(sent.begin(), sent.end(), [&](const auto& each) { return each.first == name; });
}

}  // namespace

JobFate fate_of(const Fleet& fleet, const Device& device, const Component& component) {
    const auto& traits = fleet.traits_of(device);
    const auto& fates = fleet.unknowns.jobs_for;
    if (traits.deleted) return fates.deleted;
    if (traits.suspended) return fates.suspended;
    if (fleet.site_of(device).on_demand) return fates.on_demand;
    if (traits.device_class != "device") return fates.other_class;
    return component.credentials_required ? fates.credentials : JobFate{};
}

const Variable* find_input(const Component& component, const std::string& name) {
    const auto& known = component.variables;
    const auto found = std::find_if(known.begin(), known.end(), [&](const Variable& variable) {
        return variable.is_input && variable.name == name;
    });
    return found == known.end() ? nullptr : &*found;
}

bool converts(const std::string& value, const Variable& variable) {
    const auto is_of_type = [&](const char* type) { return equals_ignoring_case(variable.type, type); };
    if (is_of_type("boolean")) return value == "true" || value == "false";
    if (is_of_type("number")) return is_number(value);
    if (is_of_type("date")) return parse_utc(value).has_value();
    const auto& options = variable.options;
    if (!options.empty()) return std::find(options.begin(), options.end(), value) != options.end();
    // An environment variable ends at its first NUL.
    return value.find('\0') == std::string::npos;
}

std::optional<int> refusal_of(const Fleet& fleet, const Component& component, const Variables& sent) {
    const auto& refusals = fleet.unknowns.refusals;
    for (const auto& [name, value] : sent) {
        const auto* input = find_input(component, name);
        if (!input && refusals.variable) return refusals.variable;
        if (input && !converts(value, *input) && refusals.value) return refusals.value;
        // What cannot be handed to a script cannot be accepted either.
        if (name.find_first_of(std::string("=\0", 2)) != std::string::npos) return 400;
        if (value.find('\0') != std::string::npos) return 400;
    }
    if (!refusals.missing) return std::nullopt;
    for (const auto& variable : component.variables) {
        if (variable.is_input && variable.default_value.empty() && !was_sent(sent, variable.name))
            return refusals.missing;
    }
    return std::nullopt;
}

}  // namespace runbookd::sandbox
