#pragma once
// Reads `retry:`, whether a job that failed is tried again.
#include "config/fields.hpp"

namespace runbookd::config {

/// Checks everything, and refuses more than one attempt: not built yet.
void check_retry(const Field& field);

}  // namespace runbookd::config
