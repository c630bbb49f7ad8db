#include "engine/holds.hpp"

#include <algorithm>

#include "engine/quick_jobs.hpp"

namespace runbookd::engine {

std::optional<Hold> Holds::at(const Run& run, UtcTime at) const {
    // A quick job is held by a pause of all alone.
    const bool is_quick = run.plan.runbook == kQuickJobRunbook;
    if (const auto* const pause = pauses_.find(is_quick ? kAllRunbooks : run.plan.runbook, at))
        return Hold{"paused", "paused by " + pause->actor + ": " + pause->reason, std::nullopt};
    if (run.book == nullptr || run.book->not_during.empty() || run.plan.overrides.not_during)
        return std::nullopt;
    const auto blackout = run.book->not_during.at(at, run.create_end);
    if (!blackout) return std::nullopt;
    return Hold{"blackout", blackout->reason, std::max(blackout->end, at + Millis{1})};
}

}  // namespace runbookd::engine
