#pragma once
// From argv to a Command. Help and version are answers, not commands.
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace runbookd::cli {

struct Arguments {
    std::optional<Command> command;  ///< absent: `exit_status`, with what to print
    int exit_status = 0;
    std::string out, err;
};

/// `words`: the arguments after the program's name.
[[nodiscard]] Arguments read_arguments(const std::vector<std::string>& words);

}  // namespace runbookd::cli
