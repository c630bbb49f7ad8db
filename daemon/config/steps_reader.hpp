#pragma once
// Reads `steps:`, several jobs on each device, in order.
#include <functional>

#include "config/fields.hpp"

namespace runbookd::config {

/// Reads the `variables` of a step as those of the runbook are read.
using CheckVariables = std::function<void(const Field&)>;

/// Checks everything; to refuse it, until it is built, is the caller's.
void check_steps(const Field& field, const CheckVariables& check_variables);

}  // namespace runbookd::config
