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
constexpr Millis kPauseWhileOffline = minutes{2};
// How much more often a job's result is read, the fewer are followed.
constexpr double kMoreLooks = 10;
constexpr double kManyJobs = 50;
// And while little is known of its component.
constexpr double kKnownAfter = 100;  // jobs that have ended
constexpr double kMoreWhileUnknown = 0.5;
// The same while the activity log tells of ends: hardly ever, and at least so often.
constexpr double kLooksBesideLog = 0.55;
constexpr Millis kLongestBesideLog = minutes{10};
// What only looks at long jobs now and then may take: a share of the reads, and not more often than this.
constexpr Millis kLongestPause = seconds{30};
constexpr double kShareOfReads = 0.25;
// From this share of the reads on, pauses are stretched: up to so much, when nothing is left.
constexpr double kStretchFrom = 0.85;
constexpr double kStretchMost = 2;
// When it is first looked whether a job is past its own time, if nothing was seen of it.
constexpr Millis kPickupUsual = seconds{10};
constexpr Millis kCountEvery = seconds{1};
// Datto may hold a job past its window by this much before it counts as not picked up in time.
constexpr Millis kPickupGrace = minutes{5};
// A deadline is judged by an answer; without one for so long, it is judged without.
constexpr Millis kDeadlineGrace = minutes{5};
// Flags may be ahead of the text: it is asked for again after 1, 2, 4, … s, over four minutes in all.
constexpr int kOutputTries = 9;
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

/// It cannot have run before its create: a device's clock that says so is wrong.
UtcTime plausible_start(const Job& job, UtcTime started) { return std::max(started, job.created_at); }
/// Of a job that has started.
UtcTime deadline_of(const Job& job) { return plausible_start(job, *job.started_at) + job.timeout; }
/// Since when its age counts.
UtcTime origin_of(const Job& job) {
    return job.started_at ? plausible_start(job, *job.started_at) : job.queued_at;
}

const runbook::Success* rules_of(const Job& job) {
    return job.book != nullptr ? job.book->success_of(job.step) : nullptr;
}

bool wants_stdout(const Job& job) { return job.ended && job.ended->has_stdout && !job.out; }
bool wants_stderr(const Job& job) { return job.ended && job.ended->has_stderr && !job.err; }

}  // namespace

Follower::Follower(Books& books, Line& line, Outbox& outbox, const Fleet& fleet, const ClockGuard& clock,
                   CompletionLog& log, Durations& durations, Retries& retries, FollowSettings settings)
    : books_(books),
      line_(line),
      outbox_(outbox),
      fleet_(fleet),
      clock_(clock),
      log_(log),
      durations_(durations),
      retries_(retries),
      settings_(settings) {}

void Follower::follow(Job& job, Instant now) {
    job.stage = Stage::following;
    ++followed_;
    look_again(job, now);
}

std::size_t Follower::followed(Instant now) {
    if (counted_at_ && now.steady - *counted_at_ < kCountEvery) return followed_;
    counted_at_ = now.steady;
    const auto& jobs = books_.jobs();
    followed_ = static_cast<std::size_t>(std::count_if(
        jobs.begin(), jobs.end(), [](const auto& one) { return one.second->stage == Stage::following; }));
    return followed_;
}

void Follower::follow_on(Job& job, Instant now) {
    job.next_look.set(now.steady + follow_on_pause(now.utc - job.abandoned_at));
}

void Follower::look_at(const JobUid& job) { due_.push_back(job); }

void Follower::look_now(Job& job, Instant now) {
    if (!job.is_looking && job.next_look.is_scheduled()) job.next_look.set(now.steady);
}

void Follower::place_looks(Instant now) {
    for (const auto& [uid, job] : books_.jobs())
        if (job->stage == Stage::following && !job->is_looking && !job->ended &&
            job->next_look.is_scheduled())
            look_again(*job, now);
}

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

void Follower::learn(Job& job, const JobResult& result, Instant now) {
    const bool has_ended = outcome_of(result.status).has_value();
    // Waiting to be picked up is no part of what the component takes.
    if (job.stage != Stage::following || clock_.is_doubted() ||
        (!has_ended && result.status != DeploymentStatus::running))
        return;
    if (result.status == DeploymentStatus::expired || result.status == DeploymentStatus::retired) return;
    const auto origin = result.ran_on ? plausible_start(job, *result.ran_on) : origin_of(job);
    const auto from = std::max(job.seen_open - origin, Millis{0});
    const auto until = std::max(now.utc - origin, from);
    auto& curve = durations_.of(job.component_uid);
    has_ended ? curve.saw_end(from, until) : curve.saw_running(from, until);
}

void Follower::take_result(Job& job, const JobResult& result, Instant now) {
    learn(job, result, now);
    if (outcome_of(result.status)) {
        if (job.stage == Stage::following) log_.note_end(job, now);
        job.ended = result;
        return fetch_or_close(job, now);
    }
    job.seen_open = now.utc;
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
        if (stream == Stream::out) {
            job->printed = runbook::read_printed(*output->text, rules_of(*job));
            if (job->book != nullptr && job->book->collects_rows)
                job->collected = runbook::read_collected(*output->text);
        }
        (stream == Stream::out ? job->out : job->err) = cut_output(*output->text, settings_.output_max_bytes);
        return fetch_or_close(*job, now);
    }
    const bool refused = !result && (result.error().kind == FailureKind::not_found ||
                                     result.error().kind == FailureKind::rejected ||
                                     result.error().kind == FailureKind::forbidden);
    // A line that is down says nothing, and is waited for.
    if (output != nullptr || refused) ++job->output_tries;
    if (job->output_tries >= kOutputTries) {
        job->output_tries = 0;
        flag = false;
        return fetch_or_close(*job, now);
    }
    job->next_look.set(now.steady + kShortestPause * (1 << std::max(0, job->output_tries - 1)));
}

