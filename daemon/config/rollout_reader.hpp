#pragma once
// Reads `rollout:` and `tolerate:`, in which portions a run's targets are started, and how many may fail.
#include "config/fields.hpp"

namespace runbookd::config {

/// Both check everything, and refuse what is written and not built yet.
void check_rollout(const Field& field);
void check_tolerate(const Field& field);

}  // namespace runbookd::config
