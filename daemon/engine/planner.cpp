#include "engine/planner.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace runbookd::engine {
namespace {

bool is_same_revision(const runbook::Runbook& a, const runbook::Runbook& b) {
    return a.yaml == b.yaml && a.resolved == b.resolved;
}

std::optional<UtcTime> next_of(const runbook::Runbook& book, UtcTime after) {
    if (!book.enabled || !book.schedule) return std::nullopt;
    const auto next = book.schedule->next_after(after);
    return next ? std::optional(next->at) : std::nullopt;
}

}  // namespace

Planner::Planner(AlarmClock& clock, Outbox& outbox, OnDue on_due)
    : clock_(clock), outbox_(outbox), on_due_(std::move(on_due)) {}

const Planner::InForce* Planner::find(const std::string& name) const {
    const auto found = in_force_.find(name);
    return found == in_force_.end() ? nullptr : &found->second;
}

void Planner::recover(const std::vector<RecoveredRunbook>& runbooks, const ReadRevision& read, Instant now) {
    for (const auto& stored : runbooks) {
        last_revision_[stored.runbook] = stored.revision;
        if (stored.judged_until) mark_judged(stored.runbook, *stored.judged_until);
        if (stored.retired) continue;
        InForce runbook;
        runbook.book = read(stored.runbook, stored.yaml);
        runbook.revision = stored.revision;
        runbook.effective_from = stored.effective_from;
        if (runbook.book == nullptr) {
            outbox_.write(Noted{"runbook",
                                stored.runbook,
                                "runbook.unreadable",
                                "",
                                {{"message",
                                  "its stored revision cannot be read by this version; the time the "
                                  "daemon was down is not judged"}},
                                now.utc});
            continue;
        }
        judge_downtime(runbook,
                       std::max(stored.effective_from, stored.judged_until.value_or(stored.effective_from)),
                       now);
        in_force_.emplace(stored.runbook, std::move(runbook));
    }
}

void Planner::Stretch::take(UtcTime nominal) {
    if (count++ == 0) first = nominal;
    last = nominal;
}

void Planner::Unserved::take(const runbook::Runbook& book, UtcTime nominal, Instant now) {
    (nominal + book.window <= now.utc ? missed : passed_over).take(nominal);
}

void Planner::judge_downtime(const InForce& runbook, UtcTime after, Instant now) {
    Unserved unserved;
    for (auto nominal = next_of(*runbook.book, after); nominal && *nominal <= now.utc;
         nominal = next_of(*runbook.book, *nominal))
        unserved.take(*runbook.book, *nominal, now);
    write_verdicts(runbook, unserved, "daemon_down", now);
}

void Planner::apply(std::vector<runbook::Runbook> runbooks, const std::vector<BadRunbook>& bad,
                    const std::string& actor, Instant now) {
    std::map<std::string, std::string> problems;
    for (const auto& [name, problem] : bad) problems.emplace(name, problem);
    std::set<std::string> stays;
    for (auto& runbook : runbooks) {
        const auto name = runbook.name;
        stays.insert(name);
        const auto* const present = find(name);
        if (present != nullptr && is_same_revision(*present->book, runbook)) {
            in_force_[name].problem.clear();
            if (!present->due)
                arm(name, now.utc, now);  // recovered: its downtime is judged, it goes on from here
            continue;
        }
        put_in_force(std::move(runbook), actor, now);
    }
    std::vector<std::string> gone;
    for (auto& [name, runbook] : in_force_) {
        if (stays.contains(name)) continue;
        const auto problem = problems.find(name);
        if (problem == problems.end()) {
            gone.push_back(name);
            continue;
        }
        if (std::exchange(runbook.problem, problem->second) != problem->second)
            outbox_.write(Noted{
                "runbook", name, "runbook.kept_last_good", actor, {{"message", problem->second}}, now.utc});
        if (!runbook.due) arm(name, now.utc, now);
    }
    for (const auto& name : gone) retire(name, actor, now);
}

void Planner::put_in_force(runbook::Runbook runbook, const std::string& actor, Instant now) {
    const auto name = runbook.name;
    serve_if_due(name, now);  // what was due before this instant belongs to the revision before
    const auto revision = ++last_revision_[name];
    outbox_.write(RevisionEffective{name, revision, runbook.yaml, runbook.resolved, actor, "", now.utc});
    auto& place = in_force_[name];
    place = InForce{};
    place.book = std::make_shared<const runbook::Runbook>(std::move(runbook));
    place.revision = revision;
    place.effective_from = now.utc;
    arm(name, now.utc, now);
}

void Planner::retire(const std::string& name, const std::string& actor, Instant now) {
    serve_if_due(name, now);
    outbox_.write(RevisionRetired{name, actor, now.utc});
    in_force_.erase(name);
}

void Planner::arm(const std::string& name, UtcTime after, Instant now) {
    auto& runbook = in_force_.at(name);
    if (!runbook.due)
        runbook.due = std::make_unique<Alarm>(clock_, [this, name](Instant at) { ring(name, at); });
    const auto judged = judged_until_.find(name);
    runbook.next_at =
        next_of(*runbook.book, judged == judged_until_.end() ? after : std::max(after, judged->second));
    if (runbook.next_at)
        runbook.due->set(*runbook.next_at, now);
    else
        runbook.due->clear();
}

void Planner::ring(const std::string& name, Instant now) {
    const auto found = in_force_.find(name);
    if (found == in_force_.end() || !found->second.next_at) return;
    const auto& runbook = found->second;
    // More than one instant has passed only when the process or its machine stood still. The newest is served
    // if its window is open.
    Unserved unserved;
    auto newest = *runbook.next_at;
    for (auto next = next_of(*runbook.book, newest); next && *next <= now.utc;
         next = next_of(*runbook.book, newest)) {
        unserved.take(*runbook.book, newest, now);
        newest = *next;
    }
    const bool is_open = newest + runbook.book->window > now.utc;
    if (!is_open) unserved.take(*runbook.book, newest, now);
    write_verdicts(runbook, unserved, "daemon_stalled", now);
    mark_judged(name, newest);
    if (is_open) on_due_(runbook, newest, now);
    arm(name, newest, now);
}

void Planner::serve_if_due(const std::string& name, Instant now) {
    const auto* const present = find(name);
    if (present != nullptr && present->due && present->next_at && *present->next_at <= now.utc)
        ring(name, now);
}

void Planner::mark_judged(const std::string& name, UtcTime nominal) {
    auto& judged = judged_until_.try_emplace(name, nominal).first->second;
    judged = std::max(judged, nominal);
}

void Planner::write_verdicts(const InForce& runbook, const Unserved& unserved, const std::string& cause,
                             Instant now) {
    if (unserved.missed.count > 0) write_verdict(runbook, unserved.missed, Verdict::missed, cause, now);
    if (unserved.passed_over.count > 0)
        write_verdict(runbook, unserved.passed_over, Verdict::skipped, "catch_up", now);
}

void Planner::write_verdict(const InForce& runbook, const Stretch& stretch, Verdict verdict,
                            const std::string& reason, Instant now) {
    outbox_.write(OccurrenceDecided{runbook.book->name, runbook.revision, runbook.book->schedule->zone(),
                                    stretch.first, stretch.last, stretch.count, verdict, reason, std::nullopt,
                                    now.utc});
    mark_judged(runbook.book->name, stretch.last);
}

void Planner::stop() {
    for (auto& [name, runbook] : in_force_)
        if (runbook.due) runbook.due->clear();
}

}  // namespace runbookd::engine
