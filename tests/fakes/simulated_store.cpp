#include "fakes/simulated_store.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/ulid.hpp"

namespace runbookd::fakes {
namespace {

constexpr Millis kBudgetWindow = std::chrono::seconds{60};

void require(bool holds, const std::string& what) {
    if (!holds) throw std::logic_error(what);
}

bool is_unknown(const StoredRun& run, const DeviceUid& device) {
    return std::any_of(run.targets.begin(), run.targets.end(), [&](const auto& target) {
        return target.row.device == device && target.disposition == engine::Disposition::unknown;
    });
}

bool has_pending(const StoredRun& run) {
    return std::any_of(run.targets.begin(), run.targets.end(),
                       [](const auto& target) { return target.disposition == engine::Disposition::pending; });
}

}  // namespace

void SimulatedStore::apply(const engine::Batch& batch) {
    for (const auto& record : batch)
        std::visit(
            [this](const auto& fact) {
                take(fact);
                newest_ = std::max(newest_.value_or(fact.at), fact.at);
                last_at_ = fact.at;
            },
            record);
    for (const auto& [uid, run] : runs_) {
        require(!engine::is_terminal(run.status) || !has_pending(run), "a finished run has pending targets");
        require(run.status != engine::RunStatus::running || has_pending(run),
                "an open run has nothing pending");
    }
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
        for (const auto& [uid, run] : runs_)
            require(run.planned.runbook != r.runbook || run.planned.nominal != r.nominal ||
                        run.planned.zone != r.zone || run.planned.customer != r.customer,
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
    for (const auto& [uid, job] : jobs_)
        require(job.created.run != r.run || engine::is_terminal(job.status),
                "a run waits when no job of it is open");
    run.status = engine::RunStatus::waiting;
    run.waits_for = r.reason;
    run.waits_until = r.until;
}
void SimulatedStore::take(const engine::TargetMoved& r) {
    for (auto& target : runs_.at(r.run).targets)
        if (target.row.device == r.device) target.row.wave = r.wave;
}
void SimulatedStore::take(const engine::TargetRetried& r) {
    for (const auto& [uid, job] : jobs_)
        require(job.created.run != r.run || job.created.device != r.device ||
                    (engine::is_terminal(job.status) &&
                     (job.status != engine::JobStatus::timeout || !job.late_status.empty())),
                "what is tried again has ended");
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
    for (const auto& [uid, job] : jobs_)
        require(job.created.run != r.run || job.created.device != r.device ||
                    (is_terminal(job.status) &&
                     std::pair(job.created.step, job.created.attempt) < std::pair(r.step, r.attempt)),
                "one intent for each target, step and attempt");
    jobs_[r.job].created = r;
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
    if (r.run) require(runs_.at(*r.run).waits_for == "approval", "only who waits for approval is approved");
    if (r.approval.empty()) return;
    auto& known = approvals_.at(r.approval);
    require(known.word != engine::RecoveredApproval::Word::approved, "one word is enough");
    require(known.request.plan.sha256 == r.plan_sha256, "what was asked for is what is approved");
    known.word = engine::RecoveredApproval::Word::approved;
    known.actor = r.actor;
    known.words = r.note;
}
void SimulatedStore::take(const engine::RunRejected& r) {
    if (r.run) require(runs_.at(*r.run).waits_for == "approval", "only who waits for approval is rejected");
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
    engine::OccurrenceDecided* last = nullptr;
    for (auto& row : occurrences_)
        if (row.runbook == r.runbook && row.zone == r.zone && row.customer == r.customer &&
            (last == nullptr || row.nominal > last->nominal))
            last = &row;
    if (last == nullptr || last->run || r.run || last->revision != r.revision || last->verdict != r.verdict ||
        last->reason != r.reason || last->until >= r.nominal)
        return nullptr;
    for (const auto& [uid, run] : runs_)
        if (run.planned.runbook == r.runbook && run.planned.zone == r.zone &&
            run.planned.customer == r.customer && run.planned.nominal > last->until &&
            run.planned.nominal < r.nominal)
            return nullptr;
    return last;
}
void SimulatedStore::take(const engine::OccurrenceDecided& r) {
    if (auto* const row = continued_by(r)) {
        row->until = r.until;
        row->count += r.count;
    } else {
        occurrences_.push_back(r);
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

std::vector<engine::RecoveredRunbook::Lane> SimulatedStore::lanes_of(const std::string& name,
                                                                     UtcTime now) const {
    std::map<std::pair<std::string, std::string>, engine::RecoveredRunbook::Lane> lanes;
    const auto lane_of = [&](const std::string& zone, const std::string& customer) -> auto& {
        auto& lane = lanes[{zone, customer}];
        lane.zone = zone;
        lane.customer = customer;
        return lane;
    };
    for (const auto& row : occurrences_) {
        if (row.runbook != name) continue;
        auto& lane = lane_of(row.zone, row.customer);
        lane.judged_until = std::max(lane.judged_until.value_or(row.until), row.until);
    }
    for (const auto& [uid, run] : runs_) {
        if (run.planned.runbook != name || !run.planned.nominal) continue;
        auto& lane = lane_of(run.planned.zone, run.planned.customer);
        lane.judged_until = std::max(lane.judged_until.value_or(*run.planned.nominal), *run.planned.nominal);
    }
    std::vector<engine::RecoveredRunbook::Lane> list;
    for (auto& [key, lane] : lanes) {
        auto from = now;
        for (const auto& row : voided_)
            if (row.runbook == name && row.zone == lane.zone && row.customer == lane.customer &&
                row.until > last_at_)
                from = std::min(from, row.at);
        lane.ahead_from = from;
        for (const auto& row : occurrences_) {
            if (row.runbook != name || row.zone != lane.zone || row.customer != lane.customer) continue;
            const bool may_be_voided = row.verdict == engine::Verdict::missed && !row.run;
            const engine::RecoveredRunbook::Decided decided{row.nominal, row.until, may_be_voided, row.reason,
                                                            row.revision};
            if (row.until > from) lane.ahead.push_back(decided);
            if (may_be_voided) lane.missed.push_back(decided);
        }
        for (const auto& [uid, run] : runs_) {
            const bool has_verdict =
                std::any_of(occurrences_.begin(), occurrences_.end(),
                            [&run_uid = uid](const auto& row) { return row.run == run_uid; });
            if (run.planned.runbook == name && run.planned.zone == lane.zone &&
                run.planned.customer == lane.customer && run.planned.nominal > from && !has_verdict)
                lane.ahead.push_back({*run.planned.nominal, *run.planned.nominal, false, "", 1});
        }
        const auto by_time = [](const auto& one, const auto& other) { return one.first < other.first; };
        std::sort(lane.ahead.begin(), lane.ahead.end(), by_time);
        std::sort(lane.missed.begin(), lane.missed.end(), by_time);
        const auto too_many = std::max<std::ptrdiff_t>(
            std::ssize(lane.missed) - std::ptrdiff_t{engine::RecoveredRunbook::kMissedAtMost}, 0);
        lane.missed.erase(lane.missed.begin(), lane.missed.begin() + too_many);
        list.push_back(std::move(lane));
    }
    return list;
}

std::vector<engine::LastSuccess> SimulatedStore::successes(const std::string& runbook) const {
    std::map<DeviceUid, UtcTime> last;
    for (const auto& [uid, run] : runs_) {
        if (run.planned.runbook != runbook) continue;
        for (const auto& target : run.targets) {
            if (target.disposition != engine::Disposition::succeeded &&
                target.disposition != engine::Disposition::warning)
                continue;
            auto& at = last.try_emplace(target.row.device, UtcTime::min()).first->second;
            at = std::max(at, run.decided_at.at(target.row.device));
        }
    }
    std::vector<engine::LastSuccess> successes;
    for (const auto& [device, at] : last) successes.push_back({device, at});
    return successes;
}

void SimulatedStore::add_groups(engine::RecoveredState& state) const {
    std::map<std::string, engine::GroupTally> groups;
    for (const auto& [uid, run] : runs_) {
        if (run.planned.group.empty() || !engine::is_terminal(run.status)) continue;
        auto& group = groups[run.planned.group];
        group.group = run.planned.group;
        for (const auto& target : run.targets) {
            ++group.decided;
            group.failed += target.disposition == engine::Disposition::failed ||
                                    target.disposition == engine::Disposition::timeout ||
                                    target.disposition == engine::Disposition::unknown
                                ? 1
                                : 0;
        }
    }
    for (const auto& [name, group] : groups) state.groups.push_back(group);
}

engine::RecoveredRestore SimulatedStore::restore() const {
    engine::RecoveredRestore restore;
    restore.since = newest_.value_or(UtcTime{});
    for (const auto& note : notes_) {
        if (note.kind == "store.restore_accepted") {
            restore = {newest_.value_or(UtcTime{}), std::nullopt, {}, {}};
        } else if (note.kind == "store.restored" && !restore.held_at) {
            restore.held_at = note.at;
            restore.since = parse_utc(note.data.at("since")).value();
        } else if (note.kind == "job.found_after_restore") {
            restore.found.emplace_back(note.subject_uid);
        }
    }
    const auto first = first_ulid_of(restore.since - engine::RecoveredRestore::kKnownBefore);
    for (const auto& [uid, job] : jobs_)
        if (uid.str() >= first) restore.known.push_back(uid);
    return restore;
}

engine::RecoveredState SimulatedStore::recover(UtcTime now) const {
    engine::RecoveredState state;
    for (const auto& [name, runbook] : runbooks_) {
        state.runbooks.push_back(runbook);
        state.runbooks.back().lanes = lanes_of(name, now);
        auto& ahead = state.runbooks.back().ahead;
        auto& missed = state.runbooks.back().missed;
        auto from = now;
        for (const auto& row : voided_)
            if (row.runbook == name && row.until > last_at_) from = std::min(from, row.at);
        state.runbooks.back().ahead_from = from;
        for (const auto& row : occurrences_) {
            const bool may_be_voided = row.verdict == engine::Verdict::missed && !row.run;
            const engine::RecoveredRunbook::Decided decided{row.nominal, row.until, may_be_voided, row.reason,
                                                            row.revision};
            if (row.runbook == name && row.until > from) ahead.push_back(decided);
            if (row.runbook == name && may_be_voided) missed.push_back(decided);
        }
        for (const auto& [uid, run] : runs_) {
            const bool has_verdict =
                std::any_of(occurrences_.begin(), occurrences_.end(),
                            [&run_uid = uid](const auto& row) { return row.run == run_uid; });
            if (run.planned.runbook == name && run.planned.nominal && *run.planned.nominal > from &&
                !has_verdict)
                ahead.push_back({*run.planned.nominal, *run.planned.nominal, false, "", 1});
        }
        const auto by_time = [](const auto& one, const auto& other) { return one.first < other.first; };
        std::sort(ahead.begin(), ahead.end(), by_time);
        std::sort(missed.begin(), missed.end(), by_time);
        const auto too_many = std::max<std::ptrdiff_t>(
            std::ssize(missed) - std::ptrdiff_t{engine::RecoveredRunbook::kMissedAtMost}, 0);
        missed.erase(missed.begin(), missed.begin() + too_many);
    }
    for (const auto& scope : open_pauses_)
        state.pauses.push_back(*std::find_if(pauses_.rbegin(), pauses_.rend(),
                                             [&](const auto& pause) { return pause.scope == scope; }));
    state.zone_digests = zone_digests_;
    state.newest = newest_;
    if (is_put_back) state.restore = restore();
    state.clock_was_synchronised = std::any_of(
        notes_.begin(), notes_.end(), [](const auto& note) { return note.kind == "clock.synchronised"; });
    state.older_revisions = texts_;
    for (const auto& [uid, device] : devices_) state.devices.push_back(device);
    state.knows_fleet = knows_fleet_;
    state.past_revisions = past_revisions_;
    for (const auto& [uid, run] : runs_) {
        const auto& plan = run.planned;
        const bool has_succeeded = std::any_of(
            run.targets.begin(), run.targets.end(),
            [](const auto& target) { return target.disposition == engine::Disposition::succeeded; });
        if (engine::is_policy(plan.trigger))
            state.triggered.push_back(
                {uid, plan.runbook, plan.trigger, plan.scope, plan.at, has_succeeded, plan.account});
        for (const auto& target : run.targets)
            if (target.disposition != engine::Disposition::pending)
                state.past_dispositions.push_back({plan.runbook, target.row.device, target.disposition,
                                                   run.decided_at.at(target.row.device), plan.account});
    }
    for (const auto& [site, customer] : sites_) state.sites.push_back({site, customer});
    for (const auto& [uid, run] : runs_)
        if (!engine::is_terminal(run.status))
            state.runs.push_back(
                {run.planned, run.started_at, run.targets, run.wave, run.waits_for, run.waits_until,
                 std::any_of(notes_.begin(), notes_.end(), [&run_uid = uid](const auto& note) {
                     return note.kind == "run.cancelled" && note.subject_uid == run_uid.str();
                 })});
    for (const auto& [uid, approval] : approvals_)
        if (!approval.request.run || (runs_.at(*approval.request.run).status == engine::RunStatus::planned))
            state.approvals.push_back(approval);
    add_groups(state);
    for (const auto& [uid, job] : jobs_) state.recent_creates += job.created.at > now - kBudgetWindow ? 1 : 0;
    for (const auto& [uid, job] : jobs_) {
        const auto& run = runs_.at(job.created.run);
        const bool is_given_up = run.decided_at.contains(job.created.device);
        const bool is_lost = job.reason == "unknown_dispatch" && job.late_status.empty();
        const bool is_target_unknown = is_lost && is_unknown(run, job.created.device);
        if (is_lost && !job.datto_job) {
            state.lost.push_back({uid, job.created.run, run.planned.runbook, job.created.device,
                                  job.created.component_uid, job.created.component_name, job.created.at,
                                  is_target_unknown, "", run.planned.revision, job.created.step,
                                  job.created.steps_after});
            continue;
        }
        const bool ended =
            engine::is_terminal(job.status) && job.status != engine::JobStatus::timeout && !is_lost;
        if (ended || !job.late_status.empty() || (is_given_up && !job.datto_job)) continue;
        engine::RecoveredJob open;
        open.job = uid;
        open.run = job.created.run;
        open.device = job.created.device;
        open.status = job.status;
        open.datto_job = job.datto_job;
        open.component_uid = job.created.component_uid;
        open.component_name = job.created.component_name;
        open.variables = job.created.variables;
        open.created_at = job.created.at;
        open.queued_at = job.queued_at;
        open.started_at = job.started_at;
        open.runbook = run.planned.runbook;
        open.revision = run.planned.revision;
        open.step = job.created.step;
        open.steps_after = job.created.steps_after;
        if (is_given_up) open.abandoned_at = run.decided_at.at(job.created.device);
        if (is_lost) open.abandoned_at = job.queued_at;
        if (job.status == engine::JobStatus::timeout && !open.abandoned_at)
            open.abandoned_at = job.started_at.value_or(job.created.at);
        open.is_target_unknown = is_target_unknown;
        state.jobs.push_back(std::move(open));
    }
    return state;
}

}  // namespace runbookd::fakes
