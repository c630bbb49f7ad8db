#include "engine/engine.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/start_delay.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::minutes;

constexpr Millis kPickupGrace = minutes{5};
// Whether a job was picked up is judged by an answer; without one for so long, it is judged without.
constexpr Millis kPickupPatience = minutes{30};

/// What the runs of all lanes have in common that are due at one local time, and no other.
std::string group_of(const std::string& runbook, const runbook::Lane& lane, UtcTime nominal) {
    const auto local = nominal + lane.zone()->at(nominal).offset;
    auto key = runbook;
    key += '\0';
    key += std::to_string(to_unix_ms(local));
    return ulid_of(local, key);
}

}  // namespace

Engine::Engine(EngineSettings settings, timer_wheel::TimerWheel& wheel, std::uint64_t seed)
    : settings_(std::move(settings)),
      alarms_(wheel),
      ulids_(seed),
      pauses_(alarms_, outbox_, [this](Instant now) { release_creates(now); }),
      holds_(guard_, pauses_, customers_),
      books_(alarms_, outbox_, [this](Run& run, Instant now) { on_window(run, now); }),
      line_({settings_.account, settings_.limits_source, settings_.limits, settings_.budget_share}, outbox_),
      history_(settings_.account, outbox_),
      successes_(outbox_),
      sites_(settings_.account, outbox_, customers_),
      reader_(fleet_, line_, alarms_, settings_.fleet_refresh, [this](Instant now) { on_fresh_fleet(now); }),
      filter_reader_(filters_, line_,
                     [this](Instant now) {
                         look_for_filters(now);
                         starter_.pump(now);
                         previews_.pump(now);
                     }),
      completions_(settings_.follow, settings_.account, books_, line_, outbox_, alarms_,
                   {[this](Job& job, Instant now) { follower_.look_now(job, now); },
                    [this](Instant now) { follower_.place_looks(now); }}),
      returns_(books_, alarms_, fleet_, reader_, guard_,
               [this](Run& run, Target& target, bool has_returned, std::string message, Instant now) {
                   if (has_returned)
                       steps_.end(run, target, Disposition::succeeded, "", "", now);
                   else
                       steps_.end(run, target, Disposition::failed, "did_not_return", message, now);
               }),
      steps_(books_,
             {[this](Run& run, Target& target, Instant now) { dispatcher_.put_back(run, target, now); },
              [this](Run& run, Target& target, Instant now) { returns_.await(run, target, now); }}),
      retries_(books_, steps_,
               [this](Run& run, Target& target, Instant now) { dispatcher_.put_back(run, target, now); }),
      follower_(books_, line_, outbox_, fleet_, guard_, completions_, durations_, retries_,
                {settings_.looks_for_each, settings_.output_max_bytes}),
      finder_(
          books_, line_, alarms_, guard_, settings_.unknown_after,
          {[this](Job& job, const DattoJobUid& upstream, Instant now) { take_up_found(job, upstream, now); },
           [this](Job& job, Instant now) { give_up_missing(job, now); },
           [this](const LostJob& lost, const DattoJobUid& upstream, Instant now) {
               take_up_late(lost, upstream, now);
           }}),
      sender_(books_, line_, outbox_, fleet_, customers_, ulids_, holds_, retries_,
              {[this](Job& job, Instant now) { follower_.follow(job, now); },
               [this](Job& job, Instant now) { finder_.add(job, now); },
               [this](const JobUid& job) { follower_.look_at(job); },
               [this](const JobUid& job, Instant) { quick_jobs_.on_durable(job); },
               [this](Run& run, Target& target, Instant now) { dispatcher_.put_back(run, target, now); },
               [this](Job& job) { dispatcher_.restore_in_flight(job); }}),
      dispatcher_(books_, alarms_, line_, fleet_, reader_, sender_, holds_),
      rollouts_(books_, alarms_, outbox_, [this](Run& run, Instant now) { dispatcher_.enqueue(run, now); }),
      approvals_(books_, outbox_),
      starter_(books_, alarms_, outbox_,
               {fleet_, reader_, history_, filters_, filter_reader_, last_targets_, customers_, successes_,
                approvals_},
               holds_,
               [this](Run& run, Instant now) {
                   rollouts_.take_up(run, now);
                   // What a kill left of a run that was called off, for its create had not gone out.
                   if (run.is_called_off)
                       dispatcher_.call_off(run, {Disposition::cancelled, "by_person", ""}, now);
                   if (!run.is_unapproved()) dispatcher_.stop_earlier(run, now);
                   if (is_terminal(run.status)) return;
                   dispatcher_.enqueue(run, now);
                   steps_.take_up(run, now);
               }),
      quick_jobs_(settings_.account, books_, alarms_, outbox_, line_, fleet_, reader_, ulids_, pauses_,
                  holds_, [this](Run& run, Instant now) { dispatcher_.enqueue(run, now); }),
      lookups_(alarms_, fleet_, reader_, line_),
      planner_(
          settings_.account, alarms_, outbox_, pauses_,
          [this](const std::string& name, const runbook::Lane* lane) {
              return books_.has_open_run(name, lane);
          },
          [this](const Planner::InForce& runbook, const Planner::Occurrence& occurrence, Instant now) {
              on_due(runbook, occurrence, now);
          }),
      approval_rounds_(settings_.account, alarms_, books_, outbox_, ulids_, planner_, starter_, approvals_),
      triggers_(settings_.account, alarms_, books_, outbox_, line_, ulids_,
                {planner_, fleet_, history_, customers_, guard_},
                {[this](const std::string& name, Instant now) {
                     RunOrder order;
                     order.runbook = name;
                     // One that is planned while the daemon stops begins when it is started again.
                     return rules_against(order, now.utc, now);
                 },
                 [this](Run& run, Instant now) { starter_.add(run, now); }}),
      forecast_(planner_, books_, pauses_, fleet_, line_, sender_),
      previews_(alarms_, planner_, fleet_, customers_, starter_, forecast_,
                [this](const std::string& name, UtcTime at, Instant now) {
                    RunOrder order;
                    order.runbook = name;
                    return refusal_of(order, at, now);
                }),
      pump_again_(alarms_, [](Instant) {}),
      believes_clock_(alarms_, [this](Instant now) { settle_clock(now); }),
      restore_search_(line_, alarms_),
      adoption_(settings_.account, books_, outbox_, ulids_, {planner_, fleet_, customers_},
                {[this](Job& job, Instant now) {
                     dispatcher_.restore_in_flight(job);
                     follower_.follow(job, now);
                     job.next_look.set(now.steady);  // it may have ended long ago
                 },
                 [this](const JobUid& job) { follower_.look_at(job); }}) {
    books_.tell_of_decisions(
        [this](const Run& run, const Target& target, const std::string& reason, Instant now) {
            successes_.on_decided(run.plan.runbook, target.row.device, target.disposition, now.utc);
            // What was started by an end that is seen for the second time, the record has lost.
            if (!guard_.is_held()) triggers_.on_decided(run, target, reason, now);
        });
    books_.tell_of_revisions([this](const std::string& runbook) { successes_.forget(runbook); });
    history_.tell_of_returns([this](const std::vector<FleetHistory::Returned>& devices, Instant now) {
        triggers_.on_returned(devices, now);
    });
}

