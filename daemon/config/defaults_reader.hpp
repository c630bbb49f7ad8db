#pragma once
// Reads `defaults` and `profiles`, the parts of runbooks that stand in the settings.
#include "config/fields.hpp"
#include "config/settings.hpp"
#include "config/surroundings.hpp"

namespace runbookd::config {

/// Checks them, once for all runbooks that take them. `settings` has its account and its targets of notices
/// already. `top`: the settings as a whole.
void read_runbook_defaults(const MapReader& top, const Surroundings& around, Settings& settings);

}  // namespace runbookd::config
