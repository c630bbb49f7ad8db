#pragma once
// The settings as one account's runbooks and devices see them. What the settings say of runbooks, customers
// and secrets is said for all accounts; zone and blackouts are the account's.
#include <map>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace runbookd::config {

/// In the order of the file; empty where no file was read.
[[nodiscard]] std::vector<std::string> names_of_accounts(const Settings& settings);

/// The account of that name; where there is none, the one that the settings are about.
[[nodiscard]] const AccountSettings& account_of(const Settings& settings, const std::string& name);

/// A copy whose `account` is the one of that name (see account_of), and whose customers without a zone of
/// their own are in its zone.
[[nodiscard]] Settings settings_of(const Settings& settings, const std::string& account,
                                   zones::ZoneSource& zones);

/// The same for many runbooks in turn: each account's copy is made once, and none for the account that the
/// settings are about anyway.
class SettingsByAccount {
public:
    /// Both outlive this, and do not change meanwhile.
    SettingsByAccount(const Settings& settings, zones::ZoneSource& zones)
        : settings_(settings), zones_(zones) {}

    /// Valid as long as this lives. `account` may be empty or unknown: the settings as they are.
    [[nodiscard]] const Settings& of(const std::string& account);
    [[nodiscard]] const Settings& as_they_are() const { return settings_; }

private:
    const Settings& settings_;
    zones::ZoneSource& zones_;
    std::map<std::string, Settings> copies_;
};

}  // namespace runbookd::config