void Engine::set_customers(Customers::Rules rules, Instant now) {
    enter(now);
    customers_.set(std::move(rules));
    if (!is_started_) return;
    if (!guard_.is_doubted()) take_in_fleet(now);
    dispatcher_.release(now);
    pump(now);
}

void Engine::start(const RecoveredState& state, const ReadRevision& read,
                   std::vector<runbook::Runbook> runbooks, const std::vector<BadRunbook>& bad, Instant now) {
    recover(state, read, now);
    begin(std::move(runbooks), bad, now);
}

void Engine::recover(const RecoveredState& state, const ReadRevision& read, Instant now) {
    outbox_.write(Noted{
        "daemon",
        settings_.account,
        "daemon.started",
        "",
        {{"open_runs", std::to_string(state.runs.size())}, {"open_jobs", std::to_string(state.jobs.size())}},
        now.utc});
    enter(now);
    knows_synchronised_ = state.clock_was_synchronised;
    if (knows_synchronised_) guard_.hear({guard_.is_synchronised(), true});
    if (!restored_.empty()) hold_restored(state, now);
    if (state.newest && now.utc < *state.newest) {
        guard_.doubt_start(now);
        begin_doubt(now);
    }
    line_.restore(state.recent_creates, now);
    pauses_.restore(state.pauses, now);
    history_.restore(state);
    last_targets_.restore(state.last_targets);
    sites_.restore(state);
    // Many runs may be of one revision, which may be large: all of them share it.
    std::map<std::pair<std::string, std::string>, RunbookPointer> books;
    const ReadRevision read_once = [&](const std::string& runbook, const RecordedText& text) {
        const auto [book, is_new] = books.try_emplace({runbook, text.yaml + text.resolved});
        if (is_new) book->second = read(runbook, text);
        return book->second;
    };
    durations_.restore(state.durations);
    rollouts_.restore(state.groups);
    approvals_.restore(state.approvals);
    for (const auto& run : state.runs) recover_run(run, state, read_once, now);
    for (const auto& job : state.jobs) recover_job(job, state, read_once, now);
    for (const auto& job : state.lost) recover_lost(job, state, read_once, now);
    for (const auto& run : books_.runs())
        if ((run->status == RunStatus::running || run->status == RunStatus::waiting) &&
            (run->book != nullptr || run->plan.runbook == kQuickJobRunbook) && !run->plan.scope.found)
            starter_.resume(*run, now);
    planner_.recover(state.runbooks, state.zone_digests, read, now);
    triggers_.restore(state, read, now);
    is_started_ = true;
    remember_synchronised(now);
    if (guard_.is_held()) search_for_lost(state, now);
    if (!guard_.is_doubted()) follow_clock(now);
}

