#include "engine/adoption.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "engine/quick_jobs.hpp"
#include "engine/start_delay.hpp"

namespace runbookd::engine {
namespace {

// What a create may take on its way, and clocks may differ.
constexpr Millis kSlack = std::chrono::minutes{1};
// Jobs of a runbook without a schedule that stand further apart belong to different runs.
constexpr Millis kOfOneRun = std::chrono::hours{1};
constexpr const char* kNote =
    "found in the activity log after the store had been put back to an earlier state";
constexpr const char* kReason = "store_restored";

/// Whether the run may have created a job then.
bool covers(const Run& run, UtcTime created) {
    const auto begins = run.plan.nominal.value_or(run.plan.starts_at.value_or(run.plan.at));
    return created >= begins - kSlack && created <= run.create_end + kSlack;
}

OccurrenceDecided verdict_of(const RunPlanned& plan, UtcTime at) {
    return {plan.runbook,  plan.revision.value_or(1),
            plan.zone,     *plan.nominal,
            *plan.nominal, 1,
            Verdict::late, kReason,
            plan.run,      at,
            plan.customer};
}

}  // namespace

Adoption::Adoption(std::string account, Books& books, Outbox& outbox, UlidSource& ulids, Knowledge knowledge,
                   Handlers handlers)
    : account_(std::move(account)),
      books_(books),
      outbox_(outbox),
      ulids_(ulids),
      known_(knowledge),
      handlers_(std::move(handlers)) {}

void Adoption::adopt(std::vector<FoundJob> jobs, Instant now) {
    std::map<RunUid, std::vector<FoundJob>> of_planned;
    std::vector<FoundJob> left;
    for (auto& job : jobs)
        if (job.device.empty()) job.device = device_called(job.hostname);
    // The newest job of a device is the one that its target waited for last.
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
        if (job->device.empty()) {
            note(*job, nullptr, now);
            continue;
        }
        if (give_to_open_run(*job, now)) continue;
        auto* const planned = planned_run_of(*job);
        auto* const taken = planned == nullptr ? nullptr : &of_planned[planned->plan.run];
        const auto is_same = [&](const FoundJob& other) { return other.device == job->device; };
        if (taken != nullptr && std::none_of(taken->begin(), taken->end(), is_same))
            taken->push_back(std::move(*job));
        else
            left.push_back(std::move(*job));
    }
    for (auto& [uid, some] : of_planned) {
        std::reverse(some.begin(), some.end());
        begin_planned(*books_.find_run(uid), std::move(some), now);
    }
    std::reverse(left.begin(), left.end());
    for (auto& one : group(std::move(left))) begin_found(std::move(one), now);
}

bool Adoption::give_to_open_run(const FoundJob& job, Instant now) {
    Run* newest = nullptr;
    for (const auto& run : books_.runs()) {
        if (run->plan.runbook != job.runbook || run->status == RunStatus::planned || is_terminal(run->status))
            continue;
        const auto place = run->by_device.find(job.device);
        if (place == run->by_device.end()) continue;
        const auto& target = run->targets[place->second];
        if (target.disposition != Disposition::pending || target.job || !covers(*run, job.created_at))
            continue;
        newest = run.get();
    }
    if (newest == nullptr) return false;
    attach(*newest, newest->targets[newest->by_device.at(job.device)], job, now);
    return true;
}

Run* Adoption::planned_run_of(const FoundJob& job) {
    Run* newest = nullptr;
    const auto* const seen = known_.fleet.find(job.device);
    for (const auto& run : books_.runs()) {
        if (run->plan.runbook != job.runbook || run->status != RunStatus::planned) continue;
        const bool is_of_customer = run->plan.customer.empty() || seen == nullptr ||
                                    known_.customers.name_of(seen->device).str() == run->plan.customer;
        if (is_of_customer && covers(*run, job.created_at)) newest = run.get();
    }
    return newest;
}

