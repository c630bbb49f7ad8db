#pragma once
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// The verb settle.
int run_settle(Surroundings& around, const Client& client, const Command& command);

/// The verb doctor --accept-restore: a person's word on a store that was put back to an earlier state.
int run_accept_restore(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
