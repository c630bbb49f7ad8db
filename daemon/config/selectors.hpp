#pragma once
// Reads `targets:`, which devices a runbook is for.
#include "config/fields.hpp"
#include "runbook/model.hpp"

namespace runbookd::config {

/// Reports every problem; the value holds what could be read.
[[nodiscard]] runbook::Targets read_targets(const Field& field);

}  // namespace runbookd::config
