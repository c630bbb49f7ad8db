#pragma once
// runbookctl as a function: argv in, exit status out.
#include <string>
#include <vector>

#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// `words`: the arguments after the program's name.
int run(const std::vector<std::string>& words, Surroundings& around);

}  // namespace runbookd::cli
