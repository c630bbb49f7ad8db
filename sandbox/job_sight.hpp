#pragma once
// How much of a job the API shows at a given time. Signs of a job's end come out one by one, in the order
// that the fleet's `unknowns: {order}` gives them.
#include "sandbox/world.hpp"

namespace runbookd::sandbox {

/// jobDeploymentStatus of its results.
[[nodiscard]] JobStatus shown_status(const World& world, const Job& job, SteadyTime now);
/// Whether the job itself is "completed".
[[nodiscard]] bool shows_completed(const World& world, const Job& job, SteadyTime now);
/// What can be read of its output: empty before its time, cut at the fleet's limit.
[[nodiscard]] std::string shown_stdout(const World& world, const Job& job, SteadyTime now);
[[nodiscard]] std::string shown_stderr(const World& world, const Job& job, SteadyTime now);

}  // namespace runbookd::sandbox
