// Windows that are too short for what they are to hold: the creates that the account lets through, the pauses
// between waves.
#include <algorithm>
#include <chrono>
#include <optional>

#include "base/time.hpp"
#include "lint/checks.hpp"

namespace runbookd::lint {
namespace {

using std::chrono::minutes;

void take_shorter(std::optional<Millis>& shortest, const runbook::Runbook& runbook,
                  const schedule::Timeline& timeline) {
    for (const auto& entry : timeline.entries())
        shortest = std::min(shortest.value_or(Millis::max()), runbook.create_span(entry));
}

/// How long jobs may be created for, in the shortest of its windows.
Millis shortest_span(const runbook::Runbook& runbook) {
    std::optional<Millis> shortest;
    if (runbook.schedule) take_shorter(shortest, runbook, *runbook.schedule);
    if (runbook.lanes)
        for (const auto& lane : runbook.lanes->all) take_shorter(shortest, runbook, lane.schedule);
    return shortest.value_or(runbook.create_span());
}

void check_budget(const Subject& subject, Millis span, Findings& findings) {
    const auto& runbook = subject.runbook;
    const auto creates = subject.creates_per_minute;
    if (!runbook.guard.max || !creates || *creates <= 0) return;
    const auto jobs = *runbook.guard.max * (runbook.steps ? runbook.steps->jobs() : 1);
    if (jobs <= 0) return;
    // They go out in bursts: the first at once, as many again a minute later.
    const Millis takes = minutes{(jobs - 1) / *creates};
    if (takes <= span) return;
    findings.push_back({"window", "no_time_for_creates",
                        "guard.max lets " + std::to_string(*runbook.guard.max) +
                            " devices through, whose jobs take " + format_duration(takes) +
                            " to create, at the account's " + std::to_string(*creates) +
                            " a minute, and jobs may be created for " + format_duration(span) +
                            " only: the devices behind expire",
                        "a window of more than " + format_duration(takes) + ", or a lower guard.max"});
}

void check_soak(const Subject& subject, Millis span, Findings& findings) {
    if (!subject.runbook.rollout) return;
    const auto& rollout = *subject.runbook.rollout;
    if (rollout.waves.size() < 2 || rollout.soak <= Millis{0}) return;
    const auto pauses = static_cast<std::int64_t>(rollout.waves.size()) - 1;
    if (rollout.soak < span / pauses) return;
    findings.push_back({"rollout.soak", "no_time_for_waves",
                        "after all waves but the last, " + format_duration(rollout.soak) +
                            " are waited, and jobs may be created for " + format_duration(span) +
                            " only: the last wave finds the window closed",
                        "a soak well below " + format_duration(span / pauses) + ", or a longer window"});
}

}  // namespace

void check_capacity(const Subject& subject, Findings& findings) {
    const auto span = shortest_span(subject.runbook);
    check_budget(subject, span, findings);
    check_soak(subject, span, findings);
}

}  // namespace runbookd::lint
