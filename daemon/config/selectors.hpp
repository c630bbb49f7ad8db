#pragma once
// Reads `targets:`, which devices a runbook is for.
#include <string>
#include <vector>

#include "config/fields.hpp"
#include "runbook/model.hpp"

namespace runbookd::config {

/// One of its selectors, or one that stands elsewhere.
[[nodiscard]] runbook::Selector read_selector(const Field& field, const std::vector<std::string>* customers);

/// Reports every problem; the value holds what could be read. `customers`: the names of all that there are;
/// null: nobody knows them.
[[nodiscard]] runbook::Targets read_targets(const Field& field, const std::vector<std::string>* customers);

}  // namespace runbookd::config
