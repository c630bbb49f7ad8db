#pragma once
// Reads `steps:`, several jobs on each device, in order.
#include <functional>
#include <map>
#include <string>

#include "config/fields.hpp"
#include "runbook/steps.hpp"

namespace runbookd::config {

/// Reads the `variables` of a step as those of the runbook are read.
using ReadVariables = std::function<std::map<std::string, templates::Template>(const Field&)>;

/// Reports every problem; the value holds what could be read.
[[nodiscard]] runbook::Steps read_steps(const Field& field, const ReadVariables& read_variables);

}  // namespace runbookd::config
