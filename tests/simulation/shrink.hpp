#pragma once
// The smallest story that still breaks the same promise: ingredients are taken from the world as long as it
// does.
#include <cstddef>
#include <string>

#include "simulation/life.hpp"

namespace runbookd::simulation {

/// Lives at most so many lives on the way.
[[nodiscard]] World shrink(World world, Mutation mutation, const std::string& broken_rule,
                           std::size_t lives_at_most = 400);

}  // namespace runbookd::simulation
