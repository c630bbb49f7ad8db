#pragma once
// The rules about when: windows, blackouts, pauses, verdicts, and which job belongs to which window.
#include "simulation/judgement.hpp"

namespace runbookd::simulation {

void judge_windows(const Evidence& evidence, const Report& report);
void judge_blackouts(const Evidence& evidence, const Report& report);
void judge_pauses(const Evidence& evidence, const Report& report);
/// Each instant of each schedule has one verdict that the record explains.
void judge_verdicts(const Evidence& evidence, const Report& report);
/// As in interval matching: each job of a schedule belongs to one window that a plain walk of the schedule
/// names, no window has two on one device, and no run has a target served without a job.
void judge_matching(const Evidence& evidence, const Report& report);

[[nodiscard]] bool has_clock_steps(const World& world);
/// Whether the store was put back to an earlier state.
[[nodiscard]] bool is_put_back(const World& world);

}  // namespace runbookd::simulation