void Adoption::begin_planned(Run& run, std::vector<FoundJob> jobs, Instant now) {
    run.starts.reset();
    books_.count_as_open(run);
    begin(run, std::move(jobs), now);
}

Adoption::Group Adoption::place_of(const FoundJob& job) const {
    Group place{job.runbook, std::nullopt, nullptr, {}, {}};
    const auto* const in_force = known_.planner.find(job.runbook);
    if (in_force == nullptr) return place;
    place.lane = lane_of(*in_force, job.device);
    if (!in_force->book->lanes || place.lane != nullptr)
        place.occurrence = known_.planner.occurrence_at(job.runbook, place.lane, job.created_at);
    return place;
}

std::vector<Adoption::Group> Adoption::group(std::vector<FoundJob> jobs) const {
    using Key = std::tuple<std::string, const runbook::Lane*, std::optional<UtcTime>>;
    std::vector<Group> groups;
    std::map<Key, std::size_t> newest;  // where the last group of that kind stands
    const auto key_of = [](const Group& one) {
        return Key{one.runbook, one.lane,
                   one.occurrence ? std::optional(one.occurrence->nominal) : std::nullopt};
    };
    for (auto& job : jobs) {
        auto place = place_of(job);
        auto found = newest.find(key_of(place));
        if (place.occurrence && found != newest.end() && groups[found->second].devices.contains(job.device)) {
            // The run of that instant has a job for the device already: this is a retry, or a person's run.
            place.occurrence.reset();
            found = newest.find(key_of(place));
        }
        const bool is_loose = !place.occurrence;
        const auto has_room = [&](const Group& other) {
            return !is_loose || (other.runbook != kQuickJobRunbook && !other.devices.contains(job.device) &&
                                 job.created_at - other.jobs.front().created_at < kOfOneRun);
        };
        if (found == newest.end() || !has_room(groups[found->second])) {
            found = newest.insert_or_assign(key_of(place), groups.size()).first;
            groups.push_back(std::move(place));
        }
        auto& taken = groups[found->second];
        taken.devices.insert(job.device);
        taken.jobs.push_back(std::move(job));
    }
    // Verdicts are given in the order of their instants.
    std::stable_sort(groups.begin(), groups.end(), [](const Group& one, const Group& other) {
        const auto at = [](const Group& g) {
            return g.occurrence ? g.occurrence->nominal : g.jobs.front().created_at;
        };
        return at(one) < at(other);
    });
    return groups;
}

void Adoption::begin_found(Group group, Instant now) {
    const auto* const in_force = known_.planner.find(group.runbook);
    RunPlanned plan;
    plan.run = RunUid{ulids_.next(now.utc)};
    plan.runbook = group.runbook;
    plan.account = account_;
    plan.trigger = group.runbook == kQuickJobRunbook ? Trigger::quickjob : Trigger::manual;
    plan.note = kNote;
    plan.window_end = now.utc;
    plan.at = now.utc;
    plan.scope.found = true;
    for (const auto& job : group.jobs) plan.scope.devices.push_back(job.device.str());
    if (in_force != nullptr) plan.revision = in_force->revision;
    if (group.occurrence) {
        known_.planner.take_found(group.runbook, group.lane, group.occurrence->nominal, now);
        const runbook::LaneView view(*in_force->book, group.lane);
        plan.trigger = Trigger::schedule;
        plan.zone = view.zone();
        plan.customer = view.customer();
        plan.nominal = group.occurrence->nominal;
        plan.starts_at = *plan.nominal + start_delay(*in_force->book, *plan.nominal, group.occurrence->jitter,
                                                     group.occurrence->window);
        plan.window_end = *plan.nominal + group.occurrence->window;
    }
    outbox_.write(plan);
    begin(books_.add_run(std::move(plan), in_force == nullptr ? nullptr : in_force->book, now),
          std::move(group.jobs), now);
}

