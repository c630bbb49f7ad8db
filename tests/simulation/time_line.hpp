#pragma once
// A life as a picture: windows, runs, jobs, and what went wrong.
#include <string>

#include "simulation/life.hpp"
#include "simulation/world.hpp"

namespace runbookd::simulation {

/// A whole SVG document.
[[nodiscard]] std::string to_svg(const World& world, const Outcome& outcome);

}  // namespace runbookd::simulation
