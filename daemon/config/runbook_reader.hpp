#pragma once
// Reads the tree of one runbook, defaults and profiles already in it.
#include <string>

#include "config/fields.hpp"
#include "config/settings.hpp"
#include "runbook/model.hpp"

namespace runbookd::config {

/// Reports every problem; the value holds what could be read. `default_name` is the runbook's where it names
/// none; `inherited`: what it took from the settings, for the record (null: nothing). Text and file are the
/// caller's to fill in.
[[nodiscard]] runbook::Runbook read_runbook(const Field& tree, const std::string& default_name,
                                            const NodePtr& inherited, const Settings& settings,
                                            zones::ZoneSource& zones);

/// Which part of the settings a part of a runbook stands in.
enum class PartOf { defaults, profile };

/// Reports the problems of what a runbook may take, `name` and `use` not being among it.
void read_part(const Field& tree, PartOf part, const Settings& settings, zones::ZoneSource& zones);

}  // namespace runbookd::config
