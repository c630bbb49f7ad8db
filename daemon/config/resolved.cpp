#include "config/resolved.hpp"

#include <nlohmann/json.hpp>

#include "config/inheritance.hpp"

namespace runbookd::config {
namespace {

constexpr const char* kInherited = "inherited";

/// Names, zones and spans hold nothing that JSON would escape.
std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string object(const std::map<std::string, std::string>& members) {
    std::string text;
    for (const auto& [key, value] : members) text += (text.empty() ? "" : ",") + in_quotes(key) + ":" + value;
    return "{" + text + "}";
}

}  // namespace

void Resolved::add(const std::string& key, std::string_view value) { members_[key] = in_quotes(value); }

void Resolved::add_zones(const std::vector<std::shared_ptr<const cron::ZoneRules>>& zones) {
    if (zones.empty()) return;
    std::map<std::string, std::string> digests;
    for (const auto& zone : zones) digests[zone->name] = in_quotes(zone->digest);
    members_["zones"] = object(digests);
}

void Resolved::add_inherited(const NodePtr& tree) {
    if (tree) members_[kInherited] = to_json(*tree);
}

std::string Resolved::json() const { return object(members_); }

ResolvedThen ResolvedThen::read(const std::string& text) {
    ResolvedThen resolved;
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) return resolved;
    if (const auto zone = json.find("timezone"); zone != json.end() && zone->is_string())
        resolved.timezone = zone->get<std::string>();
    if (const auto offline = json.find("offline"); offline != json.end() && offline->is_string())
        resolved.offline = offline->get<std::string>();
    if (const auto tree = json.find(kInherited); tree != json.end() && tree->is_object())
        resolved.inherited = tree_from_json(tree->dump());
    const auto zones = json.find("zones");
    if (zones == json.end() || !zones->is_object()) return resolved;
    for (const auto& [name, digest] : zones->items())
        if (digest.is_string()) resolved.digests[name] = digest.get<std::string>();
    return resolved;
}

}  // namespace runbookd::config
