#pragma once
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// The verb retarget. That nothing is left is no failure.
int run_retarget(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
