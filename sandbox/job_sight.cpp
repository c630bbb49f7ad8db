#include "sandbox/job_sight.hpp"

#include "sandbox/uid.hpp"

namespace runbookd::sandbox {
namespace {

// What a draw is for, so that two draws of one job do not agree.
enum Salt : std::uint64_t { completed_salt = 100, result_salt, output_salt };

bool has_passed(const Job& job, const SpanRange& lag, Salt salt, SteadyTime now) {
    return job.ended && now >= *job.ended + lag.pick(scramble(static_cast<std::uint64_t>(job.id), salt));
}

std::string readable(const World& world, const Job& job, std::string text, SteadyTime now) {
    const auto& unknowns = world.fleet().unknowns;
    if (!has_passed(job, unknowns.order.output, output_salt, now)) return {};
    if (unknowns.output.max_bytes && text.size() > *unknowns.output.max_bytes)
        text.resize(*unknowns.output.max_bytes);
    return text;
}

}  // namespace

JobStatus shown_status(const World& world, const Job& job, SteadyTime now) {
    if (!is_terminal(job.status) || has_passed(job, world.fleet().unknowns.order.result, result_salt, now))
        return job.status;
    return job.ran_on ? JobStatus::running : JobStatus::pending;
}

bool shows_completed(const World& world, const Job& job, SteadyTime now) {
    return has_passed(job, world.fleet().unknowns.order.completed, completed_salt, now);
}

std::string shown_stdout(const World& world, const Job& job, SteadyTime now) {
    return readable(world, job, world.stdout_of(job), now);
}

std::string shown_stderr(const World& world, const Job& job, SteadyTime now) {
    return readable(world, job, world.stderr_of(job), now);
}

}  // namespace runbookd::sandbox
