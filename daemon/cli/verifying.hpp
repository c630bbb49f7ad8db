#pragma once
// The verb verify: whether the record explains every instant.
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// One line where all is explained, else a table of what is not. Returns kFailed when something is not.
int run_verify(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
