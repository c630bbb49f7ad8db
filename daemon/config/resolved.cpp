#include "config/resolved.hpp"

#include <nlohmann/json.hpp>

#include "config/inheritance.hpp"

namespace runbookd::config {
namespace {

constexpr const char* kInherited = "inherited";
constexpr const char* kLanes = "lanes";
constexpr const char* kAccountBlackouts = "account_not_during";

/// Names, zones and spans hold nothing that JSON would escape.
std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string object(const std::map<std::string, std::string>& members) {
    std::string text;
    for (const auto& [key, value] : members) text += (text.empty() ? "" : ",") + in_quotes(key) + ":" + value;
    return "{" + text + "}";
}

std::string format_date(std::chrono::local_days day) {
    return format_utc(UtcTime{day.time_since_epoch()}).substr(0, 10);
}

/// As settings would write it.
nlohmann::json written(const schedule::Blackouts& blackouts) {
    auto list = nlohmann::json::array();
    for (const auto& item : blackouts.items()) {
        nlohmann::json one;
        if (const auto* dates = std::get_if<schedule::Dates>(&item.when)) {
            one["from"] = format_date(dates->from);
            one["to"] = format_date(dates->to);
        } else {
            const auto& recurring = std::get<schedule::Recurring>(item.when);
            one["cron"] = recurring.cron.text();
            one["for"] = format_duration(recurring.span);
        }
        if (!item.reason.empty()) one["reason"] = item.reason;
        list.push_back(std::move(one));
    }
    return list;
}

nlohmann::json written(const runbook::Customer& customer) {
    nlohmann::json one{{"timezone", customer.timezone}};
    for (const auto& [name, window] : customer.windows)
        one["windows"][name] = {{"cron", window.begins.text()}, {"for", format_duration(window.span)}};
    if (!customer.not_during.empty()) one["not_during"] = written(customer.not_during);
    return one;
}

NodePtr tree_at(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_object() ? tree_from_json(found->dump()) : nullptr;
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

void Resolved::add_lanes(runbook::LanesBy by, const runbook::Customers& used) {
    auto customers = nlohmann::json::object();
    for (const auto& [name, customer] : used) customers[name] = written(customer);
    members_["lanes_by"] = in_quotes(by == runbook::LanesBy::customer ? "customer" : "zone");
    members_[kLanes] = customers.dump();
}

void Resolved::add_account_blackouts(const schedule::Blackouts& blackouts) {
    const nlohmann::json object{{"timezone", blackouts.items().front().zone->name()},
                                {"not_during", written(blackouts)}};
    members_[kAccountBlackouts] = object.dump();
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
    if (const auto account = json.find("account"); account != json.end() && account->is_string())
        resolved.account = account->get<std::string>();
    resolved.inherited = tree_at(json, kInherited);
    resolved.lanes = tree_at(json, kLanes);
    resolved.account_blackouts = tree_at(json, kAccountBlackouts);
    const auto zones = json.find("zones");
    if (zones == json.end() || !zones->is_object()) return resolved;
    for (const auto& [name, digest] : zones->items())
        if (digest.is_string()) resolved.digests[name] = digest.get<std::string>();
    return resolved;
}

}  // namespace runbookd::config
