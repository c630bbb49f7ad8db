#include "engine/engine.hpp"

#include <algorithm>
#include <utility>

#include "base/spelling.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// A step of the wall clock is noticed at the next step of the engine: at the latest after so long.
constexpr Millis kHeartbeat = seconds{10};
constexpr Millis kPickupGrace = minutes{5};
// Whether a job was picked up is judged by an answer; without one for so long, it is judged without.
constexpr Millis kPickupPatience = minutes{30};

}  // namespace

Engine::Engine(EngineSettings settings, timer_wheel::TimerWheel& wheel, std::uint64_t seed)
    : settings_(std::move(settings)),
      alarms_(wheel),
      ulids_(seed),
      books_(alarms_, outbox_),
      line_({settings_.account, settings_.limits_source, settings_.limits, settings_.budget_share}, outbox_),
      reader_(fleet_, line_, alarms_, settings_.fleet_refresh, [this](Instant now) { starter_.pump(now); }),
      follower_(books_, line_, outbox_, fleet_, settings_.output_max_bytes),
      finder_(
          books_, line_, alarms_, settings_.unknown_after,
          [this](Job& job, const DattoJobUid& upstream, Instant now) { take_up_found(job, upstream, now); },
          [this](Job& job, Instant now) { give_up_missing(job, now); }),
      dispatcher_(books_, line_, outbox_, fleet_, reader_, ulids_,
                  {[this](Job& job, Instant now) { follower_.follow(job, now); },
                   [this](Job& job, Instant now) { finder_.add(job, now); },
                   [this](const JobUid& job) { follower_.look_at(job); },
                   [this](const JobUid& job, Instant) { quick_jobs_.on_durable(job); }}),
      starter_(books_, outbox_, fleet_, reader_, [this](Run& run, Instant) { dispatcher_.enqueue(run); }),
      quick_jobs_(
          settings_.account, books_, alarms_, outbox_, line_, fleet_, reader_, ulids_,
          [this](Run& run, Instant) { dispatcher_.enqueue(run); },
          [this](const RunUid& uid, Instant now) { on_window(uid, now); }),
      planner_(alarms_, outbox_,
               [this](const Planner::InForce& runbook, UtcTime nominal, Instant now) {
                   on_due(runbook, nominal, now);
               }),
      pump_again_(alarms_, [](Instant) {}),
      heartbeat_(alarms_, [this](Instant now) { heartbeat_.set(now.steady + kHeartbeat); }) {}

void Engine::start(const RecoveredState& state, const ReadRevision& read,
                   std::vector<runbook::Runbook> runbooks, const std::vector<BadRunbook>& bad, Instant now) {
    outbox_.write(Noted{
        "daemon",
        settings_.account,
        "daemon.started",
        "",
        {{"open_runs", std::to_string(state.runs.size())}, {"open_jobs", std::to_string(state.jobs.size())}},
        now.utc});
    for (const auto& run : state.runs) recover_run(run, state, read, now);
    for (const auto& job : state.jobs) recover_job(job, now);
    for (const auto& [uid, run] : books_.runs())
        if (run->status == RunStatus::running &&
            (run->book != nullptr || run->plan.runbook == kQuickJobRunbook))
            starter_.resume(*run, now);
    planner_.recover(state.runbooks, read, now);
    planner_.apply(std::move(runbooks), bad, "", now);
    reader_.start(now);
    heartbeat_.set(now.steady + kHeartbeat);
    pump(now);
}

void Engine::reload(std::vector<runbook::Runbook> runbooks, const std::vector<BadRunbook>& bad,
                    const std::string& actor, Instant now) {
    outbox_.write(
        Noted{"daemon",
              settings_.account,
              "reload.done",
              actor,
              {{"runbooks", std::to_string(runbooks.size())}, {"refused", std::to_string(bad.size())}},
              now.utc});
    planner_.apply(std::move(runbooks), bad, actor, now);
    pump(now);
}

Run& Engine::plan_run(RunPlanned plan, RunbookPointer book, Instant now) {
    const auto uid = plan.run;
    return books_.add_run(std::move(plan), std::move(book), now,
                          [this, uid](Instant at) { on_window(uid, at); });
}

void Engine::on_due(const Planner::InForce& runbook, UtcTime nominal, Instant now) {
    RunPlanned plan;
    plan.run = RunUid{ulids_.next(now.utc)};
    plan.runbook = runbook.book->name;
    plan.revision = runbook.revision;
    plan.account = settings_.account;
    plan.zone = runbook.book->schedule->zone();
    plan.trigger = Trigger::schedule;
    plan.nominal = nominal;
    plan.window_end = nominal + runbook.book->window;
    plan.at = now.utc;
    outbox_.write(plan);
    starter_.add(plan_run(std::move(plan), runbook.book, now), now);
}

