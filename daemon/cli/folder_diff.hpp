#pragma once
// Compares a folder of runbooks with what the daemon has in force.
#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"

namespace runbookd::cli {

/// The operations of a reload from `command.paths[0]`, as `GET /v1/diff` tells them. The folder is read with
/// the settings of the command's configuration, but for the values of secrets.
[[nodiscard]] Result<nlohmann::ordered_json> operations_from(const Client& client, const Command& command);

}  // namespace runbookd::cli
