#pragma once
// Which quick jobs the account takes, and what becomes of those that something speaks against. Pure.
#include <optional>

#include "sandbox/fleet.hpp"
#include "sandbox/job.hpp"

namespace runbookd::sandbox {

/// What the fleet says of a job on this device, by its state, its site and its class, and of this component.
/// The first of deleted, suspended, on-demand site, class, credentials that applies.
[[nodiscard]] JobFate fate_of(const Fleet& fleet, const Device& device, const Component& component);

/// The status that refuses these variables; none where they are taken.
[[nodiscard]] std::optional<int> refusal_of(const Fleet& fleet, const Component& component,
                                            const Variables& sent);

/// Whether an input takes this value: booleans are "true" or "false", numbers and dates in the usual forms,
/// selections one of their options.
[[nodiscard]] bool converts(const std::string& value, const Variable& variable);
/// The input of this name; none where there is none.
[[nodiscard]] const Variable* find_input(const Component& component, const std::string& name);

}  // namespace runbookd::sandbox
