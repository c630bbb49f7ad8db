#pragma once
// The verbs that need no daemon: validate, lint, next and schema.
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

inline constexpr const char* kDefaultConfig = "/etc/runbookd/runbookd.yaml";

/// Prints every diagnostic. Returns kFailed when one is an error.
int run_validate(Surroundings& around, const Command& command);
/// Prints what is wrong, and what is valid and probably not meant. Returns kFailed when there is anything.
int run_lint(Surroundings& around, const Command& command);
/// Prints the next occurrences of an expression, of a runbook, or of all of them.
int run_next(Surroundings& around, const Command& command);
/// Prints the JSON Schema of runbooks.
int run_schema(Surroundings& around);

}  // namespace runbookd::cli
