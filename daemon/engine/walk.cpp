#include "engine/walk.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::engine {

std::optional<schedule::Nominal> Planner::Walk::next(UtcTime after) const {
    auto nominal = runbook_.past.next_undecided(*runbook_.book->schedule, after);
    if (nominal && nominal->at > now_.utc) nominal.reset();
    return nominal;
}

UtcTime Planner::Walk::last_create(UtcTime nominal) const { return nominal + runbook_.book->create_span(); }

std::optional<std::string> Planner::Walk::suppressed_by(UtcTime nominal) const {
    if (planner_.pauses_.find(runbook_.book->name, nominal) != nullptr) return "paused";
    if (runbook_.book->not_during.covers(nominal, last_create(nominal))) return "blackout";
    return std::nullopt;
}

std::optional<UtcTime> Planner::Walk::chosen(UtcTime after) const {
    std::optional<UtcTime> newest;
    const auto still_open = now_.utc - runbook_.book->create_span();
    for (auto nominal = next(std::max(after, still_open)); nominal; nominal = next(nominal->at)) {
        const bool is_eligible =
            cause_ != Cause::down || nominal->entry->catch_up == schedule::CatchUp::latest;
        if (is_eligible && !suppressed_by(nominal->at)) newest = nominal->at;
    }
    return newest;
}

void Planner::Walk::over(UtcTime after) {
    if (!runbook_.book->enabled || !runbook_.book->schedule) return;
    const auto first = next(after);
    if (!first) return;
    auto nominal = next(first->at);
    const bool is_ordinary = !nominal && cause_ != Cause::down;  // one instant, just now
    const auto newest = is_ordinary ? std::optional(first->at) : chosen(first->at - Millis{1});
    decide(*first, newest);
    for (; nominal; nominal = next(nominal->at)) decide(*nominal, newest);
    write();
}

void Planner::Walk::decide(const schedule::Nominal& nominal, std::optional<UtcTime> newest) {
    constexpr const char* kCauses[] = {"daemon_down", "daemon_stalled", "clock_stepped"};
    // The hours that a clock jumped over were none: what lies in them is no backlog to be worked off.
    const bool serves_all = nominal.entry->catch_up == schedule::CatchUp::all && cause_ != Cause::stepped;
    if (auto reason = suppressed_by(nominal.at))
        skip(nominal.at, *reason);
    else if (last_create(nominal.at) <= now_.utc)
        tally(nominal.at, Verdict::missed, kCauses[static_cast<int>(cause_)]);
    else if (serves_all || nominal.at == newest)
        serve(nominal);
    else
        skip(nominal.at, "catch_up");
}

void Planner::Walk::serve(const schedule::Nominal& nominal) {
    const auto& book = *runbook_.book;
    if (book.overlap == runbook::OverlapPolicy::skip_run && planner_.is_open_(book.name))
        return skip(nominal.at, "overlap");
    write();
    runbook_.past.decide(nominal.at);
    planner_.on_due_(runbook_, {nominal.at, nominal.entry->jitter, cause_ == Cause::down}, now_);
}

void Planner::Walk::tally(UtcTime nominal, Verdict verdict, const std::string& reason) {
    if (verdict != verdict_ || reason != reason_) write();
    if (count_++ == 0) {
        first_ = nominal;
        verdict_ = verdict;
        reason_ = reason;
    }
    last_ = nominal;
}

void Planner::Walk::write() {
    const auto count = std::exchange(count_, 0);
    if (count == 0) return;
    planner_.outbox_.write(OccurrenceDecided{runbook_.book->name, runbook_.revision, runbook_.zone(), first_,
                                             last_, count, verdict_, reason_, std::nullopt, now_.utc});
    if (verdict_ == Verdict::missed)
        runbook_.past.decide(Past::Missed{first_, last_, runbook_.revision, reason_});
    else
        runbook_.past.decide(last_);
}

}  // namespace runbookd::engine
