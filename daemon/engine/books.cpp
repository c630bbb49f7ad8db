#include "engine/books.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace runbookd::engine {
namespace {

// The longest that a job is followed which was found after it had been given up.
constexpr Millis kDoubtedAtMost = std::chrono::hours{24 * 32};

/// As runs and targets say why they were halted.
constexpr const char* kAbortWhen = "abort_when";

/// A run that goes on with halted targets was halted by abort_when: the guard leaves none open.
void restore_halt(Run& run) {
    const bool is_by_site = run.book && run.book->rollout && run.book->rollout->abort_when &&
                            run.book->rollout->abort_when->scope == runbook::AbortScope::site;
    for (const auto& target : run.targets) {
        if (target.disposition != Disposition::halted) continue;
        run.aborted_because = kAbortWhen;
        if (is_by_site)
            run.halted_sites.insert(target.row.site_uid);
        else
            run.is_halted = true;
    }
}

/// What a start finds comes in the order in which it was planned, not frozen.
void put_in_order(std::vector<Run*>& takers) {
    std::stable_sort(takers.begin(), takers.end(),
                     [](const Run* a, const Run* b) { return a->started_at < b->started_at; });
}

bool stops_others(const Run& run) {
    return run.book != nullptr && run.book->overlap == runbook::OverlapPolicy::stop_previous;
}

}  // namespace

std::optional<std::int64_t> Run::wave_after() const {
    std::optional<std::int64_t> next;
    for (const auto& target : targets)
        if (target.disposition == Disposition::pending && target.row.wave > wave)
            next = std::min(next.value_or(target.row.wave), target.row.wave);
    return next;
}

const runbook::Step* Run::step_of(const Target& target) const {
    if (book == nullptr || !book->steps) return nullptr;
    const auto place = static_cast<std::size_t>(target.step() - 1);
    return place < book->steps->list.size() ? &book->steps->list[place] : nullptr;
}

const RunComponent& Run::component_of(std::int64_t step) const {
    static const RunComponent kUnknown;
    const auto place = static_cast<std::size_t>(step - 1);
    return step >= 1 && place < components.size() ? components[place] : kUnknown;
}

Run& Books::add_run(RunPlanned plan, std::shared_ptr<const runbook::Meaning> book, Instant now) {
    auto run = std::make_unique<Run>(clock_, on_window_);
    run->order = ++last_order_;
    run->book = std::move(book);
    run->begun_at = now.steady;
    run->create_end = plan.window_end;
    if (run->book) run->create_end -= run->book->window - run->book->create_span();
    if (run->book && run->book->lanes && plan.nominal)
        run->lane = run->book->lanes->find(plan.zone, plan.customer);
    run->window_closes.set(run->create_end, now);
    run->counts_as_open = plan.trigger != Trigger::retarget || !plan.starts_at || *plan.starts_at <= now.utc;
    if (open_runs_ && run->counts_as_open) ++(*open_runs_)[plan.runbook];
    if (plan.scope.found) run->found_at = plan.at;
    run->plan = std::move(plan);
    return **runs_.insert(runs_.end(), std::move(run));  // uids are made in order
}

void Books::count_as_open(Run& run) {
    if (std::exchange(run.counts_as_open, true)) return;
    if (open_runs_) ++(*open_runs_)[run.plan.runbook];
}

bool Books::has_open_run(const std::string& runbook) const {
    if (!open_runs_) {
        open_runs_.emplace();
        for (const auto& run : runs_)
            if (!is_terminal(run->status) && run->counts_as_open) ++(*open_runs_)[run->plan.runbook];
    }
    return open_runs_->contains(runbook);
}

bool Books::has_open_run(const std::string& runbook, const runbook::Lane* lane) const {
    if (lane == nullptr || !has_open_run(runbook)) return has_open_run(runbook);
    return std::any_of(runs_.begin(), runs_.end(), [&](const std::unique_ptr<Run>& run) {
        return run->plan.runbook == runbook && !is_terminal(run->status) && run->counts_as_open &&
               (run->lane == nullptr || run->lane->key() == lane->key());
    });
}

