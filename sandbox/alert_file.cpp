#include "sandbox/alert_file.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;

/// Shorter ones would fill the memory of a sandbox that runs for long.
constexpr Millis kLeastEvery{1000};

json scalar_as_json(const YAML::Node& node) {
    const auto& text = node.Scalar();
    if (!is_plain(node)) return text;
    if (text == "true" || text == "false") return text == "true";
    const auto* end_of_text = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(text.data(), end_of_text, whole);
        read.ec == std::errc{} && read.ptr == end_of_text)
        return whole;
    double number = 0;
    if (const auto read = std::from_chars(text.data(), end_of_text, number);
        read.ec == std::errc{} && read.ptr == end_of_text)
        return number;
    return text;
}

json as_json(const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Scalar: return scalar_as_json(node);
        case YAML::NodeType::Sequence: {
            auto list = json::array();
            for (const auto& item : node) list.push_back(as_json(item));
            return list;
        }
        case YAML::NodeType::Map: {
            auto object = json::object();
            for (const auto& pair : node) object[pair.first.as<std::string>("")] = as_json(pair.second);
            return object;
        }
        default: return nullptr;
    }
}

std::string read_context(YamlMap& map) {
    const auto node = map.get("context");
    if (!node.IsDefined()) return "{}";
    if (!node.IsMap()) map.problem("context", "expected a map such as {diskName: \"C:\"}");
    return as_json(node).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<std::uint32_t> devices_named(YamlMap& map, const Fleet& fleet) {
    std::vector<std::uint32_t> found;
    const auto name = map.required_text("device");
    if (name.empty()) return found;
    const Glob glob(name);
    for (std::size_t i = 0; i < fleet.devices.size(); ++i) {
        const auto& device = fleet.devices[i];
        if (device.uid == name || glob.matches(device.hostname))
            found.push_back(static_cast<std::uint32_t>(i));
    }
    if (found.empty())
        map.problem("device", "expected the host name (`*` and `?` are wildcards) or uid of a device above");
    return found;
}

}  // namespace

void read_alerts(YamlMap& top, Fleet& fleet, Problems& problems) {
    for (const auto& node : top.list("alerts")) {
        YamlMap map(node, "alerts[" + std::to_string(fleet.alerts.size()) + "]", problems);
        AlertRule rule;
        rule.devices = devices_named(map, fleet);
        rule.alert_class = map.required_text("class");
        rule.priority = map.one_of<std::string>("priority",
                                                {{"Critical", "Critical"},
                                                 {"High", "High"},
                                                 {"Moderate", "Moderate"},
                                                 {"Low", "Low"},
                                                 {"Information", "Information"},
                                                 {"Unknown", "Unknown"}},
                                                rule.priority);
        rule.diagnostics = map.text("diagnostics", "");
        rule.context = read_context(map);
        rule.muted = map.flag("muted", rule.muted);
        rule.after = map.span("after", rule.after);
        rule.every = map.optional_span("every");
        if (rule.every && *rule.every < kLeastEvery) map.problem("every", "expected 1s or more");
        rule.resolves = map.optional_span("resolves");
        map.finish();
        fleet.alerts.push_back(std::move(rule));
    }
}

}  // namespace runbookd::sandbox
