#pragma once
// The verbs that hold creates back for a while: pause and resume.
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// Says until when, in UTC and on this machine's clock, and how to end it. Returns the exit status.
int run_pause(Surroundings& around, const Client& client, const Command& command);
int run_resume(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
