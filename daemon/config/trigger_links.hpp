#pragma once
// Outcome triggers tie runbooks together: what can be told only of all of a folder's runbooks.
#include <vector>

#include "config/diagnostic.hpp"
#include "runbook/model.hpp"

namespace runbookd::config {

/// What stands against the outcome triggers of each runbook, in the order of `runbooks`. Errors: a loop (A
/// started by the outcome of B, which is started by that of A, also over several), with all that are on it;
/// a runbook of another account, whose outcomes nobody here sees. A warning: a runbook that does not exist.
/// Null entries, of files that were refused, are passed over.
[[nodiscard]] std::vector<std::vector<Diagnostic>> check_trigger_links(
    const std::vector<const runbook::Runbook*>& runbooks);

}  // namespace runbookd::config
