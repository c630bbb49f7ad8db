#include "engine/sender.hpp"

#include <utility>

#include "engine/failure_class.hpp"
#include "engine/finder.hpp"
#include "engine/targeting.hpp"
#include "engine/variables.hpp"

namespace runbookd::engine {
namespace {

/// How the seed's API refuses a create because of where its device is.
constexpr std::string_view kDeviceOffline = "DEVICE_OFFLINE";

// An intent takes a moment to become durable; where the disk or a pause makes it long, the device is read
// again. The promise is 60 s between reading that a device is online and its create.
constexpr Millis kStateGoodToSend = std::chrono::seconds{55};
constexpr Millis kSlowestCreate = std::chrono::seconds{30};

constexpr const char* kOvertaken =
    "a later run of this runbook has taken the device (overlap: stop_previous)";

}  // namespace

Sender::Sender(Books& books, Line& line, Outbox& outbox, Fleet& fleet, const Customers& customers,
               UlidSource& ulids, const Holds& holds, Retries& retries, SendHandlers handlers)
    : books_(books),
      line_(line),
      outbox_(outbox),
      fleet_(fleet),
      customers_(customers),
      ulids_(ulids),
      holds_(holds),
      retries_(retries),
      handlers_(std::move(handlers)) {}

void Sender::intend(Run& run, Target& target, Instant now) {
    const auto* const seen = fleet_.find(target.row.device);
    const auto* const device = seen == nullptr ? nullptr : &seen->device;
    const auto* const customer =
        device == nullptr ? customers_.of(target.row.site_uid, target.row.site_name) : customers_.of(*device);
    const RenderedFor whose{target.row, device, customer};
    const auto step = target.step();
    auto variables = render_step(run, step, whose);
    // What is to fail for its values does so before anything is done on the device.
    if (!target.is_halfway())
        for (auto later = step + 1; variables && later <= std::ssize(run.components); ++later) {
            if (run.component_of(later).uid.empty()) continue;  // it makes no job
            if (auto others = render_step(run, later, whose); !others)
                variables = tl::unexpected<VariableRefusal>(std::move(others.error()));
        }
    if (!variables) {
        auto& refusal = variables.error();
        return books_.decide(run, target, refusal.disposition, std::move(refusal.reason),
                             std::move(refusal.message), now);
    }
    line_.reserve_create();
    const JobUid uid{ulids_.next(now.utc)};
    auto& job = books_.add_job(uid, [on_look = handlers_.on_look, uid](Instant) { on_look(uid); });
    job.run = run.plan.run;
    job.runbook = run.plan.runbook;
    job.device = target.row.device;
    job.component_uid = run.component_of(step).uid;
    job.component_name = run.component_of(step).name;
    job.variables = std::move(*variables);
    job.book = run.book;
    if (run.book) job.timeout = run.book->timeout_of(step);
    job.step = step;
    std::string step_name;
    if (const auto* const made_for = run.step_of(target)) {
        auto ended = target.done ? target.done->ended : std::vector<runbook::StepEnd>{};
        ended.push_back(runbook::StepEnd::succeeded);
        job.steps_after = run.book->steps->coming(std::move(ended));
        step_name = made_for->name;
    }
    job.created_at = now.utc;
    target.job = uid;
    target.retry.reset();
    ++target.tries;
    handlers_.on_intent(job);
    outbox_.write(JobCreated{uid, job.run, job.device, step, ++target.attempts, job.component_uid,
                             job.component_name, masked(job.variables), now.utc, std::move(step_name),
                             job.steps_after});
    outbox_.when_durable([this, uid](Instant at) {
        handlers_.on_durable(uid, at);
        send(uid, at);
    });
}

tl::expected<SentVariables, VariableRefusal> Sender::render_step(const Run& run, std::int64_t step,
                                                                 const RenderedFor& whose) const {
    const auto& uid = run.component_of(step).uid;
    return render_variables(run, step, whose, uid.empty() ? nullptr : fleet_.find_component(uid.str()));
}

void Sender::send(const JobUid& uid, Instant now) {
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
    if (is_overtaken(*job)) {
        line_.give_back(now);
        return end_overtaken(*job, now);
    }
    // What was read while the intent became durable may say otherwise than what it was made for.
    if (holds_.is_time_unknown() || line_.is_held(now) || !is_state_known(*job, now) ||
        !held_back_by(*job).empty()) {
        line_.give_back(now);
        return keep(*job, now);
    }
    job->stage = Stage::sending;
    line_.send_reserved(CreateQuickJob{job->device, job->component_uid, job_name(job->runbook, uid),
                                       job->runbook, job->variables},
                        [this, uid](const ApiResult& result, Instant at) { on_reply(uid, result, at); });
}

void Sender::on_reply(const JobUid& uid, const ApiResult& result, Instant now) {
    auto* const job = books_.find_job(uid);
    if (job == nullptr) return;
    const auto* created = result ? std::get_if<CreatedJob>(&*result) : nullptr;
    if (created != nullptr) {
        learn_time_of(*job, now);
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
    switch (class_of(failure.kind, CallEffect::create)) {
        case FailureClass::transient:
        case FailureClass::throttled:
        case FailureClass::blocked:
        case FailureClass::authentication:
            if (is_window_over(*job, now)) return end_by_window(*job, now);
            return keep(*job, now);
        case FailureClass::ambiguous:
            outbox_.write(
                Noted{"job", uid.str(), "job.unanswered", "", {{"message", failure.message}}, now.utc});
            return handlers_.on_unanswered(*job, now);
        case FailureClass::permanent: return refuse(*job, failure, now);
    }
}

void Sender::keep(Job& job, Instant now) {
    if (stopping_) return leave_to_next_start(job, now);
    job.stage = Stage::sendable;
    sendable_.push_back(job.uid);
}

void Sender::stop(Instant now) {
    stopping_ = true;
    auto unsent = std::exchange(sendable_, {});
    unsent.insert(unsent.end(), looked_at_again_.begin(), looked_at_again_.end());
    looked_at_again_.clear();
    for (const auto& uid : unsent)
        if (auto* const job = books_.find_job(uid)) leave_to_next_start(*job, now);
}

void Sender::leave_to_next_start(Job& job, Instant now) {
    const auto* const run = books_.find_run(job.run);
    // Whoever asked for a quick job was told of this one: another must not follow behind their back.
    if (run != nullptr && run->book == nullptr)
        return end_unsent(job, Disposition::failed, "not_sent", "the daemon was stopped", now);
    fail_unsent(job, "not_sent", "the daemon was stopped", now);
    if (auto* const target = books_.target_of(job)) target->job.reset();
    books_.drop(job.uid);
}

void Sender::learn_time_of(const Job& job, Instant now) {
    const auto took = now.utc - job.created_at;
    // A step of the clock, or an intent that waited for something else, says nothing of the way there.
    if (took < Millis{0} || took > kSlowestCreate) return;
    if (create_takes_)
        *create_takes_ += (took - *create_takes_) / 8;
    else
        create_takes_ = took;
}

void Sender::send_again(Instant now) {
    while (!sendable_.empty())
        if (send_first_again(now) == Step::must_wait) return;
}

Sender::Step Sender::send_first_again(Instant now) {
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
    } else if (is_overtaken(*job)) {
        end_overtaken(*job, now);
    } else if (!is_known) {
        look_again(*job, now);
    } else if (const auto reason = held_back_by(*job); reason == "offline" && waits_for_device(*job)) {
        wait_for_device(*job, now);
    } else if (!reason.empty()) {
        end_unsent(*job, Disposition::skipped, reason, "", now);
    } else {
        line_.reserve_create();
        send(uid, now);
    }
    return Step::went_on;
}

bool Sender::is_state_known(const Job& job, Instant now) {
    const auto* const run = books_.find_run(job.run);
    if (run == nullptr || !run->must_be_online()) return true;
    const auto* const seen = fleet_.find(job.device);
    return seen != nullptr && now.steady - seen->read_at <= kStateGoodToSend;
}

std::optional<Hold> Sender::hold_of(const Job& job, Instant now) {
    const auto* const run = books_.find_run(job.run);
    const auto* const target = books_.target_of(job);
    return run == nullptr || target == nullptr ? std::nullopt : hold_at(*run, target->row, now.utc);
}

std::optional<Hold> Sender::hold_at(const Run& run, const TargetRow& target, UtcTime at) const {
    if (auto hold = holds_.at(run, at)) return hold;
    const auto* const seen = fleet_.find(target.device);
    if (seen == nullptr) return holds_.of_device(run, target.device, target.site_uid, target.site_name, at);
    return holds_.of_device(run, target.device, seen->device.site_uid, seen->device.site_name, at);
}

std::string Sender::held_back_by(const Job& job) {
    const auto* const run = books_.find_run(job.run);
    const bool is_ruled = run != nullptr && run->book != nullptr;
    if (is_ruled && books_.is_pending_upstream(job.runbook, job.device)) return "pending_upstream";
    const auto* const seen = fleet_.find(job.device);
    if (run == nullptr || seen == nullptr || !run->must_be_online()) return "";
    const auto* const target = books_.target_of(job);
    if (target != nullptr && !excluded_since(target->row, seen->device, fleet_).empty())
        return "excluded_state";
    return seen->device.online ? "" : "offline";
}

void Sender::look_again(Job& job, Instant now) {
    looked_at_again_.insert(job.uid);
    line_.send(ReadDevice{job.device},
               [this, uid = job.uid, sent_at = now.steady](const ApiResult& result, Instant at) {
                   on_looked_again(uid, result, sent_at, at);
               });
}

void Sender::on_looked_again(const JobUid& uid, const ApiResult& result, SteadyTime sent_at, Instant now) {
    auto* const job = books_.find_job(uid);
    if (looked_at_again_.erase(uid) == 0 || job == nullptr) return;
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

bool Sender::is_window_over(const Job& job, Instant now) {
    const auto* const run = books_.find_run(job.run);
    return run == nullptr || now.utc >= run->create_end;
}

std::string Sender::offline_until_the_end(const Run& run, const Target& target) const {
    if (!run.waits_for_devices() || target.job) return "";
    const auto* const seen = fleet_.find(target.row.device);
    if (seen == nullptr ? target.row.online : seen->device.online) return "";
    const auto last_seen = seen == nullptr ? target.row.last_seen : seen->device.last_seen;
    return "the device was offline until the window closed; last seen " +
           (last_seen ? format_utc(*last_seen) : std::string("at an unknown time"));
}

Sender::Ending Sender::ending_before_wave(const Run& run, const Target& target) {
    if (run.is_unapproved())
        return {Disposition::skipped, "not_approved", "nobody approved the run before its window closed"};
    const auto wave = "wave " + std::to_string(target.row.wave);
    if (run.waits_for == "approval")
        return {Disposition::skipped, "not_approved", wave + " was not approved before the window closed"};
    return {run.finishes_early() ? Disposition::skipped : Disposition::expired, "window_closed",
            wave + " had not begun when the window closed"};
}

Sender::Ending Sender::ending_of(const Run& run, const Target& target) const {
    if (auto hold = hold_at(run, target.row, run.create_end - Millis{1}))
        return {Disposition::skipped, std::move(hold->reason), std::move(hold->message)};
    if (!target.job && (target.row.wave > run.wave || run.status == RunStatus::waiting))
        return ending_before_wave(run, target);
    if (!target.job && books_.is_queued(run, target.row.device))
        return {Disposition::skipped, "overlap", "an earlier run of this runbook did not decide it in time"};
    if (!target.job && run.book != nullptr && run.book->one_job_per_device && books_.is_busy_for(target))
        return {Disposition::skipped, "device_busy",
                "another job was open on the device until the window closed"};
    if (auto message = offline_until_the_end(run, target); !message.empty())
        return {Disposition::expired, "offline", std::move(message)};
    if (target.is_halfway())
        return {Disposition::expired, "window_closed",
                "the window closed before step " + std::to_string(target.step())};
    if (run.finishes_early())
        return {Disposition::skipped, "window_closed", "what begins now might not end inside the window"};
    return {Disposition::expired, "window_closed", "the window closed first"};
}

void Sender::end_by_window(Job& job, Instant now) {
    const auto* const run = books_.find_run(job.run);
    const auto* const target = books_.target_of(job);
    const auto ending = run == nullptr || target == nullptr
                            ? Ending{Disposition::expired, "window_closed", "the window closed first"}
                            : ending_of(*run, *target);
    end_unsent(job, ending.disposition, ending.reason, ending.message, now);
}

void Sender::fail_unsent(Job& job, const std::string& reason, const std::string& message, Instant now) {
    JobChanged change;
    change.status = JobStatus::failed;
    change.reason = reason;
    change.message = message.empty() ? "never sent" : "never sent: " + message;
    if (auto* const target = books_.target_of(job)) --target->tries;
    change.at = now.utc;
    books_.change(job, std::move(change));
}

bool Sender::is_overtaken(const Job& job) {
    const auto* const run = books_.find_run(job.run);
    return run != nullptr && books_.is_overtaken(*run, job.device);
}

void Sender::end_overtaken(Job& job, Instant now) {
    end_unsent(job, Disposition::cancelled, "overlap", kOvertaken, now);
}

void Sender::stop_for_later(Run& run, Target& target, Instant now) {
    call_off(run, target, {Disposition::cancelled, "overlap", kOvertaken}, now);
}

bool Sender::waits_for_device(const Job& job) {
    const auto* const run = books_.find_run(job.run);
    return run != nullptr && run->waits_for_devices();
}

void Sender::wait_for_device(Job& job, Instant now) {
    // Kept until the device comes, the intent would be one of those that a kill makes unknown.
    fail_unsent(job, "offline", "the device went offline; it is waited for", now);
    auto& target = *books_.target_of(job);
    target.job.reset();
    handlers_.on_offline(*books_.find_run(job.run), target, now);
    books_.drop(job.uid);
}

void Sender::end_unsent(Job& job, Disposition disposition, const std::string& reason,
                        const std::string& message, Instant now) {
    fail_unsent(job, reason, message, now);
    if (auto* const target = books_.target_of(job);
        target != nullptr && target->disposition == Disposition::pending)
        books_.decide(*books_.find_run(job.run), *target, disposition, reason, message, now);
    books_.drop(job.uid);
}

void Sender::refuse(Job& job, const ApiFailure& failure, Instant now) {
    const std::string reason = failure.error_code == kDeviceOffline ? "device_offline" : "rejected";
    JobChanged change;
    change.status = JobStatus::failed;
    change.reason = reason;
    change.message = failure.message;
    change.completed_at = now.utc;
    change.at = now.utc;
    books_.change(job, std::move(change));
    if (auto* const target = books_.target_of(job);
        target != nullptr && target->disposition == Disposition::pending)
        retries_.decide(*books_.find_run(job.run), *target, Disposition::failed, reason, failure.message,
                        now);
    books_.drop(job.uid);
}

void Sender::close(Run& run, Target& target, Instant now) {
    if (!target.job && target.retry) {
        const auto last = *target.retry;
        return retries_.give_up(run, target, last.disposition, last.reason,
                                "the window closed before another try", now);
    }
    if (run.expects_return_of(target)) return;  // that makes no job
    if (!target.job) {
        const auto ending = ending_of(run, target);
        return books_.decide(run, target, ending.disposition, ending.reason, ending.message, now);
    }
    auto* const job = books_.find_job(*target.job);
    if (job != nullptr && job->stage == Stage::abandoned)
        return retries_.give_up(run, target, Disposition::timeout, "deadline",
                                "Datto had not ended the job by the end of the window", now);
    if (job == nullptr || job->stage != Stage::sendable) return;
    std::erase(sendable_, job->uid);
    end_by_window(*job, now);
}

void Sender::call_off(Run& run, Target& target, const Ending& ending, Instant now) {
    if (!target.job && target.retry) {
        const auto last = *target.retry;
        retries_.give_up(run, target, last.disposition, last.reason, "there is no other try", now);
        if (target.disposition != Disposition::pending) return;  // else it stands at another step
    }
    if (!target.job)
        return books_.decide(run, target, ending.disposition, ending.reason, ending.message, now);
    auto* const job = books_.find_job(*target.job);
    if (job == nullptr || job->stage != Stage::sendable) return;
    std::erase(sendable_, job->uid);
    end_unsent(*job, ending.disposition, ending.reason, ending.message, now);
}

}  // namespace runbookd::engine
