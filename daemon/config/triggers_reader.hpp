#pragma once
// Reads `triggers:`, what starts a runbook on a device besides its schedule.
#include "config/fields.hpp"

namespace runbookd::config {

/// Checks everything, and refuses each trigger: not built yet.
void check_triggers(const Field& field);

}  // namespace runbookd::config
