#include "engine/steps.hpp"

#include <algorithm>
#include <optional>

namespace runbookd::engine {
namespace {

using runbook::StepEnd;

/// nullopt: nothing follows it, whatever the runbook says.
std::optional<StepEnd> end_of(Disposition disposition) {
    switch (disposition) {
        case Disposition::succeeded: return StepEnd::succeeded;
        case Disposition::warning: return StepEnd::warning;
        case Disposition::failed: return StepEnd::failed;
        case Disposition::timeout: return StepEnd::timeout;
        case Disposition::expired: return StepEnd::expired;
        default: return std::nullopt;
    }
}

bool stops(const runbook::Step& step, StepEnd end) {
    return runbook::is_bad(end) && !step.goes_on_after_failure;
}

}  // namespace

void Steps::end(Run& run, Target& target, Disposition disposition, const std::string& reason,
                const std::string& message, Instant now) {
    const auto* const step = run.step_of(target);
    const auto end = step == nullptr ? std::nullopt : end_of(disposition);
    if (!end) return books_.decide(run, target, disposition, reason, message, now);
    books_.end_step(run, target, *end, reason, message, now);
    if (stops(*step, *end)) return books_.decide(run, target, disposition, reason, message, now);
    // The record may have lost that the next one was begun.
    if (run.found_at && run.book->steps->after(target.done->ended).step)
        return books_.decide(run, target, Disposition::expired, "window_closed",
                             "the store was put back to an earlier state: further steps are not begun", now);
    go_on(run, target, now);
}

bool Steps::has_next(const Run& run, const Target& target, Disposition disposition) {
    const auto* const step = run.step_of(target);
    const auto end = step == nullptr ? std::nullopt : end_of(disposition);
    if (!end || stops(*step, *end) || run.found_at || run.is_halted_at(target.row.site_uid)) return false;
    auto ended = target.done ? target.done->ended : std::vector<StepEnd>{};
    ended.push_back(*end);
    return run.book->steps->after(ended).step.has_value();
}

void Steps::go_on(Run& run, Target& target, Instant now) {
    const auto next = run.book->steps->after(target.done->ended);
    for (std::size_t i = 0; i < next.skipped.size(); ++i)
        books_.end_step(run, target, StepEnd::skipped, "", "", now);
    if (!next.step) return conclude(run, target, now);
    if (run.is_called_off) return books_.decide(run, target, Disposition::cancelled, "by_person", "", now);
    if (run.is_halted_at(target.row.site_uid))
        return books_.decide(run, target, Disposition::halted, "abort_when", "", now);
    if (run.expects_return_of(target)) return handlers_.on_return(run, target, now);
    handlers_.on_job(run, target, now);
}

void Steps::conclude(Run& run, Target& target, Instant now) {
    const auto& ended = target.done->ended;
    std::string message;
    for (std::size_t i = 0; i < ended.size(); ++i)
        if (runbook::is_bad(ended[i]))
            message += (message.empty() ? "" : "; ") + ("step '" + run.book->steps->list[i].name) +
                       "' ended as " + std::string(runbook::to_text(ended[i])) + ", which did not stop it";
    const bool has_warnings = std::find(ended.begin(), ended.end(), StepEnd::warning) != ended.end();
    if (has_warnings) return books_.decide(run, target, Disposition::warning, "warnings", message, now);
    books_.decide(run, target, Disposition::succeeded, "", message, now);
}

void Steps::take_up(Run& run, Instant now) {
    if (run.book == nullptr || !run.book->steps) return;
    for (auto& target : run.targets)
        if (target.disposition == Disposition::pending && run.expects_return_of(target))
            handlers_.on_return(run, target, now);
}

}  // namespace runbookd::engine
