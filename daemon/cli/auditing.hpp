#pragma once
// The verbs of `audit`: they read the record itself, and need no daemon.
#include "cli/command.hpp"
#include "cli/surroundings.hpp"

namespace runbookd::cli {

/// Prints what the record proves, and what in it is not as it was written. Returns kFailed when anything is
/// not.
int run_audit_verify(Surroundings& around, const Command& command);
/// Prints the answer to a SELECT.
int run_audit_sql(Surroundings& around, const Command& command);
/// Writes the views as files.
int run_audit_export(Surroundings& around, const Command& command);
/// Copies the record. Returns kFailed also when the copy is faithful and the record itself does not hold.
int run_audit_backup(Surroundings& around, const Command& command);

}  // namespace runbookd::cli