void Engine::start_run(RunOrder order, std::function<void(Result<RunUid>)> answer, Instant now) {
    const auto* const runbook = planner_.find(order.runbook);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    if (runbook == nullptr) {
        std::vector<std::string> names;
        for (const auto& [name, in_force] : planner_.in_force()) names.push_back(name);
        const auto close = nearest(order.runbook, names, 1);
        return answer(
            fail(ErrorCode::not_found, "runbook '" + order.runbook + "' does not exist" +
                                           (close.empty() ? "; `runbookctl runbooks` lists them"
                                                          : "; did you mean '" + close.front() + "'?")));
    }
    if (!runbook->book->enabled)
        return answer(
            fail(ErrorCode::conflict,
                 "runbook '" + order.runbook + "' is disabled; set `enabled: true` in its file and reload"));
    RunPlanned plan;
    plan.run = RunUid{ulids_.next(now.utc)};
    plan.runbook = runbook->book->name;
    plan.revision = runbook->revision;
    plan.account = settings_.account;
    plan.trigger = Trigger::manual;
    plan.actor = std::move(order.actor);
    plan.note = std::move(order.note);
    plan.window_end = now.utc + runbook->book->window;
    plan.scope = std::move(order.scope);
    plan.at = now.utc;
    outbox_.write(plan);
    outbox_.when_durable([answer = std::move(answer), uid = plan.run](Instant) { answer(uid); });
    starter_.add(plan_run(std::move(plan), runbook->book, now), now);
    pump(now);
}

void Engine::quick_job(QuickJobOrder order, QuickJobs::Answer answer, Instant now) {
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    quick_jobs_.order(std::move(order), std::move(answer), now);
    pump(now);
}

void Engine::on_window(const RunUid& uid, Instant now) {
    auto* const run = books_.find_run(uid);
    if (run == nullptr) return;
    if (run->status == RunStatus::planned)
        return miss(*run, line_.problem().empty() ? "fleet_not_read" : "api_unavailable", now);
    dispatcher_.close_window(*run, now);
    if (is_terminal(run->status)) return;
    const auto pickup_ends = run->plan.window_end + kPickupGrace;
    if (now.utc < pickup_ends) return run->window_closes.set(pickup_ends, now);
    if (now.utc < pickup_ends + kPickupPatience) {
        follower_.check_pending(*run, now);
        return run->window_closes.set(pickup_ends + kPickupPatience, now);
    }
    follower_.expire_pending(*run, now);
}

void Engine::miss(Run& run, const std::string& cause, Instant now) {
    if (run.plan.nominal)
        outbox_.write(OccurrenceDecided{run.plan.runbook, run.plan.revision.value_or(1), run.plan.zone,
                                        *run.plan.nominal, *run.plan.nominal, 1, Verdict::missed, cause,
                                        run.plan.run, now.utc});
    books_.finish(run, RunStatus::failed, "window_closed", now);
}

void Engine::on_reply(CallId id, ApiResult result, Instant now) {
    line_.on_reply(id, std::move(result), now);
    pump(now);
}

void Engine::on_committed(CommitId id, Instant now) {
    outbox_.committed(id, now);
    pump(now);
}

void Engine::take_up_found(Job& job, const DattoJobUid& upstream, Instant now) {
    JobChanged change;
    change.status = JobStatus::queued;
    change.message = "found in the activity log";
    change.datto_job = upstream;
    change.queued_at = now.utc;
    change.at = now.utc;
    books_.change(job, std::move(change));
    follower_.follow(job, now);
}

void Engine::give_up_missing(Job& job, Instant now) {
    JobChanged change;
    change.status = JobStatus::failed;
    change.reason = "unknown_dispatch";
    change.message = "the create got no answer, and the activity log does not show the job";
    change.at = now.utc;
    books_.change(job, std::move(change));
    auto* const run = books_.find_run(job.run);
    auto* const target = books_.target_of(job);
    if (run != nullptr && target != nullptr && target->disposition == Disposition::pending)
        books_.decide(*run, *target, Disposition::unknown, "unknown_dispatch", "", now);
    books_.drop(job.uid);
}

void Engine::advance(Instant now) {
    alarms_.run_due(now);
    pump(now);
}

void Engine::stop(Instant now) {
    if (std::exchange(stopping_, true)) return;
    planner_.stop();
    dispatcher_.stop();
    outbox_.write(Noted{"daemon", settings_.account, "daemon.stopping", "", {}, now.utc});
}

bool Engine::is_quiet() const { return dispatcher_.is_quiet() && outbox_.commits_under_way() == 0; }

void Engine::pump(Instant now) {
    if (!stopping_) {
        // In order of urgency: what must be known before anything may go out, what was lost, what creates
        // wait for, creates, results.
        line_.pump(now);
        finder_.pump(now);
        quick_jobs_.pump(now);
        reader_.pump(now);
        dispatcher_.pump(now);
        reader_.pump(now);  // creates may have asked for a fresher fleet
        follower_.pump(now);
        set_pump_alarm(now);
    }
    books_.sweep();
}

void Engine::set_pump_alarm(Instant now) {
    std::optional<SteadyTime> next;
    const auto want = [&](std::optional<SteadyTime> at) {
        // What is possible now has been done, or waits for a reply: asking again at once would only spin.
        if (at && *at > now.steady && (!next || *at < *next)) next = at;
    };
    if (!line_.is_answered()) want(line_.opens_at(Budget::Kind::rate_check, now));
    if (finder_.wants_to_read() || reader_.wants_to_read() || follower_.wants_to_read() ||
        quick_jobs_.wants_to_read() || dispatcher_.wants_to_create())
        want(line_.opens_at(Budget::Kind::read, now));
    if (dispatcher_.wants_to_create()) want(line_.opens_at(Budget::Kind::create, now));
    want(reader_.retry_at());
    if (next)
        pump_again_.set(*next);
    else
        pump_again_.clear();
}

}  // namespace runbookd::engine