Job& Books::add_job(JobUid uid, Alarm::Ring on_look) {
    auto job = std::make_unique<Job>(clock_, std::move(on_look));
    job->uid = uid;
    auto& kept = *job;
    jobs_.emplace(std::move(uid), std::move(job));
    return kept;
}

Run* Books::find_run(const RunUid& uid) {
    const auto found = runs_.find(uid);
    return found == runs_.end() || is_terminal((*found)->status) ? nullptr : found->get();
}

Job* Books::find_job(const JobUid& uid) {
    const auto found = jobs_.find(uid);
    return found == jobs_.end() ? nullptr : found->second.get();
}

Target* Books::target_of(const Job& job) {
    auto* const run = find_run(job.run);
    if (run == nullptr) return nullptr;
    const auto found = run->by_device.find(job.device);
    return found == run->by_device.end() ? nullptr : &run->targets[found->second];
}

void Books::take_up(Run& run, TargetRow row, Disposition disposition) {
    if (disposition == Disposition::pending) taken_[{run.plan.runbook, row.device}].push_back(&run);
    ++run.counts[static_cast<std::size_t>(disposition)];
    run.by_device.emplace(row.device, run.targets.size());
    run.targets.push_back({std::move(row), disposition, std::nullopt, 0, 0, std::nullopt, false, {}});
}

void Books::freeze(Run& run, std::vector<TargetRow> targets, std::vector<ExclusionRow> exclusions,
                   Instant now, FirstWave first_wave) {
    assert(run.status == RunStatus::planned);
    run.status = RunStatus::running;
    run.started_at = now.utc;
    run.targets.reserve(targets.size());
    may_overtake_ = may_overtake_ || stops_others(run);
    for (const auto& row : targets) take_up(run, row, Disposition::pending);
    if (run.book) run.tolerated = run.book->tolerate.rounded_down(std::ssize(targets));
    outbox_.write(
        RunStarted{run.plan.run, std::move(targets), std::move(exclusions), now.utc, run.tolerated});
    if (first_wave == FirstWave::waits_for_approval) {
        run.wave = 0;
        return;
    }
    const auto [first, last] =
        std::minmax_element(run.targets.begin(), run.targets.end(),
                            [](const Target& a, const Target& b) { return a.row.wave < b.row.wave; });
    if (last != run.targets.end() && last->row.wave > 1) start_wave(run, first->row.wave, "", now);
}

void Books::await_approval(Run& run, Instant now) {
    run.status = RunStatus::waiting;
    run.next_wave = run.wave_after().value_or(1);
    run.waits_for = "approval";
    RunWaiting waiting{run.plan.run, run.next_wave, run.waits_for, std::nullopt, now.utc};
    waiting.is_unapproved = true;
    outbox_.write(std::move(waiting));
}

void Books::restore_targets(Run& run, const RecoveredRun& stored) {
    run.started_at = *stored.started_at;
    may_overtake_ = may_overtake_ || stops_others(run);
    run.targets.reserve(stored.targets.size());
    for (const auto& one : stored.targets) {
        take_up(run, one.row, one.disposition);
        if (one.disposition == Disposition::pending)
            put_in_order(taken_.at({run.plan.runbook, one.row.device}));
        auto& target = run.targets.back();
        target.attempts = one.attempts;
        target.tries = one.tries;
        target.retry = one.retry;
        if (one.ended.empty()) continue;
        target.done = StepsDone{one.ended, one.step_at.value_or(run.started_at), one.last_job_at};
        if (one.disposition == Disposition::pending) in_flight_.keep(one.row.device);
    }
    run.is_called_off = stored.is_called_off;
    run.is_halted = stored.is_called_off;
    if (run.book) run.tolerated = run.book->tolerate.rounded_down(std::ssize(run.targets));
    run.wave = stored.wave;
    run.waits_for = stored.waits_for;
    run.asked_plan = stored.asked_plan;
    run.soaks_until = stored.waits_until;
    run.status = run.waits_for.empty() ? RunStatus::running : RunStatus::waiting;
    run.next_wave = run.wave_after().value_or(run.wave);
    restore_halt(run);
}

