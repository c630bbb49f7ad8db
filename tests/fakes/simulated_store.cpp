#include "fakes/simulated_store.hpp"

#include <algorithm>
#include <stdexcept>

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
    for (const auto& record : batch) std::visit([this](const auto& fact) { take(fact); }, record);
    for (const auto& [uid, run] : runs_) {
        require(!engine::is_terminal(run.status) || !has_pending(run), "a finished run has pending targets");
        require(run.status != engine::RunStatus::running || has_pending(run),
                "an open run has nothing pending");
    }
}

void SimulatedStore::take(const engine::RevisionEffective& r) {
    auto& runbook = runbooks_[r.runbook];
    require(r.revision == runbook.revision + 1, "revisions count up");
    texts_[r.runbook][r.revision] = r.yaml;
    const auto judged = runbook.judged_until;
    runbook = {r.runbook, r.revision, r.yaml, r.resolved, r.at, false, judged, {}};
}
void SimulatedStore::take(const engine::RevisionRetired& r) { runbooks_.at(r.runbook).retired = true; }
void SimulatedStore::take(const engine::RunPlanned& r) {
    require(!runs_.contains(r.run), "a run is planned once");
    if (r.nominal) {
        for (const auto& [uid, run] : runs_)
            require(run.planned.runbook != r.runbook || run.planned.nominal != r.nominal,
                    "a nominal instant fired twice");
        auto& judged = runbooks_.at(r.runbook).judged_until;
        judged = std::max(judged.value_or(*r.nominal), *r.nominal);
    }
    runs_[r.run].planned = r;
}
void SimulatedStore::take(const engine::RunStarted& r) {
    auto& run = runs_.at(r.run);
    require(!run.started_at, "a run starts once");
    run.started_at = r.at;
    run.status = engine::RunStatus::running;
    for (const auto& row : r.targets) run.targets.push_back({row, engine::Disposition::pending});
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
        require(job.created.run != r.run || job.created.device != r.device,
                "one intent for each target and attempt");
    jobs_[r.job].created = r;
}
void SimulatedStore::take(const engine::JobChanged& r) {
    auto& job = jobs_.at(r.job);
    require(!engine::is_terminal(job.status) && r.status > job.status, "a job's status only goes on");
    job.status = r.status;
    job.reason = r.reason;
    if (r.datto_job) job.datto_job = r.datto_job;
    if (r.queued_at) job.queued_at = r.queued_at;
    if (r.started_at) job.started_at = r.started_at;
    if (r.out) job.out = r.out->text;
}
void SimulatedStore::take(const engine::JobLate& r) {
    auto& job = jobs_.at(r.job);
    job.late_status = r.late_status;
    if (r.out) job.out = r.out->text;
}
void SimulatedStore::take(const engine::OccurrenceDecided& r) {
    occurrences_.push_back(r);
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
    }
    for (const auto& uid : r.gone) {
        require(devices_.contains(uid) && !devices_.at(uid).is_gone, "who is gone was there");
        devices_.at(uid).is_gone = true;
    }
    if (!r.first_list) return;
    require(!knows_fleet_, "there is one first list");
    knows_fleet_ = true;
}
void SimulatedStore::take(const engine::Noted& r) { notes_.push_back(r); }

engine::RecoveredState SimulatedStore::recover() const {
    engine::RecoveredState state;
    for (const auto& [name, runbook] : runbooks_) state.runbooks.push_back(runbook);
    state.older_revisions = texts_;
    for (const auto& [uid, device] : devices_) state.devices.push_back(device);
    state.knows_fleet = knows_fleet_;
    for (const auto& [uid, run] : runs_)
        if (!engine::is_terminal(run.status))
            state.runs.push_back({run.planned, run.started_at, run.targets});
    for (const auto& [uid, job] : jobs_) {
        const auto& run = runs_.at(job.created.run);
        const bool is_given_up = run.decided_at.contains(job.created.device);
        const bool ended = engine::is_terminal(job.status) && job.status != engine::JobStatus::timeout;
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
        if (is_given_up) open.abandoned_at = run.decided_at.at(job.created.device);
        state.jobs.push_back(std::move(open));
    }
    return state;
}

}  // namespace runbookd::fakes
