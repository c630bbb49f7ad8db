#pragma once
// Reads the rules that hold a start back: `approval`, `once` and `ramp`.
#include "config/fields.hpp"

namespace runbookd::config {

/// Each checks everything, and refuses what is written and not built yet.
void check_approval(const Field& field);
void check_once(const Field& field);
void check_ramp(const Field& field);

}  // namespace runbookd::config
