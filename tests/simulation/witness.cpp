#include "simulation/witness.hpp"

#include <algorithm>

#include "engine/finder.hpp"

namespace runbookd::simulation {
namespace {

constexpr std::size_t kLeaksKept = 5;

}  // namespace

void Witness::mix(std::string_view text) {
    for (const char c : text) digest_ = (digest_ ^ static_cast<unsigned char>(c)) * 1099511628211U;
}

void Witness::see(const engine::Batch& durable) {
    for (const auto& record : durable) {
        ++records_;
        std::visit(
            [this, &record](const auto& fact) {
                mix(std::to_string(record.index()));
                mix(std::to_string(to_unix_ms(fact.at)));
                take(fact);
            },
            record);
    }
    // What was decided together with the freeze waits for nothing.
    for (const auto& record : durable)
        if (const auto* const begun = std::get_if<engine::RunStarted>(&record)) {
            auto& run = Told::runs[begun->run];
            for (const auto& target : begun->targets)
                if (!run.decided.contains(target.device)) run.expected.insert(target.device);
        }
}

void Witness::see(Departure departure) {
    const auto job = engine::job_in_name(departure.job_name);
    departure.has_intent = job && Told::jobs.contains(*job);
    if (departure.has_intent) {
        departure.intent = Told::jobs.at(*job);
        const auto& device = departure.device;
        if (const auto seen = Told::runs.find(departure.intent.run); seen != Told::runs.end()) {
            const auto& run = seen->second;
            departure.plan = run.planned;
            if (const auto ended = run.ended.find(device); ended != run.ended.end())
                departure.ended = ended->second;
            departure.is_rejected = run.is_rejected;
            departure.is_approved = is_approved(run, device);
            for (const auto& uid : Told::of_device[run.planned.runbook][device]) {
                const auto& other = Told::runs.at(uid);
                if (other.place > run.place && other.expected.contains(device) &&
                    !other.decided.contains(device) && !other.waits_for_yes)
                    departure.later.push_back(uid);
            }
        }
    }
    departures_.push_back(std::move(departure));
}

const engine::RunPlanned* Witness::plan_of(const JobUid& job) const {
    const auto run = heard_jobs_.find(job);
    if (run == heard_jobs_.end()) return nullptr;
    const auto plan = heard_runs_.find(run->second);
    return plan == heard_runs_.end() ? nullptr : &plan->second;
}

void Witness::look_for_secrets(const std::string& text, const std::string& where) {
    if (leaks_.size() < kLeaksKept && vault_.find_in(text)) leaks_.push_back(where);
}

void Witness::back_up() { backup_ = std::make_unique<const Told>(static_cast<const Told&>(*this)); }

void Witness::put_back() {
    lost_revisions_ = Told::revisions;
    static_cast<Told&>(*this) = *backup_;
    for (auto& departure : departures_)
        if (departure.has_intent && !Told::jobs.contains(departure.intent.job)) departure.is_lost = true;
}

void Witness::take(const engine::RevisionEffective& r) {
    auto& known = Told::revisions[r.runbook];
    if (!known.empty() && !known.back().until) known.back().until = r.at;
    known.push_back({r.revision, r.yaml, r.resolved, r.at, {}});
}

void Witness::take(const engine::RevisionRetired& r) {
    auto& known = Told::revisions[r.runbook];
    if (!known.empty()) known.back().until = r.at;
}

void Witness::end_pause(const engine::PauseScope& scope, UtcTime at) {
    for (auto& pause : Told::pauses)
        if (pause.scope == scope && pause.until > at) pause.until = std::max(pause.since, at);
}

void Witness::take(const engine::PauseSet& r) {
    end_pause(r.scope, r.at);
    Told::pauses.push_back({r.scope, r.at, r.until});
}

void Witness::take(const engine::PauseEnded& r) { end_pause(r.scope, r.at); }

void Witness::take(const engine::RunPlanned& r) {
    mix(r.run.str());
    Told::runs[r.run].planned = r;
    heard_runs_[r.run] = r;
    if (!r.approval.empty()) Told::asked[r.approval].run = r.run;
}

void Witness::take(const engine::RunStarted& r) {
    auto& run = Told::runs[r.run];
    run.started_at = r.at;
    run.place = ++Told::started;
    const auto& before = Told::successes[run.planned.runbook];
    for (const auto& target : r.targets) {
        run.targets.emplace(target.device, target);
        Told::of_device[run.planned.runbook][target.device].push_back(r.run);
        if (const auto last = before.find(target.device); last != before.end())
            run.had_succeeded.insert(*last);
    }
}

bool Witness::is_approved(const SeenRun& run, const DeviceUid& device) const {
    for (const auto& [uid, request] : Told::asked) {
        if (!request.is_approved) continue;
        const bool is_of_run = request.asked.run == run.planned.run;
        const auto& devices = request.asked.plan.devices;
        const bool is_of_plan = uid == run.planned.approval && !request.asked.run &&
                                std::find(devices.begin(), devices.end(), device) != devices.end() &&
                                request.asked.revision == run.planned.revision;
        if (is_of_run || is_of_plan) return true;
    }
    return false;
}

void Witness::note_success(const std::string& runbook, const DeviceUid& device, UtcTime at) {
    auto& last = Told::successes[runbook].try_emplace(device, at).first->second;
    last = std::max(last, at);
}

void Witness::take(const engine::RunFinished& r) {
    mix(engine::to_text(r.status));
    Told::runs[r.run].finished_at = r.at;
}

void Witness::take(const engine::TargetDecided& r) {
    mix(r.device.str());
    mix(engine::to_text(r.disposition));
    mix(r.reason);
    look_for_secrets(r.message, "the message of a decided target");
    auto& run = Told::runs[r.run];
    run.decided[r.device] = r;
    if (r.disposition == engine::Disposition::succeeded || r.disposition == engine::Disposition::warning)
        note_success(run.planned.runbook, r.device, r.at);
}

void Witness::take(const engine::TargetRevised& r) {
    Told::revised.emplace(r.run, r.device);
    const auto& run = Told::runs[r.run];
    const auto first = run.decided.find(r.device);
    if (first != run.decided.end() &&
        (r.disposition == engine::Disposition::succeeded || r.disposition == engine::Disposition::warning))
        note_success(run.planned.runbook, r.device, first->second.at);
    look_for_secrets(r.message, "the message of a revised target");
}

void Witness::take(const engine::JobCreated& r) {
    mix(r.job.str());
    Told::jobs[r.job] = r;
    heard_jobs_[r.job] = r.run;
    Told::last_job_at[{r.run, r.device}] = r.at;
    for (const auto& [name, value] : r.variables) look_for_secrets(value, "variable " + name);
}

void Witness::take(const engine::JobChanged& r) {
    mix(engine::to_text(r.status));
    look_for_secrets(r.message, "the message of job " + r.job.str());
    if (r.out) look_for_secrets(r.out->text, "stdout of job " + r.job.str());
    if (r.collected)
        for (const auto& row : r.collected->rows) look_for_secrets(row, "a row of job " + r.job.str());
    if (r.err) look_for_secrets(r.err->text, "stderr of job " + r.job.str());
}

void Witness::take(const engine::JobLate& r) {
    if (r.out) look_for_secrets(r.out->text, "late stdout of job " + r.job.str());
}

void Witness::take(const engine::Noted& r) {
    mix(r.kind);
    for (const auto& [name, value] : r.data) look_for_secrets(value, "event " + r.kind + ", " + name);
}

void Witness::take(const engine::TargetStepped& r) {
    mix(r.device.str());
    Told::runs[r.run].ended[r.device] = r.ended;
    look_for_secrets(r.message, "the message of a step");
    Told::steps.push_back(
        {r.run, r.device, r.ended.size() - 1, r.ended.back(), Told::last_job_at[{r.run, r.device}], r.at});
}

void Witness::take(const engine::ApprovalRequested& r) {
    mix(r.approval.str());
    Told::asked[r.approval] = {r, r.run, false, false};
    if (r.run) Told::runs[*r.run].waits_for_yes = true;
}

void Witness::take(const engine::RunApproved& r) {
    mix(r.actor);
    if (r.run) Told::runs[*r.run].waits_for_yes = false;
    if (!r.approval.empty()) Told::asked[r.approval].is_approved = true;
}

void Witness::take(const engine::RunRejected& r) {
    mix(r.actor);
    if (r.run) Told::runs[*r.run].is_rejected = true;
    if (!r.approval.empty()) Told::asked[r.approval].is_approved = false;
}

void Witness::take(const engine::ApprovalVoided& r) { Told::asked[r.approval].is_void = true; }

std::vector<engine::JobCreated> Witness::unknown_jobs() const {
    std::vector<engine::JobCreated> found;
    for (const auto& [uid, job] : Told::jobs) {
        const auto run = Told::runs.find(job.run);
        if (run == Told::runs.end() || Told::revised.contains({job.run, job.device})) continue;
        const auto decided = run->second.decided.find(job.device);
        if (decided == run->second.decided.end() ||
            decided->second.disposition != engine::Disposition::unknown)
            continue;
        const bool is_last = std::none_of(Told::jobs.begin(), Told::jobs.end(), [&](const auto& other) {
            return other.second.run == job.run && other.second.device == job.device &&
                   other.second.attempt > job.attempt;
        });
        if (is_last) found.push_back(job);
    }
    return found;
}

}  // namespace runbookd::simulation
