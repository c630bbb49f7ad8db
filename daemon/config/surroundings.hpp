#pragma once
// What the values of the settings depend on besides their text.
#include <filesystem>

namespace runbookd::zones {
class ZoneSource;
}

namespace runbookd::config {

enum class SecretsPolicy {
    resolve,  ///< secrets are needed: one that cannot be had is an error
    leave,    ///< left empty, nothing is read
};

struct Surroundings {
    std::filesystem::path folder;  ///< of the file: where relative paths start
    bool plaintext_allowed = false;
    bool readable_by_others = false;  ///< the file itself
    SecretsPolicy secrets = SecretsPolicy::resolve;
    zones::ZoneSource* zones = nullptr;  ///< null: the accounts' time zones are not looked up
};

}  // namespace runbookd::config
