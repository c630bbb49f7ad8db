#pragma once
// Reads `rollout:` and `tolerate:`, how a run goes over its targets and how many of them may fail.
#include <string>
#include <vector>

#include "config/fields.hpp"
#include "runbook/model.hpp"

namespace runbookd::config {

/// What is reported leaves its default in place. `customers`: as in read_targets.
void read_rollout(const Field& field, const std::vector<std::string>* customers, runbook::Meaning& book);
[[nodiscard]] runbook::Amount read_tolerate(const Field& field);

}  // namespace runbookd::config
