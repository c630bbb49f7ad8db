#pragma once
// Reads the tree of one runbook, defaults and profiles already in it.
#include <string>

#include "config/fields.hpp"
#include "config/settings.hpp"
#include "runbook/model.hpp"

namespace runbookd::config {

/// Reports every problem; the value holds what could be read. `default_name` is the runbook's where it names
/// none. Runbook::resolved, `file` and `yaml` are those of the caller, but for what `inherited` says.
[[nodiscard]] runbook::Runbook read_runbook(const Field& tree, const std::string& default_name,
                                            const NodePtr& inherited, const Settings& settings,
                                            zones::ZoneSource& zones);

/// Which part of the settings a part of a runbook stands in.
enum class PartOf { defaults, profile };

/// Checks what a runbook may take. What is missing in a map may still come from the runbook; a name cannot be
/// taken.
void check_part(const Field& tree, PartOf part, const Settings& settings, zones::ZoneSource& zones);

/// Takes out what says that a map lacks a key: maps merge, so that it may stand elsewhere. Lists do not.
void drop_missing_from_maps(std::vector<Diagnostic>& found);

}  // namespace runbookd::config
