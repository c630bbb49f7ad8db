#pragma once
// The verbs that start something: run and quickjob, and waiting for its end with progress.
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// Each returns the exit status. With --wait that of the run: completed 0, failed or cancelled 1, aborted (by
/// a guard or abort_when) 4. A daemon that is gone for less than kPatience while we wait is waited for.
int run_run(Surroundings& around, const Client& client, const Command& command);
int run_quickjob(Surroundings& around, const Client& client, const Command& command);

inline constexpr Millis kPatience{std::chrono::minutes{1}};

}  // namespace runbookd::cli
