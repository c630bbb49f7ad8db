#pragma once
// `collect`: the rows that the jobs of a run printed for the record.
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// Asks, page by page, and prints. Returns the exit status.
int run_collect(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
