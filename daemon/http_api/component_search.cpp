#include "http_api/component_search.hpp"

#include "base/glob.hpp"
#include "base/spelling.hpp"

namespace runbookd::http_api {

std::vector<ports::KnownComponent> search_components(const std::vector<ports::KnownComponent>& all,
                                                     const std::string& name) {
    std::vector<ports::KnownComponent> exact;
    std::vector<ports::KnownComponent> partial;
    const auto part = ascii_lower(name);
    for (const auto& component : all) {
        if (equals_ignoring_case(component.name, name) || equals_ignoring_case(component.uid.str(), name))
            exact.push_back(component);
        else if (ascii_lower(component.name).find(part) != std::string::npos)
            partial.push_back(component);
    }
    return exact.empty() ? partial : exact;
}

std::vector<std::string> components_near(const std::vector<ports::KnownComponent>& all,
                                         const std::string& name) {
    std::vector<std::string> names;
    for (const auto& component : all) {
        names.push_back(component.name);
        names.push_back(component.uid.str());
    }
    return nearest(name, names);
}

std::vector<std::string> inputs_near(const engine::Component& component, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& variable : component.variables)
        if (variable.input) names.push_back(variable.name);
    return nearest(name, names);
}

}  // namespace runbookd::http_api
