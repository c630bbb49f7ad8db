#include "engine/dispatcher.hpp"

#include <algorithm>
#include <utility>

#include "engine/finder.hpp"
#include "engine/targeting.hpp"

namespace runbookd::engine {
namespace {

// The promise is 60 s between reading that a device is online and its create; the rest is for the way.
constexpr Millis kDeviceStateGood = std::chrono::seconds{50};
// An intent takes a moment to become durable; where the disk or a pause makes it long, the device is read
// again.
constexpr Millis kStateGoodToSend = std::chrono::seconds{55};

bool must_be_online(const Run& run) {
    return run.book != nullptr && run.book->offline == runbook::OfflinePolicy::skip;
}

std::map<std::string, std::string> variables_of(const Run& run) {
    auto variables = run.plan.scope.variables;
    if (run.book) variables.insert(run.book->variables.begin(), run.book->variables.end());
    return variables;
}

}  // namespace

Dispatcher::Dispatcher(Books& books, AlarmClock& clock, Line& line, Outbox& outbox, Fleet& fleet,
                       FleetReader& reader, UlidSource& ulids, const Holds& holds, DispatchHandlers handlers)
    : books_(books),
      line_(line),
      outbox_(outbox),
      fleet_(fleet),
      reader_(reader),
      ulids_(ulids),
      holds_(holds),
      handlers_(std::move(handlers)),
      unpark_(clock, [this](Instant now) { release(now); }) {}

Dispatcher::Place Dispatcher::place_of(const Run& run, std::size_t index) {
    const bool is_quick = run.plan.trigger == Trigger::quickjob || run.plan.trigger == Trigger::api;
    return {is_quick ? 0 : 1, run.plan.window_end, run.order, index, run.plan.run};
}

void Dispatcher::enqueue(const Run& run) {
    for (std::size_t i = 0; i < run.targets.size(); ++i) {
        const auto& target = run.targets[i];
        if (target.disposition == Disposition::pending && !target.job && !is_queued(run, target))
            ready_.insert(place_of(run, i));
    }
}

bool Dispatcher::is_queued(const Run& run, const Target& target) const {
    return run.book != nullptr && run.book->overlap == runbook::OverlapPolicy::queue &&
           books_.is_behind_another(run, target.row.device);
}

void Dispatcher::take_freed(Instant now) {
    for (const auto& [uid, device] : books_.take_freed()) {
        const auto* const run = books_.find_run(uid);
        if (run == nullptr || run->status != RunStatus::running || parked_.contains(uid)) continue;
        const auto index = run->by_device.at(device);
        const auto& target = run->targets[index];
        if (run->book == nullptr || run->book->overlap != runbook::OverlapPolicy::queue) continue;
        if (target.disposition != Disposition::pending || target.job || is_queued(*run, target)) continue;
        if (now.utc < run->create_end) ready_.insert(place_of(*run, index));
    }
}

void Dispatcher::park(const Run& run, const Hold& hold, Instant now) {
    // Places are in order of their runs: those of one are neighbours.
    ready_.erase(ready_.lower_bound(place_of(run, 0)), ready_.lower_bound(place_of(run, run.targets.size())));
    parked_.insert(run.plan.run);
    if (!hold.recheck || (unpark_at_ && *unpark_at_ <= *hold.recheck)) return;
    unpark_at_ = hold.recheck;
    unpark_.set(*unpark_at_, now);
}

void Dispatcher::release(Instant now) {
    unpark_at_.reset();
    for (const auto& uid : std::exchange(parked_, {})) {
        const auto* const run = books_.find_run(uid);
        if (run == nullptr || now.utc >= run->create_end) continue;
        if (const auto hold = holds_.at(*run, now.utc))
            park(*run, *hold, now);
        else
            enqueue(*run);
    }
}

void Dispatcher::pump(Instant now) {
    take_freed(now);
    if (stopping_ || holds_.is_time_unknown()) return;
    resend(now);
    while (sendable_.empty() && looked_at_again_ == 0 && !ready_.empty() &&
           line_.is_open(Budget::Kind::create, now))
        if (take_next(now) == Step::must_wait) return;
}

void Dispatcher::resend(Instant now) {
    while (!sendable_.empty())
        if (resend_first(now) == Step::must_wait) return;
}

Dispatcher::Step Dispatcher::resend_first(Instant now) {
    const auto uid = sendable_.front();
    auto* const job = books_.find_job(uid);
    const bool may_go = job != nullptr && !is_window_over(*job, now);
    const bool is_known = may_go && is_state_known(*job, now);
    if (may_go && !hold_of(*job, now) &&
        !line_.is_open(is_known ? Budget::Kind::create : Budget::Kind::read, now))
        return Step::must_wait;
    sendable_.erase(sendable_.begin());
    if (job == nullptr) return Step::went_on;
    if (!may_go) {
        end_by_window(*job, now);
    } else if (const auto hold = hold_of(*job, now)) {
        end_unsent(*job, Disposition::skipped, hold->reason, hold->message, now);
    } else if (!is_known) {
        look_again(*job, now);
    } else if (const auto reason = held_back_by(*job); !reason.empty()) {
        end_unsent(*job, Disposition::skipped, reason, "", now);
    } else {
        line_.reserve_create();
        send(uid, now);
    }
    return Step::went_on;
}

bool Dispatcher::is_state_known(const Job& job, Instant now) {
    const auto* const run = books_.find_run(job.run);
    if (run == nullptr || !must_be_online(*run)) return true;
    const auto* const seen = fleet_.find(job.device);
    return seen != nullptr && now.steady - seen->read_at <= kStateGoodToSend;
}

std::optional<Hold> Dispatcher::hold_of(const Job& job, Instant now) {
    const auto* const run = books_.find_run(job.run);
    return run == nullptr ? std::nullopt : holds_.at(*run, now.utc);
}

std::string Dispatcher::held_back_by(const Job& job) {
    const auto* const run = books_.find_run(job.run);
    const bool is_ruled = run != nullptr && run->book != nullptr;
    if (is_ruled && books_.is_pending_upstream(job.runbook, job.device)) return "pending_upstream";
    const auto* const seen = fleet_.find(job.device);
    if (run == nullptr || seen == nullptr || !must_be_online(*run)) return "";
    if (!exclusion_rule(seen->device, fleet_).empty()) return "excluded_state";
    return seen->device.online ? "" : "offline";
}

void Dispatcher::look_again(Job& job, Instant now) {
    ++looked_at_again_;
    line_.send(ReadDevice{job.device},
               [this, uid = job.uid, sent_at = now.steady](const ApiResult& result, Instant at) {
                   on_looked_again(uid, result, sent_at, at);
               });
}

void Dispatcher::on_looked_again(const JobUid& uid, const ApiResult& result, SteadyTime sent_at,
                                 Instant now) {
    --looked_at_again_;
    auto* const job = books_.find_job(uid);
    if (job == nullptr) return;
    if (!result) {
        if (result.error().kind == FailureKind::not_found)
            return end_unsent(*job, Disposition::skipped, "excluded_state", "Datto knows the device no more",
                              now);
        if (result.error().kind == FailureKind::forbidden || result.error().kind == FailureKind::rejected)
            return refuse(*job, result.error(), now);
    } else if (const auto* device = std::get_if<Device>(&*result)) {
        auto fresh = *device;
        fresh.uid = job->device;  // however its own page spells it
        fleet_.update(std::move(fresh), sent_at);
    }
    sendable_.push_back(uid);
}

Dispatcher::Step Dispatcher::take_next(Instant now) {
    const auto place = *ready_.begin();
    auto* const run = books_.find_run(std::get<RunUid>(place));
    auto* const target = run == nullptr ? nullptr : &run->targets[std::get<3>(place)];
    if (target == nullptr || target->disposition != Disposition::pending || target->job ||
        now.utc >= run->create_end) {
        ready_.erase(ready_.begin());  // decided meanwhile, or about to be by the window's end
        return Step::went_on;
    }
    if (const auto hold = holds_.at(*run, now.utc)) {
        park(*run, *hold, now);
        return Step::went_on;
    }
    if (run->component.empty()) return Step::must_wait;  // the component list is on its way
    const auto* const seen = fleet_.find(target->row.device);
    const bool is_known = seen != nullptr && now.steady - seen->read_at <= kDeviceStateGood;
    if (!is_known && must_be_online(*run)) return recheck(place, *target, now);
    ready_.erase(ready_.begin());
    if (run->book != nullptr && books_.is_pending_upstream(run->plan.runbook, target->row.device))
        books_.decide(*run, *target, Disposition::skipped, "pending_upstream",
                      "Datto still holds an earlier job of this runbook for this device", now);
    else if (seen != nullptr && !exclusion_rule(seen->device, fleet_).empty())
        books_.decide(*run, *target, Disposition::skipped, "excluded_state",
                      "the device is now " + exclusion_rule(seen->device, fleet_), now);
    else if (must_be_online(*run) && !seen->device.online)
        books_.decide(*run, *target, Disposition::skipped, "offline", "", now);
    else
        make_intent(*run, *target, now);
    return Step::went_on;
}

Dispatcher::Step Dispatcher::recheck(const Place& place, Target& target, Instant now) {
    // One page tells of 250 devices: for many of them the list is cheaper, for a few their own pages are. A
    // list that takes long is old when it is whole, and would be read again and again.
    const auto soon =
        std::min<std::int64_t>(static_cast<std::int64_t>(ready_.size()), line_.budget().allowed_creates());
    const bool is_listed = fleet_.find(target.row.device) != nullptr || !fleet_.devices_read_at();
    const bool is_quick = fleet_.devices_took() < kDeviceStateGood / 2;
    if (is_listed && is_quick && soon > static_cast<std::int64_t>(fleet_.pages())) {
        if (!fleet_.is_reading_devices()) reader_.need_devices(now.steady - kDeviceStateGood / 2);
        return Step::must_wait;
    }
    if (!line_.is_open(Budget::Kind::read, now)) return Step::must_wait;
    ready_.erase(place);
    line_.send(ReadDevice{target.row.device},
               [this, place, sent_at = now.steady](const ApiResult& result, Instant at) {
                   on_device(place, result, sent_at, at);
               });
    return Step::went_on;
}

void Dispatcher::on_device(const Place& place, const ApiResult& result, SteadyTime sent_at, Instant now) {
    auto* const run = books_.find_run(std::get<RunUid>(place));
    if (run == nullptr) return;
    auto& target = run->targets[std::get<3>(place)];
    if (target.disposition != Disposition::pending || target.job) return;
    if (!result) {
        if (result.error().kind == FailureKind::not_found)
            return books_.decide(*run, target, Disposition::skipped, "excluded_state",
                                 "Datto knows the device no more", now);
        if (result.error().kind == FailureKind::forbidden || result.error().kind == FailureKind::rejected)
            return books_.decide(*run, target, Disposition::failed, "rejected", result.error().message, now);
    } else if (const auto* device = std::get_if<Device>(&*result)) {
        auto fresh = *device;
        fresh.uid = target.row.device;  // however its own page spells it
        fleet_.update(std::move(fresh), sent_at);
    }
    ready_.insert(place);
}

void Dispatcher::make_intent(Run& run, Target& target, Instant now) {
    line_.reserve_create();
    const JobUid uid{ulids_.next(now.utc)};
    auto& job = books_.add_job(uid, [on_look = handlers_.on_look, uid](Instant) { on_look(uid); });
    job.run = run.plan.run;
    job.runbook = run.plan.runbook;
    job.device = target.row.device;
    job.component_uid = run.component;
    job.component_name = run.component_name;
    job.variables = variables_of(run);
    if (run.book) job.timeout = run.book->timeout;
    job.created_at = now.utc;
    target.job = uid;
    outbox_.write(JobCreated{uid, job.run, job.device, 1, 1, job.component_uid, job.component_name,
                             job.variables, now.utc});
    outbox_.when_durable([this, uid](Instant at) {
        handlers_.on_durable(uid, at);
        send(uid, at);
    });
}

void Dispatcher::send(const JobUid& uid, Instant now) {
    auto* const job = books_.find_job(uid);
    if (job == nullptr || is_window_over(*job, now)) {
        line_.give_back(now);
        if (job != nullptr) end_by_window(*job, now);
        return;
    }
    if (const auto hold = hold_of(*job, now)) {
        // Kept for later it would be one of those that a kill makes unknown: only what goes out next may be.
        line_.give_back(now);
        return end_unsent(*job, Disposition::skipped, hold->reason, hold->message, now);
    }
    if (holds_.is_time_unknown() || line_.is_held(now) || !is_state_known(*job, now)) {
        line_.give_back(now);
        job->stage = Stage::sendable;
        sendable_.push_back(uid);
        return;
    }
    job->stage = Stage::sending;
    line_.send_reserved(
        CreateQuickJob{job->device, job->component_uid, job_name(job->runbook, uid), job->variables},
        [this, uid](const ApiResult& result, Instant at) { on_reply(uid, result, at); });
}

void Dispatcher::on_reply(const JobUid& uid, const ApiResult& result, Instant now) {
    auto* const job = books_.find_job(uid);
    if (job == nullptr) return;
    const auto* created = result ? std::get_if<CreatedJob>(&*result) : nullptr;
    if (created != nullptr) {
        JobChanged change;
        change.status = JobStatus::queued;
        change.datto_job = created->job;
        change.queued_at = now.utc;
        change.at = now.utc;
        books_.change(*job, std::move(change));
        return handlers_.on_created(*job, now);
    }
    const auto failure =
        result ? ApiFailure{FailureKind::server_error, 200, "an answer of another kind", {}} : result.error();
    switch (failure.kind) {
        case FailureKind::not_sent:
        case FailureKind::throttled:
        case FailureKind::blocked:
        case FailureKind::unauthenticated:
        case FailureKind::bad_credentials:
            if (is_window_over(*job, now)) return end_by_window(*job, now);
            job->stage = Stage::sendable;
            sendable_.push_back(uid);
            return;
        case FailureKind::lost:
        case FailureKind::server_error:
        case FailureKind::conflict:
            outbox_.write(
                Noted{"job", uid.str(), "job.unanswered", "", {{"message", failure.message}}, now.utc});
            return handlers_.on_unanswered(*job, now);
        case FailureKind::forbidden:
        case FailureKind::not_found:
        case FailureKind::rejected: return refuse(*job, failure, now);
    }
}

void Dispatcher::refuse(Job& job, const ApiFailure& failure, Instant now) {
    JobChanged change;
    change.status = JobStatus::failed;
    change.reason = "rejected";
    change.message = failure.message;
    change.completed_at = now.utc;
    change.at = now.utc;
    books_.change(job, std::move(change));
    if (auto* const target = books_.target_of(job);
        target != nullptr && target->disposition == Disposition::pending)
        books_.decide(*books_.find_run(job.run), *target, Disposition::failed, "rejected", failure.message,
                      now);
    books_.drop(job.uid);
}

void Dispatcher::end_unsent(Job& job, Disposition disposition, const std::string& reason,
                            const std::string& message, Instant now) {
    JobChanged change;
    change.status = JobStatus::failed;
    change.reason = reason;
    change.message = message.empty() ? "never sent" : "never sent: " + message;
    change.at = now.utc;
    books_.change(job, std::move(change));
    if (auto* const target = books_.target_of(job);
        target != nullptr && target->disposition == Disposition::pending)
        books_.decide(*books_.find_run(job.run), *target, disposition, reason, message, now);
    books_.drop(job.uid);
}

void Dispatcher::end_by_window(Job& job, Instant now) {
    const auto* const run = books_.find_run(job.run);
    const auto* const target = books_.target_of(job);
    const auto ending = run == nullptr || target == nullptr
                            ? Ending{Disposition::expired, "window_closed", "the window closed first"}
                            : ending_of(*run, *target);
    end_unsent(job, ending.disposition, ending.reason, ending.message, now);
}

bool Dispatcher::is_window_over(const Job& job, Instant now) {
    const auto* const run = books_.find_run(job.run);
    return run == nullptr || now.utc >= run->create_end;
}

Dispatcher::Ending Dispatcher::ending_of(const Run& run, const Target& target) const {
    if (auto hold = holds_.at(run, run.create_end - Millis{1}))
        return {Disposition::skipped, std::move(hold->reason), std::move(hold->message)};
    if (!target.job && is_queued(run, target))
        return {Disposition::skipped, "overlap", "an earlier run of this runbook did not decide it in time"};
    if (run.finishes_early())
        return {Disposition::skipped, "window_closed", "what begins now might not end inside the window"};
    return {Disposition::expired, "window_closed", "the window closed first"};
}

void Dispatcher::close_window(Run& run, Instant now) {
    parked_.erase(run.plan.run);
    for (auto& target : run.targets) {
        if (target.disposition != Disposition::pending) continue;
        auto* const job = target.job ? books_.find_job(*target.job) : nullptr;
        if (!target.job) {
            const auto ending = ending_of(run, target);
            books_.decide(run, target, ending.disposition, ending.reason, ending.message, now);
        } else if (job != nullptr && job->stage == Stage::sendable) {
            std::erase(sendable_, job->uid);
            end_by_window(*job, now);
        }
    }
}

}  // namespace runbookd::engine