void Books::decide(Run& run, Target& target, Disposition disposition, std::string reason, std::string message,
                   Instant now) {
    assert(target.disposition == Disposition::pending && disposition != Disposition::pending);
    if (target.is_halfway()) {
        in_flight_.let_go(run.plan.run, target.row.device);
        // What has begun was not skipped, whatever kept the rest of it from happening.
        if (disposition == Disposition::skipped) disposition = Disposition::expired;
    }
    target.disposition = disposition;
    target.is_away = false;
    --run.counts[static_cast<std::size_t>(Disposition::pending)];
    ++run.counts[static_cast<std::size_t>(disposition)];
    touch(run);
    free(run, target.row.device);
    if (disposition == Disposition::unknown) note_unknown(run.plan.run, target.row.device, now);
    outbox_.write(
        TargetDecided{run.plan.run, target.row.device, disposition, reason, std::move(message), now.utc});
    if (on_decided_) on_decided_(run, target, reason, now);
    if (run.counts[static_cast<std::size_t>(Disposition::pending)] == 0) close(run, now);
}

void Books::close(Run& run, Instant now) {
    if (!run.aborted_because.empty()) return finish(run, RunStatus::aborted, run.aborted_because, now);
    const auto count = [&](Disposition d) { return run.counts[static_cast<std::size_t>(d)]; };
    const auto good =
        count(Disposition::succeeded) + count(Disposition::warning) + count(Disposition::skipped);
    const auto cancelled = count(Disposition::cancelled);
    if (run.is_called_off && cancelled > 0) return finish(run, RunStatus::cancelled, "by_person", now);
    if (std::ssize(run.targets) - good - cancelled > run.tolerated)
        return finish(run, RunStatus::failed, run.ended_because, now);
    // What a later run has stopped, though nothing went wrong, is not completed.
    if (cancelled > 0) return finish(run, RunStatus::cancelled, "overlap", now);
    finish(run, RunStatus::completed, run.ended_because, now);
}

void Books::abort(Run& run, const std::string& reason, Instant now) {
    if (run.targets.empty()) return finish(run, RunStatus::aborted, reason, now);
    run.aborted_because = reason;
    for (auto& target : run.targets)
        if (target.disposition == Disposition::pending)
            decide(run, target, Disposition::halted, reason, "", now);
}

void Books::retry(Run& run, Target& target, Retrying retry, Instant now) {
    assert(target.disposition == Disposition::pending);
    target.job.reset();
    target.retry = retry;
    outbox_.write(TargetRetried{run.plan.run, target.row.device, std::move(retry), now.utc});
}

void Books::end_step(Run& run, Target& target, runbook::StepEnd end, std::string reason, std::string message,
                     Instant now) {
    assert(target.disposition == Disposition::pending && run.step_of(target) != nullptr);
    const auto& name = run.step_of(target)->name;
    if (!target.done) {
        in_flight_.keep(target.row.device);
        target.done = StepsDone{};
    }
    const auto* const job = target.job ? find_job(*target.job) : nullptr;
    if (job != nullptr) target.done->last_job_at = job->created_at;
    target.done->ended.push_back(end);
    target.done->at = now.utc;
    target.job.reset();
    target.retry.reset();
    target.attempts = target.tries = 0;
    outbox_.write(TargetStepped{run.plan.run, target.row.device, name, target.done->ended, std::move(reason),
                                std::move(message), now.utc});
}

