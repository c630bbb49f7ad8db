#pragma once
// Reads the rules that hold a start back, or devices from it: `approval`, `once` and `ramp`.
#include <optional>

#include "base/boxed.hpp"
#include "config/fields.hpp"
#include "runbook/approval.hpp"
#include "runbook/start_rules.hpp"

namespace runbookd::config {

/// nullopt: none is wanted, or it is wrong and reported.
[[nodiscard]] std::optional<runbook::Approval> read_approval(const Field& field);
/// Empty: `never`, or reported.
[[nodiscard]] Boxed<runbook::Once> read_once(const Field& field);
/// Empty: reported.
[[nodiscard]] Boxed<runbook::Ramp> read_ramp(const Field& field);

}  // namespace runbookd::config
