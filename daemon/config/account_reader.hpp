#pragma once
// Reads one account of runbookd.yaml.
#include <filesystem>

#include "config/fields.hpp"
#include "config/settings.hpp"

namespace runbookd::config {

enum class SecretsPolicy {
    resolve,  ///< key and secret are needed: one that cannot be had is an error
    leave,    ///< left empty, nothing is read
};

/// What an account's values depend on.
struct AccountSurroundings {
    std::filesystem::path folder;  ///< of the file: where relative paths start
    bool plaintext_allowed = false;
    bool readable_by_others = false;  ///< the file itself
    SecretsPolicy secrets = SecretsPolicy::resolve;
    zones::ZoneSource* zones = nullptr;  ///< null: the time zone is not looked up
};

/// Reports every problem; the value holds what could be read.
[[nodiscard]] AccountSettings read_account(const std::string& name, const Field& field,
                                           const AccountSurroundings& surroundings);

}  // namespace runbookd::config
