#pragma once
// `audit prune`: removes now what the settings no longer keep, or says what that would be.
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// Asks and prints. Returns the exit status.
int run_prune(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
