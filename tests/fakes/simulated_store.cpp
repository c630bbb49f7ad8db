#include "fakes/simulated_store.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/ulid.hpp"

namespace runbookd::fakes {
namespace {

void require(bool holds, const std::string& what) {
    if (!holds) throw std::logic_error(what);
}

bool has_pending(const StoredRun& run) {
    return std::any_of(run.targets.begin(), run.targets.end(),
                       [](const auto& target) { return target.disposition == engine::Disposition::pending; });
}

}  // namespace

void SimulatedStore::apply(const engine::Batch& batch) {
    std::set<RunUid> touched;
    for (const auto& record : batch)
        std::visit(
            [this, &touched](const auto& fact) {
                take(fact);
                if constexpr (requires { touched.insert(fact.run); }) touched.insert(fact.run);
                newest_ = std::max(newest_.value_or(fact.at), fact.at);
                last_at_ = fact.at;
            },
            record);
    for (const auto& run : touched) check(run);
}

void SimulatedStore::check(const RunUid& uid) const {
    const auto& run = runs_.at(uid);
    require(!engine::is_terminal(run.status) || !has_pending(run), "a finished run has pending targets");
    require(run.status != engine::RunStatus::running || has_pending(run), "an open run has nothing pending");
}

void SimulatedStore::take(const engine::RevisionEffective& r) {
    auto& runbook = runbooks_[r.runbook];
    require(r.revision == runbook.revision + 1, "revisions count up");
    texts_[r.runbook][r.revision] = {r.yaml, r.resolved};
    if (runbook.revision > 0)
        past_revisions_.insert(past_revisions_.begin(),
                               {r.runbook, {runbook.yaml, runbook.resolved}, runbook.effective_from, r.at});
    const auto judged = runbook.judged_until;
    runbook = {r.runbook, r.revision, r.yaml, r.resolved, r.at, false, judged, {}, {}};
    runbook.applied_by = r.actor;
}
void SimulatedStore::take(const engine::RevisionRetired& r) { runbooks_.at(r.runbook).retired = true; }
void SimulatedStore::take(const engine::RunPlanned& r) {
    require(!runs_.contains(r.run), "a run is planned once");
    if (r.nominal) {
        require(fired_[{r.runbook, r.zone, r.customer}].insert(*r.nominal).second,
                "a nominal instant fired twice");
        auto& judged = runbooks_.at(r.runbook).judged_until;
        judged = std::max(judged.value_or(*r.nominal), *r.nominal);
    }
    runs_[r.run].planned = r;
    if (r.approval.empty()) return;
    auto& asked = approvals_.at(r.approval).request;
    require(!asked.run && asked.nominal == r.nominal, "what was asked ahead is of one run");
    asked.run = r.run;
}
void SimulatedStore::take(const engine::RunStarted& r) {
    auto& run = runs_.at(r.run);
    require(!run.started_at, "a run starts once");
    run.started_at = r.at;
    run.status = engine::RunStatus::running;
    run.tolerated = r.tolerated;
    for (const auto& row : r.targets) run.targets.push_back({row, engine::Disposition::pending, 0});
}
void SimulatedStore::take(const engine::WaveStarted& r) {
    auto& run = runs_.at(r.run);
    require(run.started_at && !engine::is_terminal(run.status), "a wave is of an open run");
    require(r.wave >= run.wave, "waves follow each other");
    run.status = engine::RunStatus::running;
    run.wave = r.wave;
    run.waits_for.clear();
    run.waits_until.reset();
}
void SimulatedStore::take(const engine::RunWaiting& r) {
    auto& run = runs_.at(r.run);
    require(run.started_at && !engine::is_terminal(run.status), "who waits is open");
    if (r.is_unapproved) {
        require(run.wave == 1 && run.waits_for.empty(), "who waits for a first approval has no wave yet");
        run.wave = 0;
    }
    require(r.next_wave > run.wave, "what is waited for comes later");
    for (const auto& uid : jobs_of_[r.run])
        require(engine::is_terminal(jobs_.at(uid).status), "a run waits when no job of it is open");
    run.status = engine::RunStatus::waiting;
    run.waits_for = r.reason;
    run.waits_until = r.until;
}
void SimulatedStore::take(const engine::TargetMoved& r) {
    for (auto& target : runs_.at(r.run).targets)
        if (target.row.device == r.device) target.row.wave = r.wave;
}
void SimulatedStore::take(const engine::TargetRetried& r) {
    for (const auto& uid : jobs_of_[r.run]) {
        const auto& job = jobs_.at(uid);
        require(job.created.device != r.device ||
                    (engine::is_terminal(job.status) &&
                     (job.status != engine::JobStatus::timeout || !job.late_status.empty())),
                "what is tried again has ended");
    }
    for (auto& target : runs_.at(r.run).targets)
        if (target.row.device == r.device) target.retry = r.retry;
}
void SimulatedStore::take(const engine::TargetStepped& r) {
    for (auto& target : runs_.at(r.run).targets) {
        if (target.row.device != r.device) continue;
        require(target.disposition == engine::Disposition::pending,
                "a target takes steps while it is pending");
        require(r.ended.size() == target.ended.size() + 1 &&
                    std::equal(target.ended.begin(), target.ended.end(), r.ended.begin()),
                "one step ends after the other");
        target.ended = r.ended;
        target.step_at = r.at;
        target.attempts = target.tries = 0;
        target.retry.reset();
    }
}
void SimulatedStore::take(const engine::RunFinished& r) {
    auto& run = runs_.at(r.run);
    require(!engine::is_terminal(run.status), "a run finishes once");
    run.status = r.status;
}
void SimulatedStore::take(const engine::TargetDecided& r) {
    auto& run = runs_.at(r.run);
    const auto found = std::find_if(run.targets.begin(), run.targets.end(),
                                    [&](const auto& target) { return target.row.device == r.device; });
    require(found != run.targets.end(), "a decided target was frozen");
    require(found->disposition == engine::Disposition::pending, "a target is decided once");
    found->disposition = r.disposition;
    run.reasons[r.device] = r.reason;
    run.decided_at[r.device] = r.at;
}
void SimulatedStore::take(const engine::JobCreated& r) {
    require(!jobs_.contains(r.job), "a job is created once");
    for (const auto& uid : jobs_of_[r.run]) {
        const auto& job = jobs_.at(uid);
        require(job.created.device != r.device ||
                    (is_terminal(job.status) &&
                     std::pair(job.created.step, job.created.attempt) < std::pair(r.step, r.attempt)),
                "one intent for each target, step and attempt");
    }
    jobs_[r.job].created = r;
    jobs_of_[r.run].push_back(r.job);
    for (auto& target : runs_.at(r.run).targets)
        if (target.row.device == r.device) {
            require(r.step == std::ssize(target.ended) + 1, "a job is of the step that its target stands at");
            target.attempts = r.attempt;
            target.last_job_at = r.at;
            target.retry.reset();
            ++target.tries;
        }
}
void SimulatedStore::take(const engine::JobChanged& r) {
    auto& job = jobs_.at(r.job);
    require(!engine::is_terminal(job.status) && r.status > job.status, "a job's status only goes on");
    job.status = r.status;
    job.reason = r.reason;
    if (r.reason == "not_sent" || r.reason == "offline")
        for (auto& target : runs_.at(job.created.run).targets)
            if (target.row.device == job.created.device) --target.tries;
    if (r.datto_job) job.datto_job = r.datto_job;
    if (r.queued_at) job.queued_at = r.queued_at;
    if (r.started_at) job.started_at = r.started_at;
    if (r.out) job.out = r.out->text;
    if (r.exit_code) job.exit_code = r.exit_code;
    if (r.collected) job.rows = r.collected->rows;
}
void SimulatedStore::take(const engine::JobFound& r) {
    auto& job = jobs_.at(r.job);
    require(job.reason == "unknown_dispatch" && !job.datto_job, "a job is found that was lost, once");
    job.datto_job = r.datto_job;
    job.queued_at = r.at;
}
void SimulatedStore::take(const engine::TargetRevised& r) {
    auto& run = runs_.at(r.run);
    const auto found = std::find_if(run.targets.begin(), run.targets.end(),
                                    [&](const auto& target) { return target.row.device == r.device; });
    require(found != run.targets.end(), "a revised target was frozen");
    require(found->disposition == engine::Disposition::unknown && run.revised.insert(r.device).second,
            "an unknown target is revised once");
    require(jobs_.at(r.job).created.run == r.run && jobs_.at(r.job).created.device == r.device,
            "a target is revised by a job of its own");
    found->disposition = r.disposition;
    run.reasons[r.device] = r.reason;
    if (run.status != engine::RunStatus::completed && run.status != engine::RunStatus::failed) return;
    const auto stopped = std::count_if(run.targets.begin(), run.targets.end(), [](const auto& target) {
        return target.disposition == engine::Disposition::cancelled;
    });
    const auto bad = std::count_if(run.targets.begin(), run.targets.end(), [](const auto& target) {
        return !(target.disposition == engine::Disposition::succeeded ||
                 target.disposition == engine::Disposition::warning ||
                 target.disposition == engine::Disposition::skipped);
    });
    run.status = bad - stopped > run.tolerated ? engine::RunStatus::failed
                 : stopped > 0                 ? engine::RunStatus::cancelled
                                               : engine::RunStatus::completed;
}
void SimulatedStore::take(const engine::JobLate& r) {
    auto& job = jobs_.at(r.job);
    require(job.late_status.empty() && job.datto_job, "what Datto has ends late once");
    job.late_status = r.late_status;
    if (r.out) job.out = r.out->text;
    if (r.collected) job.rows = r.collected->rows;
}
void SimulatedStore::take(const engine::ApprovalRequested& r) {
    const auto known = approvals_.find(r.approval);
    require(known == approvals_.end() || (r.run && known->second.request.run == r.run),
            "what is asked again is asked by its run");
    approvals_[r.approval] = {r, engine::RecoveredApproval::Word::asked, {}, {}};
}
void SimulatedStore::take(const engine::RunApproved& r) {
    if (r.run)
        require(runs_.at(*r.run).waits_for == "approval" ||
                    (runs_.at(*r.run).status == engine::RunStatus::planned && !r.approval.empty()),
                "only who waits for approval, or was asked about ahead, is approved");
    if (r.approval.empty()) return;
    auto& known = approvals_.at(r.approval);
    require(known.word != engine::RecoveredApproval::Word::approved, "one word is enough");
    require(known.request.plan.sha256 == r.plan_sha256, "what was asked for is what is approved");
    known.word = engine::RecoveredApproval::Word::approved;
    known.actor = r.actor;
    known.words = r.note;
}
void SimulatedStore::take(const engine::RunRejected& r) {
    if (r.run)
        require(runs_.at(*r.run).waits_for == "approval" ||
                    (runs_.at(*r.run).status == engine::RunStatus::planned && !r.approval.empty()),
                "only who waits for approval, or was asked about ahead, is rejected");
    if (r.approval.empty()) return;
    auto& known = approvals_.at(r.approval);
    known.word = engine::RecoveredApproval::Word::rejected;
    known.actor = r.actor;
    known.words = r.reason;
}
void SimulatedStore::take(const engine::ApprovalVoided& r) {
    require(!approvals_.at(r.approval).request.run, "what a run has come of is not void");
    approvals_.erase(r.approval);
}
engine::OccurrenceDecided* SimulatedStore::continued_by(const engine::OccurrenceDecided& r) {
    const Lane lane{r.runbook, r.zone, r.customer};
    const auto newest = newest_verdict_.find(lane);
    if (newest == newest_verdict_.end()) return nullptr;
    auto* const last = &occurrences_[newest->second];
    if (last->run || r.run || last->revision != r.revision || last->verdict != r.verdict ||
        last->reason != r.reason || last->until >= r.nominal)
        return nullptr;
    const auto& fired = fired_[lane];
    const auto next = fired.upper_bound(last->until);
    return next != fired.end() && *next < r.nominal ? nullptr : last;
}
void SimulatedStore::add(const engine::OccurrenceDecided& r) {
    const auto [newest, is_first] =
        newest_verdict_.try_emplace({r.runbook, r.zone, r.customer}, occurrences_.size());
    if (!is_first && r.nominal > occurrences_[newest->second].nominal) newest->second = occurrences_.size();
    occurrences_.push_back(r);
}
void SimulatedStore::take(const engine::OccurrenceDecided& r) {
    if (auto* const row = continued_by(r)) {
        row->until = r.until;
        row->count += r.count;
    } else {
        add(r);
    }
    auto& judged = runbooks_.at(r.runbook).judged_until;
    judged = std::max(judged.value_or(r.until), r.until);
}
void SimulatedStore::take(const engine::FleetChanged& r) {
    for (const auto& row : r.rows) {
        const bool is_new = row.change == engine::FleetRow::Change::known_before ||
                            row.change == engine::FleetRow::Change::appeared;
        require(is_new != devices_.contains(row.device.uid), "a device is first seen once");
        auto& stored = devices_[row.device.uid];
        if (is_new) {
            stored.device = row.device.uid;
            stored.first_seen = row.first_seen;
            stored.known_before = row.change == engine::FleetRow::Change::known_before;
        }
        stored.fingerprint = engine::fingerprint_of(row.device);
        stored.last_seen = row.device.last_seen;
        stored.is_gone = false;
        stored.online = row.device.online;
    }
    for (const auto& uid : r.gone) {
        require(devices_.contains(uid) && !devices_.at(uid).is_gone, "who is gone was there");
        devices_.at(uid).is_gone = true;
    }
    if (!r.first_list) return;
    require(!knows_fleet_, "there is one first list");
    knows_fleet_ = true;
}
void SimulatedStore::take(const engine::OccurrencesVoided& r) {
    std::erase_if(occurrences_, [&](const auto& row) {
        const bool is_void = row.runbook == r.runbook && row.zone == r.zone && row.customer == r.customer &&
                             row.verdict == engine::Verdict::missed && !row.run && row.until > r.after;
        if (is_void) voided_.push_back({r.runbook, row.until, r.at, r.zone, r.customer});
        return is_void;
    });
    newest_verdict_.clear();
    for (const auto& row : std::exchange(occurrences_, {})) add(row);
    judge_again(r.runbook);
}
void SimulatedStore::judge_again(const std::string& runbook) {
    auto& judged = runbooks_.at(runbook).judged_until;
    judged.reset();
    for (const auto& row : occurrences_)
        if (row.runbook == runbook) judged = std::max(judged.value_or(row.until), row.until);
    for (const auto& [uid, run] : runs_)
        if (run.planned.runbook == runbook && run.planned.nominal)
            judged = std::max(judged.value_or(*run.planned.nominal), *run.planned.nominal);
}
void SimulatedStore::take(const engine::ZoneRulesSeen& r) {
    require(std::find(zone_digests_.begin(), zone_digests_.end(), r.rules->digest) == zone_digests_.end(),
            "zone rules are recorded once");
    zone_digests_.push_back(r.rules->digest);
}
void SimulatedStore::take(const engine::PauseSet& r) {
    take(engine::PauseEnded{r.scope, r.actor, r.at});
    open_pauses_.insert(r.scope);
    pauses_.push_back({r.scope, r.until, r.reason, r.actor, r.at});
}
void SimulatedStore::take(const engine::PauseEnded& r) {
    if (open_pauses_.erase(r.scope) == 0) return;
    const auto last = std::find_if(pauses_.rbegin(), pauses_.rend(),
                                   [&](const auto& pause) { return pause.scope == r.scope; });
    last->until = std::min(last->until, r.at);
}
void SimulatedStore::take(const engine::SitesAssigned& r) {
    for (const auto& row : r.rows) {
        if (row.customer.empty())
            sites_.erase(row.site);
        else
            sites_[row.site] = row.customer;
    }
}
void SimulatedStore::take(const engine::Noted& r) {
    notes_.push_back(r);
    if (r.kind == "store.restore_accepted") is_put_back = false;
}

}  // namespace runbookd::fakes