void Adoption::begin(Run& run, std::vector<FoundJob> jobs, Instant now) {
    std::vector<TargetRow> rows;
    for (const auto& job : jobs) rows.push_back(row_of(job.device));
    books_.freeze(run, std::move(rows), {}, now);
    run.found_at = now.utc;
    if (run.plan.nominal) outbox_.write(verdict_of(run.plan, now.utc));
    for (const auto& job : jobs) attach(run, run.targets[run.by_device.at(job.device)], job, now);
}

void Adoption::attach(Run& run, Target& target, const FoundJob& found, Instant now) {
    // Of several steps, the one at which the target stands: the log does not tell which it was.
    const auto* const step = run.step_of(target);
    const auto& wanted = step != nullptr ? step->component
                         : run.book      ? run.book->component
                                         : run.plan.scope.component;
    const auto* const component = wanted.empty() ? nullptr : known_.fleet.find_component(wanted);
    auto& job =
        books_.add_job(found.job, [on_look = handlers_.on_look, uid = found.job](Instant) { on_look(uid); });
    job.run = run.plan.run;
    job.runbook = run.plan.runbook;
    job.device = found.device;
    if (component != nullptr) job.component_uid = component->uid;
    job.component_name = component == nullptr ? wanted : component->name;
    job.book = run.book;
    job.step = target.step();
    if (run.book) job.timeout = run.book->timeout_of(job.step);
    job.created_at = found.created_at;
    target.job = found.job;
    target.retry.reset();
    ++target.tries;
    note(found, &run, now);
    // What it was sent with, nobody knows any more.
    outbox_.write(JobCreated{job.uid,
                             job.run,
                             job.device,
                             job.step,
                             ++target.attempts,
                             job.component_uid,
                             job.component_name,
                             {},
                             job.created_at,
                             step == nullptr ? std::string() : step->name});
    JobChanged change;
    change.status = JobStatus::queued;
    change.message = kNote;
    change.datto_job = found.upstream;
    change.queued_at = found.created_at;
    change.at = now.utc;
    books_.change(job, std::move(change));
    handlers_.on_adopted(job, now);
}

void Adoption::note(const FoundJob& found, const Run* run, Instant now) {
    std::map<std::string, std::string> data{{"runbook", found.runbook},
                                            {"datto_job_uid", found.upstream.str()},
                                            {"created_at", format_utc(found.created_at)}};
    if (run != nullptr) {
        data["run_uid"] = run->plan.run.str();
        data["device_uid"] = found.device.str();
    } else {
        data["message"] = "the activity log does not say on which device: it cannot be followed";
    }
    outbox_.write(Noted{"job", found.job.str(), "job.found_after_restore", "", std::move(data), now.utc});
}

DeviceUid Adoption::device_called(const std::string& hostname) const {
    if (hostname.empty()) return {};
    const auto found = known_.fleet.find_by_hostname(hostname);
    return found.size() == 1 ? found.front()->device.uid : DeviceUid{};
}

const runbook::Lane* Adoption::lane_of(const Planner::InForce& runbook, const DeviceUid& device) const {
    const auto* const seen = known_.fleet.find(device);
    if (!runbook.book->lanes || seen == nullptr) return nullptr;
    const bool is_by_customer = runbook.book->lanes->by == runbook::LanesBy::customer;
    for (const auto& lane : runbook.book->lanes->all) {
        const bool is_its = is_by_customer ? lane.customer == known_.customers.name_of(seen->device).str()
                                           : lane.zone()->name() == known_.customers.zone_of(seen->device);
        if (is_its) return &lane;
    }
    return nullptr;
}

TargetRow Adoption::row_of(const DeviceUid& device) const {
    TargetRow row;
    row.device = device;
    row.hostname = device.str();
    const auto* const seen = known_.fleet.find(device);
    if (seen == nullptr) return row;
    row.hostname = seen->device.hostname;
    row.site_uid = seen->device.site_uid;
    row.site_name = seen->device.site_name;
    row.online = seen->device.online;
    row.last_seen = seen->device.last_seen;
    row.customer = known_.customers.name_of(seen->device);
    return row;
}

}  // namespace runbookd::engine
