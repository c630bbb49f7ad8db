#include "config/account_view.hpp"

#include <algorithm>
#include <utility>

#include "zones/zone_source.hpp"

namespace runbookd::config {
namespace {

const AccountSettings* find(const Settings& settings, const std::string& name) {
    const auto found = std::find_if(settings.accounts.begin(), settings.accounts.end(),
                                    [&](const AccountSettings& account) { return account.name == name; });
    return found == settings.accounts.end() ? nullptr : &*found;
}

/// Their dates were read in the zone of the account that the settings are about.
void move_to_zone(runbook::Customers& customers, const std::string& name, zones::ZoneSource& zones) {
    const auto zone = zones.find(name);
    if (!zone) return;  // reported where the account was read
    for (auto& [customer_name, customer] : customers) {
        if (!customer.timezone.empty() || customer.not_during.empty()) continue;
        auto items = customer.not_during.items();
        for (auto& item : items) item.zone = *zone;
        customer.not_during = schedule::Blackouts(std::move(items));
    }
}

}  // namespace

std::vector<std::string> names_of_accounts(const Settings& settings) {
    std::vector<std::string> names;
    for (const auto& account : settings.accounts) names.push_back(account.name);
    if (names.empty() && !settings.account.name.empty()) names.push_back(settings.account.name);
    return names;
}

const AccountSettings& account_of(const Settings& settings, const std::string& name) {
    const auto* const other = name == settings.account.name ? nullptr : find(settings, name);
    return other == nullptr ? settings.account : *other;
}

Settings settings_of(const Settings& settings, const std::string& account, zones::ZoneSource& zones) {
    auto view = settings;
    const auto& chosen = account_of(settings, account);
    if (chosen.timezone != settings.account.timezone) move_to_zone(view.customers, chosen.timezone, zones);
    view.account = chosen;
    return view;
}

const Settings& SettingsByAccount::of(const std::string& account) {
    if (account_of(settings_, account).name == settings_.account.name) return settings_;
    const auto known = copies_.find(account);
    if (known != copies_.end()) return known->second;
    return copies_.emplace(account, settings_of(settings_, account, zones_)).first->second;
}

}  // namespace runbookd::config
