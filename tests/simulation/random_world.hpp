#pragma once
// The world of a seed.
#include "simulation/world.hpp"

namespace runbookd::simulation {

/// The same for the same seed and length, always.
[[nodiscard]] World random_world(std::uint64_t seed, Millis length);

}  // namespace runbookd::simulation