void Engine::begin(std::vector<runbook::Runbook> runbooks, const std::vector<BadRunbook>& bad, Instant now) {
    put_in_force({std::move(runbooks), bad, {}}, now);
    reader_.start(now);
    pump(now);
}

void Engine::reload(ReloadOrder order, Done done, Instant now) {
    enter(now);
    put_in_force(std::move(order), now);
    if (done) outbox_.when_durable([done = std::move(done)](Instant) { done({}); });
    pump(now);
}

void Engine::put_in_force(ReloadOrder reload, Instant now) {
    const auto& [actor, words] = reload.author;
    const bool is_start = actor.empty();
    const auto note = [&](const std::string& kind) {
        std::map<std::string, std::string> data{{"runbooks", std::to_string(reload.runbooks.size())},
                                                {"refused", std::to_string(reload.bad.size())}};
        if (!words.empty()) data["note"] = words;
        outbox_.write(Noted{"daemon", settings_.account, kind, actor, std::move(data), now.utc});
    };
    if (guard_.is_doubted()) {
        // A revision takes effect at an instant, and what was due before belongs to the one before it.
        if (!is_start) note("reload.waits_for_clock");
        waiting_reload_ = std::move(reload);
        return;
    }
    if (!is_start) note("reload.done");
    planner_.apply(std::move(reload.runbooks), reload.bad, reload.author, now);
    triggers_.follow(now);
    approval_rounds_.look_again();
    take_in_fleet(now);
    const auto names_filter = [](const auto& entry) { return !entry.second.book->filters().empty(); };
    // So that whoever wrote the runbook hears at once of a filter that does not exist.
    if (std::any_of(planner_.in_force().begin(), planner_.in_force().end(), names_filter))
        filter_reader_.need_names(now.steady);
}

