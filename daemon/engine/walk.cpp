#include "engine/walk.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::engine {

std::optional<schedule::Nominal> Planner::Walk::next(UtcTime after) const {
    auto nominal = past_.next_undecided(part_.view().timeline(), after);
    if (nominal && nominal->at > now_.utc) nominal.reset();
    return nominal;
}

std::optional<std::string> Planner::Walk::suppressed_by(const schedule::Nominal& nominal) const {
    if (planner_.pauses_.find(runbook_.book->name, nominal.at) != nullptr) return "paused";
    if (part_.view().blacked_out(nominal)) return "blackout";
    return std::nullopt;
}

std::optional<UtcTime> Planner::Walk::chosen(UtcTime after) const {
    std::optional<UtcTime> newest;
    const auto still_open = now_.utc - part_.view().longest_create_span();
    for (auto nominal = next(std::max(after, still_open)); nominal; nominal = next(nominal->at)) {
        const bool is_eligible =
            cause_ != Cause::down || nominal->entry->catch_up == schedule::CatchUp::latest;
        if (is_eligible && part_.view().last_create(*nominal) > now_.utc && !suppressed_by(*nominal))
            newest = nominal->at;
    }
    return newest;
}

void Planner::Walk::over(UtcTime after) {
    if (!runbook_.book->enabled || (part_.lane == nullptr && !runbook_.book->schedule)) return;
    const auto first = next(after);
    if (!first) return;
    auto nominal = next(first->at);
    const bool is_ordinary = !nominal && cause_ != Cause::down;  // one instant, just now
    const auto newest = is_ordinary ? std::optional(first->at) : chosen(first->at - Millis{1});
    decide(*first, newest);
    for (; nominal; nominal = next(nominal->at)) decide(*nominal, newest);
    write();
}

void Planner::Walk::through(UtcTime last) {
    if (!runbook_.book->enabled || (part_.lane == nullptr && !runbook_.book->schedule)) return;
    for (auto nominal = next(runbook_.effective_from); nominal && nominal->at <= last;
         nominal = next(nominal->at))
        decide(*nominal, std::nullopt);
    write();
}

void Planner::Walk::up_to(UtcTime found) {
    through(found - Millis{1});
    past_.decide(found);
}

void Planner::Walk::decide(const schedule::Nominal& nominal, std::optional<UtcTime> newest) {
    constexpr const char* kCauses[] = {"daemon_down", "daemon_stalled", "clock_stepped", "store_restored"};
    // The hours that a clock jumped over were none: what lies in them is no backlog to be worked off.
    // What became of those that the record has lost, nobody knows: a device must not get the job twice.
    const bool may_serve_all = cause_ != Cause::stepped && cause_ != Cause::restored;
    const bool serves_all = nominal.entry->catch_up == schedule::CatchUp::all && may_serve_all;
    if (auto reason = suppressed_by(nominal))
        skip(nominal.at, *reason);
    else if (part_.view().last_create(nominal) <= now_.utc)
        tally(nominal.at, Verdict::missed, kCauses[static_cast<int>(cause_)]);
    else if (serves_all || nominal.at == newest)
        serve(nominal);
    else
        skip(nominal.at, "catch_up");
}

void Planner::Walk::serve(const schedule::Nominal& nominal) {
    const auto& book = *runbook_.book;
    if (book.overlap == runbook::OverlapPolicy::skip_run && planner_.is_open_(book.name, part_.lane))
        return skip(nominal.at, "overlap");
    write();
    past_.decide(nominal.at);
    planner_.on_due_(runbook_,
                     {nominal.at, nominal.entry->jitter, book.window_of(*nominal.entry),
                      cause_ == Cause::down, part_.lane},
                     now_);
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
    planner_.outbox_.write(OccurrenceDecided{runbook_.book->name, runbook_.revision, part_.view().zone(),
                                             first_, last_, count, verdict_, reason_, std::nullopt, now_.utc,
                                             part_.view().customer()});
    if (verdict_ == Verdict::missed)
        past_.decide(Past::Missed{first_, last_, runbook_.revision, reason_});
    else
        past_.decide(last_);
}

}  // namespace runbookd::engine
