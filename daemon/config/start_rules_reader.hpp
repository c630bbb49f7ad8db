#pragma once
// Reads the rules that hold a start back, or devices from it: `approval`, `once` and `ramp`.
#include "base/boxed.hpp"
#include "config/fields.hpp"
#include "runbook/start_rules.hpp"

namespace runbookd::config {

/// Checks everything, and refuses what is written and not built yet.
void check_approval(const Field& field);
/// Empty: `never`, or reported.
[[nodiscard]] Boxed<runbook::Once> read_once(const Field& field);
/// Empty: reported.
[[nodiscard]] Boxed<runbook::Ramp> read_ramp(const Field& field);

}  // namespace runbookd::config
