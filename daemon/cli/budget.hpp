#pragma once
// budget: the accounts' limits, and what has been used of them.
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// Asks and prints. Returns the exit status.
int run_budget(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
