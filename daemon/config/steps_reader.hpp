#pragma once
// Reads `steps:`, several jobs on each device, in order.
#include "config/fields.hpp"

namespace runbookd::config {

/// Checks everything; to refuse it, until it is built, is the caller's.
void check_steps(const Field& field);

}  // namespace runbookd::config
