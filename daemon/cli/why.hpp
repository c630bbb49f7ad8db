#pragma once
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// The verb why: a sentence, then the rows that prove it.
int run_why(Surroundings& around, const Client& client, const Command& command);

}  // namespace runbookd::cli
