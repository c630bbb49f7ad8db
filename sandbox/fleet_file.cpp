#include "sandbox/fleet_file.hpp"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "sandbox/account_file.hpp"
#include "sandbox/alert_file.hpp"
#include "sandbox/component_file.hpp"
#include "sandbox/device_file.hpp"
#include "sandbox/uid.hpp"
#include "sandbox/unknowns_file.hpp"
#include "sandbox/yaml_map.hpp"

namespace runbookd::sandbox {
namespace {

void read_sites(YamlMap& top, Fleet& fleet, Problems& problems) {
    std::set<std::string> uids;
    for (const auto& node : top.list("sites")) {
        YamlMap map(node, "sites[" + std::to_string(fleet.sites.size()) + "]", problems);
        Site site;
        site.name = map.required_text("name");
        site.uid = map.text("uid", guid_of("site", site.name));
        site.description = map.text("description", "");
        site.on_demand = map.flag("on_demand", false);
        site.variables = read_variables(map, problems);
        if (!uids.insert(site.uid).second) map.problem("name", "a site of this name or uid is given already");
        fleet.sites.push_back(site);
        read_devices(map, fleet, problems);
        map.finish();
    }
}

void read_filters(YamlMap& top, Fleet& fleet, Problems& problems) {
    for (const auto& node : top.list("filters")) {
        YamlMap map(node, "filters[" + std::to_string(fleet.filters.size()) + "]", problems);
        Filter filter;
        filter.name = map.required_text("name");
        filter.os = map.text("os", "");
        filter.hostname = map.text("hostname", "");
        filter.type = map.text("type", "");
        filter.site = map.text("site", "");
        filter.domain = map.text("domain", "");
        filter.is_default = map.flag("default", false);
        map.finish();
        fleet.filters.push_back(std::move(filter));
    }
}

nlohmann::json fault_as_json(const YAML::Node& node) {
    if (!node.IsMap()) return nullptr;
    auto fault = nlohmann::json::object();
    for (const auto& pair : node) {
        if (!pair.first.IsScalar()) continue;
        fault[pair.first.Scalar()] =
            pair.second.IsScalar() ? nlohmann::json(pair.second.Scalar()) : nlohmann::json();
    }
    return fault;
}

void read_faults(YamlMap& top, Fleet& fleet, Problems& problems) {
    for (const auto& node : top.list("faults")) {
        auto fault = parse_fault(fault_as_json(node));
        if (fault) {
            fleet.faults.push_back(*fault);
        } else {
            problems.add(node, fault.error().message);
        }
    }
}

Fleet read_fleet(const YAML::Node& document, Problems& problems) {
    Fleet fleet;
    YamlMap top(document, "", problems);
    read_account(top, fleet, problems);
    fleet.unknowns = read_unknowns(top);
    read_sites(top, fleet, problems);
    read_components(top, fleet, problems);
    read_filters(top, fleet, problems);
    read_alerts(top, fleet, problems);
    read_faults(top, fleet, problems);
    top.finish();
    return fleet;
}

}  // namespace

Result<Fleet> parse_fleet(const std::string& text, const std::string& name) {
    Problems problems(name);
    Fleet fleet;
    try {
        const auto document = YAML::Load(text);
        fleet = read_fleet(document.IsNull() ? YAML::Node(YAML::NodeType::Map) : document, problems);
    } catch (const YAML::Exception& error) {
        problems.add(error.mark.line, "not valid YAML: " + error.msg);
    }
    if (!problems.none()) return fail(ErrorCode::invalid_input, problems.text());
    return fleet;
}

Result<Fleet> load_fleet(const std::filesystem::path& file) {
    std::error_code unreadable;
    if (!std::filesystem::is_regular_file(file, unreadable)) {
        return fail(ErrorCode::not_found,
                    file.string() + ": there is no such file; give a fleet file with --fleet");
    }
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorCode::unavailable, file.string() + ": cannot be read; check its permissions");
    return parse_fleet(std::string(std::istreambuf_iterator<char>(in), {}), file.string());
}

}  // namespace runbookd::sandbox
