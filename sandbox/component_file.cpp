#include "sandbox/component_file.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "sandbox/uid.hpp"

namespace runbookd::sandbox {
namespace {

constexpr std::string_view kOutcomeExpected =
    "expected shares of Success, Warning, Failure, Expired and Retired that sum to 100%, such as {Success: "
    "97%, "
    "Failure: 3%}";

std::optional<JobStatus> outcome_named(const std::string& name) {
    for (const auto status : {JobStatus::success, JobStatus::warning, JobStatus::failure, JobStatus::expired,
                              JobStatus::retired}) {
        if (name_of(status) == name) return status;
    }
    return std::nullopt;
}

std::vector<std::pair<JobStatus, double>> read_outcome(YamlMap& map) {
    const auto node = map.get("outcome");
    if (!node.IsDefined()) return {{JobStatus::success, 1.0}};
    std::vector<std::pair<JobStatus, double>> outcome;
    double sum = 0;
    for (const auto& pair : node.IsMap() ? node : YAML::Node(YAML::NodeType::Map)) {
        const auto status = pair.first.IsScalar() ? outcome_named(pair.first.Scalar()) : std::nullopt;
        const auto share = pair.second.IsScalar() ? parse_share(pair.second.Scalar()) : std::nullopt;
        if (!status || !share) {
            sum = 0;
            break;
        }
        sum += *share;
        outcome.emplace_back(*status, *share);
    }
    if (std::abs(sum - 1.0) > 1e-6) {
        map.problem("outcome", std::string(kOutcomeExpected));
        return {{JobStatus::success, 1.0}};
    }
    return outcome;
}

Simulation read_simulation(const YAML::Node& node, const std::string& path, Problems& problems) {
    YamlMap map(node, path, problems);
    Simulation simulation;
    simulation.duration = map.range("duration", {Millis{1000}, Millis{1000}});
    simulation.outcome = read_outcome(map);
    simulation.stdout_text = map.text("stdout", "");
    simulation.stderr_text = map.text("stderr", "");
    map.finish();
    return simulation;
}

std::vector<Variable> read_variables(YamlMap& component, Problems& problems) {
    std::vector<Variable> variables;
    std::set<std::string> names;
    for (const auto& node : component.list("variables")) {
        YamlMap map(node, component.path_of("variables[" + std::to_string(variables.size()) + "]"), problems);
        Variable variable;
        variable.name = map.required_text("name");
        variable.type = map.text("type", variable.type);
        variable.default_value = map.text("default", "");
        variable.description = map.text("description", "");
        for (const auto& option : map.list("options")) {
            if (option.IsScalar())
                variable.options.push_back(option.Scalar());
            else
                map.problem("options", "expected a list of texts");
        }
        const auto direction = map.text("direction", "input");
        if (direction != "input" && direction != "output")
            map.problem("direction", "expected input or output");
        variable.is_input = direction == "input";
        const bool nameable = variable.name.find('=') == std::string::npos;
        if (!nameable) map.problem("name", "expected a name without `=`: it becomes an environment variable");
        if (!names.insert(variable.name).second)
            map.problem("name", "a variable of this name is given already");
        map.finish();
        variables.push_back(std::move(variable));
    }
    return variables;
}

void read_work(YamlMap& map, Component& component, Problems& problems) {
    const auto script = map.get("script");
    const auto simulation = map.get("simulate");
    const auto timeout = map.optional_span("timeout");
    if (script.IsDefined() == simulation.IsDefined()) {
        return map.problem(script.IsDefined() ? "simulate" : "script",
                           "expected exactly one of `script` and `simulate`");
    }
    if (timeout && timeout->count() == 0) map.problem("timeout", "expected more than 0s");
    if (simulation.IsDefined()) {
        auto read = read_simulation(simulation, map.path_of("simulate"), problems);
        read.timeout = timeout;
        component.work = std::move(read);
        return;
    }
    component.work = Script{map.text("script", ""), timeout.value_or(Script{}.timeout)};
}

std::optional<Reboots> read_reboots(YamlMap& component) {
    auto map = component.inner("reboots");
    if (!map) return std::nullopt;
    Reboots reboots;
    reboots.down_for = map->range("down_for", reboots.down_for);
    reboots.returns = map->share("returns", reboots.returns);
    map->finish();
    return reboots;
}

}  // namespace

void read_components(YamlMap& top, Fleet& fleet, Problems& problems) {
    std::set<std::string> uids;
    for (const auto& node : top.list("components")) {
        YamlMap map(node, "components[" + std::to_string(fleet.components.size()) + "]", problems);
        Component component;
        component.name = map.required_text("name");
        component.uid = map.text("uid", guid_of("component", component.name));
        component.description = map.text("description", "");
        component.category = map.text("category", component.category);
        component.credentials_required = map.flag("credentials_required", false);
        component.variables = read_variables(map, problems);
        read_work(map, component, problems);
        component.reboots = read_reboots(map);
        if (!uids.insert(component.uid).second) {
            map.problem("name", "a component of this name or uid is given already; give each a `uid`");
        }
        map.finish();
        fleet.components.push_back(std::move(component));
    }
}

}  // namespace runbookd::sandbox
