#pragma once
// What retention would remove: counted, and nothing is written.
#include <string>

#include "base/result.hpp"
#include "ports/pruning.hpp"

namespace runbookd::store {

/// Blocking, over a read-only connection of its own; reads as much as there is to remove. Runs and verdicts
/// are those before the horizon: the few that something newer needs are among them. Errors: unavailable.
[[nodiscard]] Result<ports::PruneCounts> prune_forecast(const std::string& path,
                                                        const ports::Horizons& horizons);

}  // namespace runbookd::store
