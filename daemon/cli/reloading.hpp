#pragma once
// The verbs diff and apply.
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// What a reload would do: the daemon says it of its own folder; another one is read here, with the settings
/// of the configuration. Both return kFailed when a file is refused.
int run_diff(Surroundings& around, const Client& client, const Command& command);
int run_apply(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
