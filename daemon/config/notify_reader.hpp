#pragma once
// Reads `notify:` of a runbook, whom its runs are told to.
#include <string>
#include <vector>

#include "config/fields.hpp"

namespace runbookd::config {

/// Checks everything. `targets`: the names that exist; empty: not known.
void check_notify(const Field& field, const std::vector<std::string>& targets);

}  // namespace runbookd::config
