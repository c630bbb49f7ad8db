#pragma once
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// `approve RUN`: what waits for a person goes on, or what was asked ahead of a run is approved.
int run_approve(Surroundings& around, const Client& client, const Command& command);
/// `reject RUN`: it does not.
int run_reject(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