std::int64_t Books::halt(Run& run, const SiteUid* site, const std::string& message, Instant now) {
    if (site == nullptr)
        run.is_halted = true;
    else
        run.halted_sites.insert(*site);
    std::vector<Target*> left;
    for (auto& target : run.targets)
        if (target.disposition == Disposition::pending && !target.job &&
            (site == nullptr || target.row.site_uid == *site))
            left.push_back(&target);
    if (!left.empty()) run.aborted_because = kAbortWhen;
    for (auto* const target : left) decide(run, *target, Disposition::halted, kAbortWhen, message, now);
    return std::ssize(left);
}

void Books::start_wave(Run& run, std::int64_t wave, const std::string& actor, Instant now) {
    run.status = RunStatus::running;
    run.wave = wave;
    run.next_wave = 0;
    run.waits_for.clear();
    run.soaks_until.reset();
    if (run.soak_ends) run.soak_ends->clear();
    outbox_.write(WaveStarted{run.plan.run, wave, actor, now.utc});
}

void Books::wait(Run& run, std::int64_t next_wave, const std::string& reason, std::optional<UtcTime> until,
                 Instant now) {
    run.status = RunStatus::waiting;
    run.next_wave = next_wave;
    run.waits_for = reason;
    run.soaks_until = until;
    outbox_.write(RunWaiting{run.plan.run, next_wave, reason, until, now.utc});
}

void Books::move(Run& run, Target& target, std::int64_t wave, Instant now) {
    if (target.row.wave == wave) return;
    target.row.wave = wave;
    outbox_.write(TargetMoved{run.plan.run, target.row.device, wave, now.utc});
}

void Books::touch(Run& run) {
    if (!std::exchange(run.is_touched, true)) touched_.push_back(&run);
}

std::vector<Run*> Books::take_touched() {
    for (auto* const run : touched_) run->is_touched = false;
    return std::exchange(touched_, {});
}

void Books::take_in_flight(Job& job, std::vector<InFlight::Place> places) {
    leave_flight(job);
    job.is_in_flight = true;
    job.places = std::move(places);
    in_flight_.enter(job.run, job.device, job.places);
}

void Books::leave_flight(Job& job) {
    if (std::exchange(job.is_in_flight, false))
        in_flight_.leave(job.run, job.device, std::exchange(job.places, {}));
}

void Books::free(const Run& run, const DeviceUid& device) {
    const auto place = taken_.find({run.plan.runbook, device});
    if (place == taken_.end()) return;
    std::erase(place->second, &run);
    if (place->second.empty())
        taken_.erase(place);
    else
        freed_.emplace_back(place->second.front()->plan.run, device);
}

void Books::finish(Run& run, RunStatus status, std::string reason, Instant now) {
    run.status = status;
    run.window_closes.clear();
    run.soak_ends.reset();
    run.starts.reset();
    if (open_runs_ && run.counts_as_open)
        if (const auto open = open_runs_->find(run.plan.runbook); --open->second == 0)
            open_runs_->erase(open);
    outbox_.write(RunFinished{run.plan.run, status, std::move(reason), now.utc});
    finished_.push_back(run.plan.run);
}

void Books::change(Job& job, JobChanged change) {
    job.status = change.status;
    if (change.datto_job) job.datto_job = change.datto_job;
    if (change.queued_at) job.queued_at = *change.queued_at;
    if (change.started_at) job.started_at = change.started_at;
    change.job = job.uid;
    outbox_.write(std::move(change));
}

void Books::note_unknown(const RunUid& run, const DeviceUid& device, Instant now) {
    std::erase_if(doubts_, [&](const auto& one) { return now.utc - one.second.since > kDoubtedAtMost; });
    doubts_.insert_or_assign({run, device}, Doubt{false, now.utc});
}

bool Books::is_revised(const RunUid& run, const DeviceUid& device) const {
    const auto found = doubts_.find({run, device});
    return found != doubts_.end() && found->second.is_revised;
}

