#pragma once
// Reads the rules that hold a start back: `approval`, `once` and `ramp`.
#include <optional>

#include "config/fields.hpp"
#include "runbook/approval.hpp"

namespace runbookd::config {

/// nullopt: none is wanted, or it is wrong and reported.
[[nodiscard]] std::optional<runbook::Approval> read_approval(const Field& field);
/// Each checks everything, and refuses what is written and not built yet.
void check_once(const Field& field);
void check_ramp(const Field& field);

}  // namespace runbookd::config