std::optional<Planner::Retired> Engine::release_runbook(const std::string& name, const std::string& actor,
                                                        Instant now) {
    // Whoever takes it over believes the clock by now, which is the same one.
    if (guard_.is_held()) planner_.lose(restore_search_.held_at());
    if (is_started_ && !std::exchange(is_downtime_judged_, true)) planner_.judge_downtime(now);
    approval_rounds_.look_again();
    return planner_.release(name, actor, now);
}

void Engine::on_due(const Planner::InForce& runbook, const Planner::Occurrence& occurrence, Instant now) {
    RunPlanned plan;
    plan.run = RunUid{ulids_.next(now.utc)};
    plan.runbook = runbook.book->name;
    plan.revision = runbook.revision;
    plan.account = settings_.account;
    if (const auto* const lane = occurrence.lane; lane != nullptr) {
        plan.zone = lane->zone()->name();
        plan.customer = lane->customer;
        plan.group = group_of(plan.runbook, *lane, occurrence.nominal);
    } else {
        plan.zone = runbook.zone();
    }
    plan.trigger = Trigger::schedule;
    plan.nominal = occurrence.nominal;
    plan.starts_at = occurrence.nominal +
                     start_delay(*runbook.book, occurrence.nominal, occurrence.jitter, occurrence.window);
    plan.window_end = occurrence.nominal + occurrence.window;
    plan.caught_up = occurrence.caught_up;
    plan.applied_by = runbook.applied_by;
    approvals_.bind(plan);
    plan.at = now.utc;
    outbox_.write(plan);
    starter_.add(books_.add_run(std::move(plan), runbook.book, now), now);
    outbox_.may_cut();
}

void Engine::on_window(Run& run, Instant now) {
    if (run.status == RunStatus::planned) {
        const std::string why = line_.problem().empty() ? "fleet_not_read" : "api_unavailable";
        return miss(run, run.missed_because.empty() ? why : run.missed_because, now);
    }
    if (run.is_unapproved()) run.ended_because = "not_approved";
    dispatcher_.close_window(run, now);
    if (is_terminal(run.status)) return;
    // A job that was found later than that is looked at before it is judged.
    const auto pickup_ends =
        std::max(run.plan.window_end, run.found_at.value_or(run.plan.window_end)) + kPickupGrace;
    if (now.utc < pickup_ends) return run.window_closes.set(pickup_ends, now);
    if (now.utc < pickup_ends + kPickupPatience) {
        follower_.check_pending(run, now);
        return run.window_closes.set(pickup_ends + kPickupPatience, now);
    }
    follower_.expire_pending(run, now);
}

void Engine::miss(Run& run, const std::string& cause, Instant now) {
    if (run.plan.nominal)
        outbox_.write(OccurrenceDecided{run.plan.runbook, run.plan.revision.value_or(1), run.plan.zone,
                                        *run.plan.nominal, *run.plan.nominal, 1, Verdict::missed, cause,
                                        run.plan.run, now.utc, run.plan.customer});
    approvals_.forget(run);
    books_.finish(run, RunStatus::failed, "window_closed", now);
}

void Engine::on_reply(CallId id, ApiResult result, Instant now) {
    enter(now);
    line_.on_reply(id, std::move(result), now);
    pump(now);
}

void Engine::on_committed(CommitId id, Instant now) {
    enter(now);
    outbox_.committed(id, now);
    pump(now);
}