void Books::end_late(Job& job, JobLate late, Disposition disposition, std::string reason, Instant now) {
    outbox_.write(std::move(late));
    const auto doubt = doubts_.find({job.run, job.device});
    if (doubt == doubts_.end() || doubt->second.is_revised) return;
    std::string message = "the activity log showed its job";
    if (job.steps_after > 0 &&
        (disposition == Disposition::succeeded || disposition == Disposition::warning)) {
        disposition = Disposition::expired;
        reason = "window_closed";
        message += ", which ended well; the steps after it were not run";
    }
    revise(job.runbook,
           {job.run, job.device, job.uid, disposition, std::move(reason), std::move(message), "", now.utc},
           now);
}

void Books::revise(const std::string& runbook, TargetRevised revision, Instant now) {
    assert(!is_revised(revision.run, revision.device) && revision.disposition != Disposition::pending);
    doubts_.insert_or_assign({revision.run, revision.device}, Doubt{true, now.utc});
    auto* const run = find_run(revision.run);
    if (run != nullptr) {
        auto& target = run->targets[run->by_device.at(revision.device)];
        --run->counts[static_cast<std::size_t>(target.disposition)];
        target.disposition = revision.disposition;
        ++run->counts[static_cast<std::size_t>(target.disposition)];
    }
    outbox_.write(std::move(revision));
    if (on_revised_) on_revised_(runbook);
}

void Books::drop(const JobUid& uid) {
    auto* const job = find_job(uid);
    if (job == nullptr) return;
    job->next_look.clear();
    leave_flight(*job);
    if (job->stage == Stage::abandoned)
        if (const auto place = upstream_.find({job->runbook, job->device}); place != upstream_.end())
            upstream_.erase(place);
    dropped_.push_back(uid);
}

void Books::abandon(Job& job, Instant now) {
    leave_flight(job);
    job.stage = Stage::abandoned;
    job.abandoned_at = now.utc;
    upstream_.emplace(job.runbook, job.device);
}

bool Books::is_taken_by_another(const Run& run, const DeviceUid& device) const {
    const auto place = taken_.find({run.plan.runbook, device});
    return place != taken_.end() && std::any_of(place->second.begin(), place->second.end(),
                                                [&](const Run* other) { return other != &run; });
}

bool Books::is_behind_another(const Run& run, const DeviceUid& device) const {
    const auto has_begun = [&](const Run& one) {
        const auto& target = one.targets[one.by_device.at(device)];
        return target.job || target.is_halfway();
    };
    const auto place = taken_.find({run.plan.runbook, device});
    if (place == taken_.end()) return false;
    if (run.targets[run.by_device.at(device)].is_halfway()) return false;
    bool is_earlier = true;
    for (const Run* const other : place->second) {
        if (other == &run)
            is_earlier = false;
        else if (is_earlier || has_begun(*other))
            return true;
    }
    return false;
}

bool Books::is_overtaken(const Run& run, const DeviceUid& device) const {
    if (!may_overtake_) return false;
    const auto place = taken_.find({run.plan.runbook, device});
    if (place == taken_.end()) return false;
    const auto& takers = place->second;
    const auto self = std::find(takers.begin(), takers.end(), &run);
    return self != takers.end() && std::any_of(self + 1, takers.end(), [](const Run* later) {
               return stops_others(*later) && !later->is_unapproved();
           });
}

std::vector<Run*> Books::earlier_on(const Run& run, const DeviceUid& device) const {
    const auto place = taken_.find({run.plan.runbook, device});
    if (place == taken_.end()) return {};
    const auto& takers = place->second;
    return {takers.begin(), std::find(takers.begin(), takers.end(), &run)};
}

bool Books::is_pending_upstream(const std::string& runbook, const DeviceUid& device) const {
    return upstream_.contains({runbook, device});
}

void Books::sweep() {
    (void)take_touched();
    for (const auto& uid : std::exchange(dropped_, {})) jobs_.erase(uid);
    for (const auto& uid : std::exchange(finished_, {})) runs_.erase(runs_.find(uid));
}

}  // namespace runbookd::engine
