#pragma once
// Reads `triggers:`, what starts a runbook on a device besides its schedule.
#include <string>
#include <vector>

#include "config/fields.hpp"
#include "runbook/triggers.hpp"

namespace runbookd::config {

/// `runbook`: whose triggers they are; its own outcome must not start it.
[[nodiscard]] std::vector<runbook::Trigger> read_triggers(const Field& field, const std::string& runbook);

}  // namespace runbookd::config
