#pragma once
// Room lint's findings as diagnostics: with the place in the file that each is about.
#include <vector>

#include "base/time.hpp"
#include "config/diagnostic.hpp"
#include "config/settings.hpp"
#include "runbook/model.hpp"

namespace runbookd::config {

/// Warnings about a runbook that was read under these settings, in the order of the file. `now` is where the
/// search for dates begins.
[[nodiscard]] std::vector<Diagnostic> lint_runbook(const runbook::Runbook& runbook, const Settings& settings,
                                                   UtcTime now);

}  // namespace runbookd::config
