#pragma once
// Reads `control:`, where people and programs reach the daemon.
#include "config/fields.hpp"
#include "config/settings.hpp"
#include "config/surroundings.hpp"

namespace runbookd::config {

/// Reports every problem, and what is not built yet.
void read_control(const Field& field, const Surroundings& around, Settings& settings);

}  // namespace runbookd::config
