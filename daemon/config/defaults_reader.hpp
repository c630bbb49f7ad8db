#pragma once
// Reads `defaults` and `profiles`, the parts of runbooks that stand in the settings.
#include "config/fields.hpp"
#include "config/runbook_reader.hpp"
#include "config/settings.hpp"
#include "config/surroundings.hpp"

namespace runbookd::config {

/// Checks what a runbook may take. What is missing in a map may still come from the runbook; a name cannot be
/// taken.
void check_part(const Field& tree, PartOf part, const Settings& settings, zones::ZoneSource& zones);

/// Takes out what says that a map lacks a key: maps merge, so that it may stand elsewhere. Lists do not.
void drop_missing_from_maps(std::vector<Diagnostic>& found);

/// Checks them, once for all runbooks that take them. `settings` has its account and its targets of notices
/// already. `top`: the settings as a whole.
void read_runbook_defaults(const MapReader& top, const Surroundings& around, Settings& settings);

}  // namespace runbookd::config
