#pragma once
// The verbs that ask what would happen: plan, forecast.
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// Each asks and prints, and returns the exit status. A plan of a run that would be refused is an answer like
/// any other: 0.
int run_plan(Surroundings& around, const Client& client, const Command& command);
int run_forecast(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
