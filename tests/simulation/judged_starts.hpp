#pragma once
// The rules about whom a run may take, who has to say yes, and in which steps its devices are served.
#include "simulation/judgement.hpp"

namespace runbookd::simulation {

/// Nothing of a run that nobody has approved, or that was rejected, nor for devices beyond an approved plan.
void judge_approvals(const Evidence& evidence, const Report& report);
/// No device that had succeeded, and none whose turn had not come, is a target.
void judge_shares(const Evidence& evidence, const Report& report);
/// Once a later run has taken a device over, nothing more goes out to it for the earlier one.
void judge_stopped(const Evidence& evidence, const Report& report);
/// Each job is of the step whose turn it is; what is expected of a device has happened.
void judge_steps(const Evidence& evidence, const Report& report);
/// The rows that a runbook collects are those that its jobs printed.
void judge_rows(const Evidence& evidence, const Report& report);

}  // namespace runbookd::simulation
