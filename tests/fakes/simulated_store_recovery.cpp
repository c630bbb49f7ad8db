#include <algorithm>

#include "base/ulid.hpp"
#include "fakes/simulated_store.hpp"

namespace runbookd::fakes {
namespace {

constexpr Millis kBudgetWindow = std::chrono::seconds{60};

bool is_unknown(const StoredRun& run, const DeviceUid& device) {
    return std::any_of(run.targets.begin(), run.targets.end(), [&](const auto& target) {
        return target.row.device == device && target.disposition == engine::Disposition::unknown;
    });
}

}  // namespace

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
            const auto has_verdict = [&, &run_uid = uid] {
                return std::any_of(occurrences_.begin(), occurrences_.end(),
                                   [&](const auto& row) { return row.run == run_uid; });
            };
            if (run.planned.runbook == name && run.planned.zone == lane.zone &&
                run.planned.customer == lane.customer && run.planned.nominal > from && !has_verdict())
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

engine::RecoveredRun SimulatedStore::recovered(const RunUid& uid, const StoredRun& run) const {
    const auto is_called_off = std::any_of(notes_.begin(), notes_.end(), [&](const auto& note) {
        return note.kind == "run.cancelled" && note.subject_uid == uid.str();
    });
    const auto asked = std::find_if(approvals_.begin(), approvals_.end(),
                                    [&](const auto& one) { return one.second.request.run == uid; });
    return {run.planned,   run.started_at,
            run.targets,   run.wave,
            run.waits_for, run.waits_until,
            is_called_off, asked == approvals_.end() ? std::string() : asked->second.request.plan.sha256};
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
            const auto has_verdict = [&, &run_uid = uid] {
                return std::any_of(occurrences_.begin(), occurrences_.end(),
                                   [&](const auto& row) { return row.run == run_uid; });
            };
            if (run.planned.runbook == name && run.planned.nominal && *run.planned.nominal > from &&
                !has_verdict())
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
        if (!engine::is_terminal(run.status)) state.runs.push_back(recovered(uid, run));
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
