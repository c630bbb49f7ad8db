#pragma once
// Reads `success:`, what a job must have said beyond Datto's own status.
#include "config/fields.hpp"
#include "runbook/success.hpp"

namespace runbookd::config {

/// Reports every problem; the value holds what could be read.
[[nodiscard]] runbook::Success read_success(const Field& field);

}  // namespace runbookd::config
