#pragma once
// Reads `guard:`, how many devices a run may have.
#include "config/fields.hpp"
#include "runbook/guard.hpp"

namespace runbookd::config {

/// Reports every problem; the value holds what could be read.
[[nodiscard]] runbook::Guard read_guard(const Field& field);

}  // namespace runbookd::config
