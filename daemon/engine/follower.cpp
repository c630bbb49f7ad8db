#include "engine/follower.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/output_cut.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Millis kShortestPause = seconds{1};
constexpr Millis kLongestPause = seconds{30};
constexpr Millis kPauseWhileOffline = minutes{2};
// Datto may hold a job past its window by this much before it counts as not picked up in time.
constexpr Millis kPickupGrace = minutes{5};
// A deadline is judged by an answer; without one for so long, it is judged without.
constexpr Millis kDeadlineGrace = minutes{5};
constexpr int kOutputTries = 5;
// Results wait in Datto while the store cannot take them: beyond so many commits no more are fetched.
constexpr std::size_t kCommitsAtMost = 64;
// The pauses after which a job that was given up is looked at; the last one repeats.
constexpr std::array<Millis, 6> kFollowOn{minutes{1},  minutes{2},  minutes{5},
                                          minutes{15}, minutes{30}, hours{1}};
constexpr Millis kFollowOnAtMost = hours{24 * 30};

Millis follow_on_pause(Millis age) {
    Millis passed{0};
    for (const auto step : kFollowOn) {
        passed += step;
        if (age < passed) return passed - age;
    }
    return kFollowOn.back();
}

/// Of a job that has started. It cannot have run before its create: a device's clock that says so is wrong.
UtcTime deadline_of(const Job& job) { return std::max(*job.started_at, job.created_at) + job.timeout; }

bool wants_stdout(const Job& job) { return job.ended && job.ended->has_stdout && !job.out; }
bool wants_stderr(const Job& job) { return job.ended && job.ended->has_stderr && !job.err; }

}  // namespace

Follower::Follower(Books& books, Line& line, Outbox& outbox, const Fleet& fleet, const ClockGuard& clock,
                   std::size_t output_max_bytes)
    : books_(books),
      line_(line),
      outbox_(outbox),
      fleet_(fleet),
      clock_(clock),
      output_max_bytes_(output_max_bytes) {}

void Follower::follow(Job& job, Instant now) {
    job.stage = Stage::following;
    job.next_look.set(now.steady + kShortestPause);
}

void Follower::follow_on(Job& job, Instant now) {
    job.next_look.set(now.steady + follow_on_pause(now.utc - job.abandoned_at));
}

void Follower::look_at(const JobUid& job) { due_.push_back(job); }

void Follower::pump(Instant now) {
    while (!due_.empty() && line_.is_open(Budget::Kind::read, now) &&
           outbox_.commits_under_way() < kCommitsAtMost) {
        const auto uid = due_.front();
        due_.pop_front();
        auto* const job = books_.find_job(uid);
        if (job == nullptr || job->is_looking || !job->datto_job) continue;
        read(*job);
    }
}

void Follower::read(Job& job) {
    job.is_looking = true;
    const auto uid = job.uid;
    if (!job.ended)
        return line_.send(ReadResult{*job.datto_job, job.device},
                          [this, uid](const ApiResult& result, Instant now) { on_result(uid, result, now); });
    const auto stream = wants_stdout(job) ? Stream::out : Stream::err;
    line_.send(
        ReadOutput{*job.datto_job, job.device, job.component_uid, stream},
        [this, uid, stream](const ApiResult& result, Instant now) { on_output(uid, stream, result, now); });
}

void Follower::on_result(const JobUid& uid, const ApiResult& result, Instant now) {
    auto* const job = books_.find_job(uid);
    if (job == nullptr) return;
    job->is_looking = false;
    if (const auto* answer = result ? std::get_if<JobResult>(&*result) : nullptr)
        return take_result(*job, *answer, now);
    // A 404 soon after the create is "not yet"; any other failure says nothing of the job.
    if (job->stage == Stage::following && is_past_deadline(*job, now.utc - kDeadlineGrace))
        return time_out(*job, now);
    look_again(*job, now);
}

void Follower::take_result(Job& job, const JobResult& result, Instant now) {
    if (outcome_of(result.status)) {
        job.ended = result;
        return fetch_or_close(job, now);
    }
    if (job.stage == Stage::abandoned) return look_again(job, now);
    if (result.status == DeploymentStatus::running) {
        note_running(job, result, now);
        if (is_past_deadline(job, now.utc)) return time_out(job, now);
    } else if (auto* const run = books_.find_run(job.run); run != nullptr && !job.started_at &&
                                                           !clock_.is_doubted() &&
                                                           now.utc >= run->plan.window_end + kPickupGrace) {
        if (auto* const target = books_.target_of(job);
            target != nullptr && target->disposition == Disposition::pending)
            return expire(*run, *target, job, now);
    }
    look_again(job, now);
}

void Follower::note_running(Job& job, const JobResult& result, Instant now) {
    if (job.status != JobStatus::queued) return;
    JobChanged change;
    change.status = JobStatus::running;
    change.datto_status = status_text(result);
    change.ran_at = result.ran_on;
    change.started_at = result.ran_on.value_or(now.utc);
    change.at = now.utc;
    books_.change(job, std::move(change));
}

void Follower::fetch_or_close(Job& job, Instant now) {
    if (wants_stdout(job) || wants_stderr(job)) {
        due_.push_front(job.uid);
        return;
    }
    close(job, now);
}

