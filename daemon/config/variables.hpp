#pragma once
// Reads `variables:`, the values that a component is given.
#include <map>
#include <string>

#include "config/fields.hpp"
#include "config/settings.hpp"
#include "templates/template.hpp"

namespace runbookd::config {

/// Whose variables they are, and what the account offers. Settings that were made by default (no account
/// name) declare no secrets, and let a runbook name any.
struct VariableSurroundings {
    const std::string& runbook;  ///< its name; empty: of `defaults` or a profile
    const Settings& settings;
};

/// Texts keep what was typed: 007 stays 007, 1.50 stays 1.50. Fields and secrets are checked as far as they
/// can be without asking the API.
[[nodiscard]] std::map<std::string, templates::Template> read_variables(const Field& field,
                                                                        const VariableSurroundings& around);

}  // namespace runbookd::config
