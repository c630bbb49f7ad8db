#pragma once
// Reads `success:`, what a job's result must be beyond Datto's own status.
#include "config/fields.hpp"

namespace runbookd::config {

/// Checks everything, and refuses what is written and not built yet.
void check_success(const Field& field);

}  // namespace runbookd::config