void Follower::on_output(const JobUid& uid, Stream stream, const ApiResult& result, Instant now) {
    auto* const job = books_.find_job(uid);
    if (job == nullptr || !job->ended) return;
    job->is_looking = false;
    auto& flag = stream == Stream::out ? job->ended->has_stdout : job->ended->has_stderr;
    const auto* output = result ? std::get_if<Output>(&*result) : nullptr;
    if (output != nullptr && output->text) {
        (stream == Stream::out ? job->out : job->err) = cut_output(*output->text, output_max_bytes_);
        return fetch_or_close(*job, now);
    }
    const bool refused = !result && (result.error().kind == FailureKind::not_found ||
                                     result.error().kind == FailureKind::rejected ||
                                     result.error().kind == FailureKind::forbidden);
    // Flags may be ahead of the text; a line that is down says nothing, and is waited for.
    if (output != nullptr || refused) ++job->output_tries;
    if (job->output_tries >= kOutputTries) {
        job->output_tries = 0;
        flag = false;
        return fetch_or_close(*job, now);
    }
    job->next_look.set(now.steady + std::max<Millis>(kShortestPause, seconds{job->output_tries}));
}

void Follower::close(Job& job, Instant now) {
    const auto outcome = outcome_of(job.ended->status);
    if (job.stage == Stage::abandoned) {
        JobLate late{job.uid,           std::string(to_text(outcome->status)),
                     status_text(*job.ended), job.ended->ran_on,
                     std::move(job.out), std::move(job.err),
                     now.utc};
        books_.end_late(job, std::move(late), outcome->disposition, outcome->reason, now);
        return books_.drop(job.uid);
    }
    JobChanged change;
    change.status = outcome->status;
    change.reason = outcome->reason;
    change.datto_status = status_text(*job.ended);
    change.ran_at = job.ended->ran_on;
    if (job.ended->ran_on) change.started_at = job.ended->ran_on;
    change.completed_at = now.utc;
    change.warnings = job.ended->warnings;
    change.out = std::move(job.out);
    change.err = std::move(job.err);
    change.at = now.utc;
    books_.change(job, std::move(change));
    auto* const run = books_.find_run(job.run);
    auto* const target = books_.target_of(job);
    if (run != nullptr && target != nullptr && target->disposition == Disposition::pending)
        books_.decide(*run, *target, outcome->disposition, outcome->reason, "", now);
    books_.drop(job.uid);
}

void Follower::time_out(Job& job, Instant now) {
    JobChanged change;
    change.status = JobStatus::timeout;
    change.reason = "deadline";
    change.message = "still running " + format_duration(job.timeout) + " after it was picked up";
    change.at = now.utc;
    books_.change(job, std::move(change));
    auto* const run = books_.find_run(job.run);
    auto* const target = books_.target_of(job);
    if (run != nullptr && target != nullptr && target->disposition == Disposition::pending)
        books_.decide(*run, *target, Disposition::timeout, "deadline", "", now);
    books_.abandon(job, now);
    follow_on(job, now);
}

void Follower::for_each_pending(Run& run, const std::function<void(Target&, Job&)>& what) {
    for (auto& target : run.targets) {
        if (target.disposition != Disposition::pending || !target.job) continue;
        auto* const job = books_.find_job(*target.job);
        if (job != nullptr && job->stage == Stage::following && !job->started_at && !job->ended)
            what(target, *job);
    }
}

void Follower::check_pending(Run& run, Instant now) {
    for_each_pending(run, [&](Target&, Job& job) {
        if (!job.is_looking && job.next_look.is_scheduled()) job.next_look.set(now.steady);
    });
}

void Follower::expire_pending(Run& run, Instant now) {
    for_each_pending(run, [&](Target& target, Job& job) { expire(run, target, job, now); });
}

void Follower::expire(Run& run, Target& target, Job& job, Instant now) {
    books_.decide(run, target, Disposition::expired, "pending_upstream",
                  "Datto has not picked the job up by the end of its window", now);
    books_.abandon(job, now);
    follow_on(job, now);
}

void Follower::look_again(Job& job, Instant now) {
    if (job.stage == Stage::abandoned) {
        if (now.utc - job.abandoned_at > kFollowOnAtMost) return books_.drop(job.uid);
        return follow_on(job, now);
    }
    auto next = now.steady + pause_for(job, now);
    if (job.started_at) {
        const auto deadline = now.steady + (deadline_of(job) - now.utc);
        if (deadline > now.steady) next = std::min(next, deadline);
    }
    job.next_look.set(next);
}

Millis Follower::pause_for(const Job& job, Instant now) const {
    const auto* const seen = fleet_.find(job.device);
    if (!job.started_at && seen != nullptr && !seen->device.online) return kPauseWhileOffline;
    return std::clamp<Millis>((now.utc - job.queued_at) / 2, kShortestPause, kLongestPause);
}

bool Follower::is_past_deadline(const Job& job, UtcTime at) const {
    return job.started_at && !clock_.is_doubted() && at >= deadline_of(job);
}

}  // namespace runbookd::engine
