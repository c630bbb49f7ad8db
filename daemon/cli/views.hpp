#pragma once
// The verbs about one thing: show, output, status.
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// Each asks and prints, and returns the exit status.
int run_show(Surroundings& around, const Client& client, const Command& command);
int run_output(Surroundings& around, const Client& client, const Command& command);
int run_status(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