void Engine::on_recalled(RecallId id, const std::string& runbook, const std::vector<LastSuccess>& successes,
                         Instant now) {
    enter(now);
    successes_.take_in(id, runbook, successes);
    starter_.pump(now);
    previews_.pump(now);
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

void Engine::take_up_late(const LostJob& lost, const DattoJobUid& upstream, Instant now) {
    auto& job = books_.add_job(lost.job, [this, uid = lost.job](Instant) { follower_.look_at(uid); });
    job.run = lost.run;
    job.runbook = lost.runbook;
    job.book = lost.book;
    job.device = lost.device;
    job.component_uid = lost.component_uid;
    job.component_name = lost.component_name;
    job.status = JobStatus::failed;
    job.datto_job = upstream;
    job.created_at = lost.created_at;
    job.queued_at = now.utc;
    job.step = lost.step;
    job.steps_after = lost.steps_after;
    outbox_.write(JobFound{job.uid, upstream, now.utc});
    books_.abandon(job, now);
    job.next_look.set(now.steady);  // it has had the time to end
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
    if (run != nullptr && target != nullptr && target->disposition == Disposition::pending) {
        const bool gets_another = run->book != nullptr &&
                                  run->book->on_unknown == runbook::OnUnknown::redispatch &&
                                  now.utc < run->create_end && !run->is_halted_at(target->row.site_uid) &&
                                  !books_.is_overtaken(*run, target->row.device);
        if (gets_another) {
            target->job.reset();
            dispatcher_.put_back(*run, *target, now);
        } else {
            books_.decide(*run, *target, Disposition::unknown, "unknown_dispatch", "", now);
        }
    }
    books_.drop(job.uid);
}

void Engine::advance(Instant now) {
    enter(now);
    alarms_.run_due(now);
    pump(now);
}

void Engine::stop(Instant now) {
    if (std::exchange(stopping_, true)) return;
    planner_.stop();
    dispatcher_.stop();
    sender_.stop(now);
    outbox_.write(Noted{"daemon", settings_.account, "daemon.stopping", "", {}, now.utc});
}

bool Engine::is_quiet() const { return dispatcher_.is_quiet() && outbox_.commits_under_way() == 0; }

void Engine::pump(Instant now) {
    if (!stopping_) {
        // In order of urgency: what must be known before anything may go out, what was lost, what creates
        // wait for, creates, results, and what is only to be fresh.
        line_.pump(now);
        if (guard_.is_held()) pump_restore(now);
        finder_.pump(now);
        triggers_.hand_over(now);
        quick_jobs_.pump(now);
        lookups_.pump();
        if (!guard_.is_doubted()) approval_rounds_.pump(now);
        reader_.pump(now);
        filter_reader_.pump(now);
        if (!guard_.is_doubted()) history_.pump(fleet_, now);
        triggers_.pump(now);
        steer(now);
        reader_.pump(now);  // creates may have asked for a fresher fleet
        completions_.pump(follower_.followed(now), now);
        follower_.pump(now);
        finder_.pump_late(now);
        reader_.pump_refresh(now);
        set_pump_alarm(now);
    }
    books_.sweep();
}

void Engine::steer(Instant now) {
    // What was decided comes first: it may leave no create to be made. What the dispatcher then skips, or
    // finds offline, may end a wave, and the next one may begin at once.
    rollouts_.pump(now);
    do dispatcher_.pump(now);
    while (rollouts_.pump(now));
}

void Engine::set_pump_alarm(Instant now) {
    std::optional<SteadyTime> next;
    const auto want = [&](std::optional<SteadyTime> at) {
        // What is possible now has been done, or waits for a reply: asking again at once would only spin.
        if (at && *at > now.steady && (!next || *at < *next)) next = at;
    };
    want(line_.wakes_at(now));
    if (finder_.wants_to_read() || reader_.wants_to_read() || filter_reader_.wants_to_read() ||
        follower_.wants_to_read() || completions_.wants_to_read() || quick_jobs_.wants_to_read() ||
        triggers_.alerts().wants_to_read() || restore_search_.wants_to_read() ||
        dispatcher_.wants_to_create())
        want(line_.opens_at(Budget::Kind::read, now));
    if (dispatcher_.wants_to_create()) want(line_.opens_at(Budget::Kind::create, now));
    if (triggers_.alerts().wants_to_write()) want(line_.opens_at(Budget::Kind::write, now));
    if (!guard_.is_doubted()) want(dispatcher_.reads_at(now));
    want(reader_.retry_at());
    want(filter_reader_.retry_at());
    if (next)
        pump_again_.set(*next);
    else
        pump_again_.clear();
}

}  // namespace runbookd::engine
