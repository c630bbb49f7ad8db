#pragma once
// `outputs`: what the devices of a run printed, in groups, and who is in one.
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// Asks and prints. Returns the exit status.
int run_outputs(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