void Follower::close(Job& job, Instant now) {
    if (!job.printed) job.printed = runbook::read_printed("", rules_of(job));
    const auto outcome = outcome_of(job.ended->status, *job.printed, rules_of(job));
    if (job.stage == Stage::abandoned) {
        JobLate late{job.uid,
                     std::string(to_text(outcome->status)),
                     status_text(*job.ended),
                     job.ended->ran_on,
                     std::move(job.out),
                     std::move(job.err),
                     now.utc,
                     std::move(job.collected)};
        books_.end_late(job, std::move(late), outcome->disposition, outcome->reason, now);
        books_.drop(job.uid);
        return decide_timed_out(job, now);
    }
    JobChanged change;
    change.status = outcome->status;
    change.reason = outcome->reason;
    change.message = outcome->message;
    change.exit_code = job.printed->exit_code ? job.printed->exit_code : job.ended->exit_code;
    change.datto_status = status_text(*job.ended);
    change.ran_at = job.ended->ran_on;
    if (job.ended->ran_on) change.started_at = job.ended->ran_on;
    change.completed_at = now.utc;
    change.warnings = job.ended->warnings;
    change.out = std::move(job.out);
    change.err = std::move(job.err);
    change.collected = std::move(job.collected);
    change.at = now.utc;
    books_.change(job, std::move(change));
    auto* const run = books_.find_run(job.run);
    auto* const target = books_.target_of(job);
    if (run != nullptr && target != nullptr && target->disposition == Disposition::pending)
        retries_.decide(*run, *target, outcome->disposition, outcome->reason, outcome->message, now);
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
    // Another try, or step, waits until Datto has ended this one.
    if (run != nullptr && target != nullptr && target->disposition == Disposition::pending &&
        !retries_.goes_on(*run, *target, Disposition::timeout, now))
        retries_.give_up(*run, *target, Disposition::timeout, "deadline", "", now);
    books_.abandon(job, now);
    follow_on(job, now);
}

void Follower::decide_timed_out(const Job& job, Instant now) {
    auto* const run = books_.find_run(job.run);
    auto* const target = run == nullptr ? nullptr : books_.target_of(job);
    if (target != nullptr && target->disposition == Disposition::pending && target->job == job.uid)
        retries_.decide(*run, *target, Disposition::timeout, "deadline", "", now);
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
    for_each_pending(run, [&](Target&, Job& job) { look_now(job, now); });
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
    const auto deadline = job.started_at ? deadline_of(job) : job.queued_at + job.timeout + kPickupUsual;
    if (deadline > now.utc) next = std::min(next, now.steady + (deadline - now.utc));
    job.next_look.set(next);
}

Millis Follower::pause_for(const Job& job, Instant now) {
    const auto* const seen = fleet_.find(job.device);
    if (!job.started_at && seen != nullptr && !seen->device.online) return kPauseWhileOffline;
    // The log was ahead of the result: it will not be for long.
    if (job.is_in_log) return kShortestPause * 2;
    const auto age = std::max(now.utc - origin_of(job), Millis{0});
    const auto& curve = durations_.of(job.component_uid);
    const auto pause = curve.pause(age, looks_at(curve, now));
    const auto stretched =
        std::chrono::duration_cast<Millis>(std::chrono::duration<double, std::milli>{pause} * stretch(now));
    return std::clamp(stretched, kShortestPause, longest_pause(job, now));
}

double Follower::looks_at(const DurationCurve& curve, Instant now) {
    if (log_.is_relied_on()) return kLooksBesideLog;
    const auto many = std::min(1.0, static_cast<double>(followed(now)) / kManyJobs);
    const auto known = std::min(1.0, curve.ended() / kKnownAfter);
    return settings_.looks_for_each * (1 + kMoreWhileUnknown * (1 - known)) + kMoreLooks * (1 - many);
}

double Follower::stretch(Instant now) const {
    const auto reads = line_.budget().reads(now.steady);
    if (reads.allowed == 0) return 1;
    const auto share = static_cast<double>(reads.used) / static_cast<double>(reads.allowed);
    const auto beyond = std::clamp((share - kStretchFrom) / (1 - kStretchFrom), 0.0, 1.0);
    return 1 + (kStretchMost - 1) * beyond;
}

Millis Follower::longest_pause(const Job& job, Instant now) {
    if (log_.is_relied_on()) return kLongestBesideLog;
    auto longest = kLongestPause;
    if (const auto allowed = line_.budget().reads(now.steady).allowed; allowed > 0)
        longest = std::max(longest,
                           Millis{static_cast<std::int64_t>(static_cast<double>(followed(now)) * 60'000 /
                                                            (kShareOfReads * static_cast<double>(allowed)))});
    // Whether a device takes up its job at last, people wait to hear.
    return job.started_at ? longest : std::min(longest, kPauseWhileOffline * 2);
}

bool Follower::is_past_deadline(const Job& job, UtcTime at) const {
    return job.started_at && !clock_.is_doubted() && at >= deadline_of(job);
}

}  // namespace runbookd::engine
