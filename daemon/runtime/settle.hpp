#pragma once
// Whether a person may have the word on a job, and what that is to the engine. Pure.
#include "base/result.hpp"
#include "engine/engine.hpp"
#include "ports/control.hpp"
#include "ports/history.hpp"

namespace runbookd::runtime {

/// Errors: invalid_input (no reason); conflict (the job's target is not unknown, or was revised: says what it
/// is); refused_by_rule (a quick job is not started again by this).
[[nodiscard]] Result<void> check(const ports::SettleRequest& request, const ports::SettledJob& job);

[[nodiscard]] engine::SettleOrder order_of(ports::SettleRequest request, ports::SettledJob job);

}  // namespace runbookd::runtime
