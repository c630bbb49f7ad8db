#pragma once
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// The verb retarget. That nothing is left is no failure.
int run_retarget(Surroundings& around, const Client& client, const Command& command);
/// Whether `resume` is about a run, not about the pause of a runbook.
[[nodiscard]] bool names_run(const Command& command);
/// `resume RUN`: what was halted of it, again.
int run_resume_halted(Surroundings& around, const Client& client, Command command);

}  // namespace runbookd::cli
