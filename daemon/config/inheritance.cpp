#include "config/inheritance.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "config/fields.hpp"

namespace runbookd::config {
namespace {

using Json = nlohmann::json;

/// Where in a runbook two maps meet: some places have keys that exclude each other.
enum class Place { runbook, schedule, elsewhere };

constexpr std::array<std::string_view, 3> kTimes{"cron", "at", "maintenance"};

bool is_map(const Node& node) { return node.kind == Node::Kind::map; }

bool has_time(const Node& schedule) {
    return std::any_of(kTimes.begin(), kTimes.end(),
                       [&](std::string_view key) { return schedule.find(key) != nullptr; });
}

/// Whether the upper map's choice among keys that exclude each other leaves no room for this one of the
/// lower.
bool is_displaced(Place place, std::string_view key, const Node& upper) {
    if (place == Place::runbook) {
        return (key == "component" && upper.find("steps") != nullptr) ||
               (key == "steps" && upper.find("component") != nullptr);
    }
    if (place != Place::schedule) return false;
    if (std::find(kTimes.begin(), kTimes.end(), key) != kTimes.end()) return has_time(upper);
    return (key == "days" || key == "offset") && has_time(upper) && upper.find("cron") == nullptr;
}

Place place_of(Place parent, std::string_view key) {
    return parent == Place::runbook && key == "schedule" ? Place::schedule : Place::elsewhere;
}

/// `schedule: TEXT` is short for `schedule: {cron: TEXT}`, and so merges with a map.
NodePtr in_full(Place place, const NodePtr& node, const Node& lower) {
    if (place != Place::schedule || node->kind != Node::Kind::scalar || !is_map(lower)) return node;
    auto map = std::make_shared<Node>();
    map->kind = Node::Kind::map;
    map->mark = node->mark;
    map->entries.push_back({"cron", node->mark, node});
    return map;
}

void add_up(Node& map) {
    map.nodes = 1;
    map.bytes = 0;
    for (const auto& entry : map.entries) {
        map.nodes += entry.value->nodes;
        map.bytes += entry.value->bytes;
    }
}

NodePtr merged_at(Place place, const NodePtr& lower, const NodePtr& written) {
    const auto upper = in_full(place, written, *lower);
    if (!is_map(*lower) || !is_map(*upper)) return upper;
    auto map = std::make_shared<Node>(*upper);
    for (auto& entry : map->entries)
        if (const auto* below = lower->find(entry.key))
            entry.value = merged_at(place_of(place, entry.key), below->value, entry.value);
    for (const auto& entry : lower->entries)
        if (upper->find(entry.key) == nullptr && !is_displaced(place, entry.key, *upper))
            map->entries.push_back(entry);
    add_up(*map);
    return map;
}

/// Null: nothing of it.
NodePtr taken_at(Place place, const NodePtr& lower, const NodePtr& written) {
    const auto upper = in_full(place, written, *lower);
    if (!is_map(*lower) || !is_map(*upper)) return nullptr;
    auto map = std::make_shared<Node>(*lower);
    map->entries.clear();
    for (const auto& entry : lower->entries) {
        const auto* above = upper->find(entry.key);
        const auto inside = place_of(place, entry.key);
        if (above == nullptr) {
            const bool tells_no_time =
                inside == Place::schedule && is_map(*entry.value) && !has_time(*entry.value);
            if (!tells_no_time && !is_displaced(place, entry.key, *upper)) map->entries.push_back(entry);
        } else if (auto rest = taken_at(inside, entry.value, above->value)) {
            map->entries.push_back({entry.key, entry.key_mark, std::move(rest)});
        }
    }
    if (map->entries.empty()) return nullptr;
    add_up(*map);
    return map;
}

Json json_of(const Node& node) {
    switch (node.kind) {
        case Node::Kind::null: return nullptr;
        case Node::Kind::scalar:
            if (node.plain && (node.text == "true" || node.text == "false")) return node.text == "true";
            return node.text;
        case Node::Kind::sequence: {
            auto list = Json::array();
            for (const auto& item : node.items) list.push_back(json_of(*item));
            return list;
        }
        case Node::Kind::map: break;
    }
    auto object = Json::object();
    for (const auto& entry : node.entries) object[entry.key] = json_of(*entry.value);
    return object;
}

NodePtr node_of(const Json& json) {
    auto node = std::make_shared<Node>();
    if (json.is_string() || json.is_boolean()) {
        node->kind = Node::Kind::scalar;
        node->text = json.is_boolean() ? json.dump() : json.get<std::string>();
        // Quotes only ever tell these words from the booleans.
        node->plain = json.is_boolean() || (node->text != "true" && node->text != "false");
    } else if (json.is_array()) {
        node->kind = Node::Kind::sequence;
        for (const auto& item : json) node->items.push_back(node_of(item));
    } else if (json.is_object()) {
        node->kind = Node::Kind::map;
        for (const auto& [key, value] : json.items()) node->entries.push_back({key, {}, node_of(value)});
    }
    return node;
}

std::vector<std::string> names_of(const std::map<std::string, NodePtr>& profiles) {
    std::vector<std::string> names;
    for (const auto& [name, tree] : profiles) names.push_back(name);
    return names;
}

void report_unknown(const Field& field, const std::vector<std::string>& names) {
    const auto& name = field.node->text;
    if (names.empty()) {
        return field.error(
            {.code = "unknown_profile",
             .message = "there is no profile " + shown(name) + ": the settings have no 'profiles'",
             .expected = "no 'use', or profiles: {" + clipped(name) + ": {…}} in the settings"});
    }
    field.error({.code = "unknown_profile",
                 .message = "there is no profile " + shown(name) + " in the settings",
                 .expected = "one of " + join(names),
                 .suggestion = nearest_of(name, names)});
}

}  // namespace

NodePtr merged(const NodePtr& lower, const NodePtr& upper) {
    if (!lower || !upper) return lower ? lower : upper;
    return merged_at(Place::runbook, lower, upper);
}

NodePtr taken(const NodePtr& inherited, const NodePtr& document) {
    return inherited ? taken_at(Place::runbook, inherited, document) : nullptr;
}

NodePtr inherited_by(const NodePtr& document, const RunbookDefaults& defaults, Report& report) {
    auto inherited = defaults.defaults;
    const auto* use = document->find("use");
    // What is no list of texts is for the reader of the document to report.
    if (use == nullptr || use->value->kind != Node::Kind::sequence) return inherited;
    const Field list{use->value.get(), "use", &report};
    for (std::size_t i = 0; i < list.node->items.size(); ++i) {
        const auto item = list.item(i);
        if (!item.is_scalar() || item.node->text.empty()) continue;
        const auto found = defaults.profiles.find(item.node->text);
        if (found == defaults.profiles.end())
            report_unknown(item, names_of(defaults.profiles));
        else
            inherited = merged(inherited, found->second);
    }
    return inherited;
}

NodePtr marked_as_settings(const Node& tree) {
    auto copy = std::make_shared<Node>(tree);
    copy->mark.origin = Origin::settings;
    copy->text_mark.origin = Origin::settings;
    for (auto& item : copy->items) item = marked_as_settings(*item);
    for (auto& entry : copy->entries) {
        entry.key_mark.origin = Origin::settings;
        entry.value = marked_as_settings(*entry.value);
    }
    copy->duplicates.clear();
    return copy;
}

std::string to_json(const Node& tree) {
    return json_of(tree).dump(-1, ' ', false, Json::error_handler_t::replace);
}

NodePtr tree_from_json(std::string_view text) {
    const auto json = Json::parse(text, nullptr, false);
    return json.is_object() ? node_of(json) : nullptr;
}

}  // namespace runbookd::config
