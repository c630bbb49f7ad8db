#pragma once
// An account's budget as people see it, from the engine's state at an instant. Pure.
#include <string>

#include "engine/engine.hpp"
#include "ports/control.hpp"

namespace runbookd::runtime {

[[nodiscard]] ports::AccountBudget budget_of(const engine::Engine& core, const std::string& account,
                                             Instant now);

}  // namespace runbookd::runtime
