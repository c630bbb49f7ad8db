#pragma once
// The text of a runbook, drawn from all that the language has and the engine does.
#include <string>

#include "simulation/draw.hpp"
#include "simulation/world.hpp"

namespace runbookd::simulation {

/// A valid one for this account and these settings. `others`: names of runbooks whose outcomes may start it.
[[nodiscard]] std::string random_runbook(const std::string& name, const World& world,
                                         const std::vector<std::string>& others, Draw& draw);

}  // namespace runbookd::simulation
