// The engine's start: what the store holds becomes runs, targets and jobs again, and then goes the ordinary
// way.
#include <utility>

#include "engine/engine.hpp"

namespace runbookd::engine {

namespace {

/// Null: it cannot be read any more, or nobody has its text.
RunbookPointer find_book(const RecoveredState& state, const ReadRevision& read, const std::string& runbook,
                         std::optional<std::int64_t> revision) {
    if (!revision) return nullptr;
    for (const auto& newest : state.runbooks)
        if (newest.runbook == runbook && newest.revision == *revision)
            return read(runbook, {newest.yaml, newest.resolved});
    const auto of_name = state.older_revisions.find(runbook);
    if (of_name == state.older_revisions.end()) return nullptr;
    const auto older = of_name->second.find(*revision);
    return older == of_name->second.end() ? nullptr : read(runbook, older->second);
}

}  // namespace

void Engine::recover_run(const RecoveredRun& stored, const RecoveredState& state, const ReadRevision& read,
                         Instant now) {
    const auto& plan = stored.planned;
    const auto book = find_book(state, read, plan.runbook, plan.revision);
    auto& run = books_.add_run(plan, book, now);
    if (stored.started_at) return books_.restore_targets(run, stored);
    run.missed_because = "daemon_down";
    if (run.create_end <= now.utc) {
        if (guard_.is_doubted()) return;  // its window's alarm says so once the clock is believed
        return miss(run, "daemon_down", now);
    }
    if (book != nullptr) return starter_.add(run, now);
    outbox_.write(Noted{"run",
                        plan.run.str(),
                        "run.unreadable",
                        "",
                        {{"message", "its runbook's revision cannot be read by this version"}},
                        now.utc});
    miss(run, "revision_unreadable", now);
}

void Engine::recover_job(const RecoveredJob& stored, const RecoveredState& state, const ReadRevision& read,
                         Instant now) {
    auto& job = books_.add_job(stored.job, [this, uid = stored.job](Instant) { follower_.look_at(uid); });
    job.run = stored.run;
    job.runbook = stored.runbook;
    job.device = stored.device;
    job.component_uid = stored.component_uid;
    job.component_name = stored.component_name;
    job.status = stored.status;
    job.datto_job = stored.datto_job;
    job.created_at = stored.created_at;
    job.queued_at = stored.queued_at.value_or(stored.created_at);
    job.started_at = stored.started_at;
    job.step = stored.step;
    job.steps_after = stored.steps_after;
    if (auto* const run = books_.find_run(stored.run); run != nullptr) {
        job.book = run->book;
        if (run->book != nullptr) job.timeout = run->book->timeout_of(job.step);
        auto* const target = books_.target_of(job);
        // One that has timed out keeps its target waiting only where that is to have another; one that was
        // lost and is found has been followed by another.
        if (target != nullptr && target->disposition == Disposition::pending && target->step() == job.step &&
            job.status != JobStatus::failed)
            target->job = job.uid;
    } else {
        // Its run is over; how it ends is still judged by the rules that it was started under.
        job.book = find_book(state, read, stored.runbook, stored.revision);
    }
    if (stored.is_target_unknown) books_.restore_unknown(job.run, job.device, now);
    if (stored.abandoned_at) {
        books_.abandon(job, now);
        job.abandoned_at = *stored.abandoned_at;
        return follower_.follow_on(job, now);
    }
    dispatcher_.restore_in_flight(job);
    // A create without an answer may have happened: it is looked for before anything else is decided.
    if (!job.datto_job) return finder_.add(job, now);
    follower_.follow(job, now);
    job.next_look.set(now.steady);
}

void Engine::recover_lost(const LostJob& stored, const RecoveredState& state, const ReadRevision& read,
                          Instant now) {
    if (stored.is_target_unknown) books_.restore_unknown(stored.run, stored.device, now);
    auto lost = stored;
    lost.book = find_book(state, read, stored.runbook, stored.revision);
    finder_.search_on(std::move(lost), now);
}

}  // namespace runbookd::engine
