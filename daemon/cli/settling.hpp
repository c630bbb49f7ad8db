#pragma once
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// The verb settle.
int run_settle(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
