#pragma once
// The parts of runbooks that the settings hold.
#include <map>
#include <string>

#include "config/node.hpp"

namespace runbookd::config {

/// Checked when the settings were read. Their marks say that they stand in the settings.
struct RunbookDefaults {
    std::string file;  ///< of the settings, for messages
    NodePtr defaults;  ///< null: none
    std::map<std::string, NodePtr> profiles;
};

}  // namespace runbookd::config
