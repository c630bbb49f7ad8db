#pragma once
// The core that decides. Events and an instant go in; actions come out: records to make durable, calls to
// send. No I/O, no clock, no Asio. A start after a crash is the same path as normal work: load what is
// stored, decide, act.
//
// Whoever drives it: calls one of the on_… functions or advance, then performs what take_actions gives;
// advances the wheel, and calls advance after that. Everything happens on one thread.
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/ulid.hpp"
#include "engine/adoption.hpp"
#include "engine/alarm.hpp"
#include "engine/approval_rounds.hpp"
#include "engine/approvals.hpp"
#include "engine/books.hpp"
#include "engine/clock_guard.hpp"
#include "engine/completion_log.hpp"
#include "engine/customers.hpp"
#include "engine/device_lookups.hpp"
#include "engine/dispatcher.hpp"
#include "engine/durations.hpp"
#include "engine/filter_reader.hpp"
#include "engine/filters.hpp"
#include "engine/finder.hpp"
#include "engine/fleet.hpp"
#include "engine/fleet_history.hpp"
#include "engine/fleet_reader.hpp"
#include "engine/follower.hpp"
#include "engine/forecast.hpp"
#include "engine/guard.hpp"
#include "engine/holds.hpp"
#include "engine/line.hpp"
#include "engine/outbox.hpp"
#include "engine/pauses.hpp"
#include "engine/planner.hpp"
#include "engine/preview.hpp"
#include "engine/quick_jobs.hpp"
#include "engine/restore_search.hpp"
#include "engine/retries.hpp"
#include "engine/returns.hpp"
#include "engine/rollouts.hpp"
#include "engine/site_register.hpp"
#include "engine/starter.hpp"
#include "engine/steps.hpp"
#include "engine/successes.hpp"
#include "engine/triggers.hpp"

namespace runbookd::engine {

struct EngineSettings {
    std::string account = "main";
    LimitsSource limits_source = LimitsSource::upstream;
    Limits limits;
    double budget_share = 0.8;
    Millis fleet_refresh{std::chrono::minutes{10}};
    Millis unknown_after{std::chrono::minutes{15}};
    std::size_t output_max_bytes = 1024 * 1024;
    FollowMode follow = FollowMode::automatic;
    double looks_for_each = 6.5;  ///< at a job's result on average, where many are followed without the log
};

struct RunOrder {
    enum class When {
        now,
        next_window,  ///< at the next nominal instant of the runbook's schedule, for its window
    };
    std::string runbook;
    RunScope scope;
    std::string note;
    std::string actor;
    std::optional<RunUid> cause = std::nullopt;  ///< the run that it is a retarget of
    When when = When::now;
    runbook::Overrides overrides = {};
};

/// What the runbooks' folder holds now, and whose change that is.
struct ReloadOrder {
    std::vector<runbook::Runbook> runbooks;
    std::vector<BadRunbook> bad;
    Author author;
};

struct PauseOrder {
    PauseScope scope;  ///< as Engine::resolve gives it
    UtcTime until{};
    std::string reason;
    std::string actor;
};

/// A run that a person has let begin, or its next wave; or one that is still to come.
struct ApprovedRun {
    RunUid run;  ///< empty: there is none yet
    std::string runbook;
    std::int64_t wave = 1;                  ///< that has begun; 0: none, for the run has not started
    ApprovalUid approval{};                 ///< of what was asked ahead; empty: nothing was
    std::optional<UtcTime> nominal{};       ///< of a run that is to come
    std::optional<std::int64_t> devices{};  ///< that were approved; unset: it is about a wave
};
/// A run of which nothing more is created, by a person's word.
struct RejectedRun {
    RunUid run;  ///< empty: there is none yet
    std::string runbook;
    std::int64_t skipped = 0;  ///< targets
    ApprovalUid approval{};
    std::optional<UtcTime> nominal{};
};

/// A person's word on a job that nobody knows about.
struct SettleOrder {
    enum class Word {
        ran,         ///< its target succeeded
        not_run,     ///< it failed
        redispatch,  ///< it failed, and gets another run
    };
    JobUid job;
    RunUid run;  ///< of the job, as the record has it
    DeviceUid device;
    std::string runbook;
    std::map<std::string, std::string> variables;  ///< that the run's starter had set: of another run
    Word word = Word::not_run;
    std::string reason;
    std::string actor;
};

/// A person calls a run off.
struct CancelOrder {
    RunUid run;
    std::string reason;  ///< for those who read the record; may be empty
    std::string actor;
};
struct CalledOff {
    bool was_planned = false;        ///< it had not begun: there was no target yet
    std::int64_t cancelled = 0;      ///< targets that had no job yet, and get none
    std::int64_t still_running = 0;  ///< whose create is under way or done: Datto recalls nothing
};

class Engine {
public:
    using Done = std::function<void(Result<void>)>;

    /// `wheel` outlives the engine. `seed` makes its ULIDs: random for a daemon, fixed for a replay.
    Engine(EngineSettings settings, timer_wheel::TimerWheel& wheel, std::uint64_t seed);

    /// Who the customers are, and what the account says, from now on. To be told before start, and before
    /// each reload of which it is a part.
    void set_customers(Customers::Rules rules, Instant now);
    /// The store is older than the last write that was acknowledged, and why: to be told before start. Then
    /// nothing is created, caught up or judged until a person accepts that (events store.restored and
    /// store.restore_accepted).
    /// Meanwhile the activity log is searched for jobs of ours that the store does not know (see
    /// RestoreSearch), and those are taken into the books (see Adoption); `Searches::no`: nobody can be
    /// asked.
    enum class Searches { yes, no };
    void hold_for_restore(std::string why, Searches searches = Searches::yes) {
        restored_ = std::move(why);
        searches_restore_ = searches == Searches::yes;
    }
    /// Goes on from what the store holds; answers once it is durable. Where the log has not been searched
    /// whole, that is waited for, at most for `unknown_after`, and the answer is that this is recorded.
    /// Errors: conflict (nothing is held).
    void accept_restore(const std::string& actor, Done answer, Instant now);
    /// Called when it is held no more, before what records that is made durable.
    void tell_of_release(std::function<void()> on_released) { on_released_ = std::move(on_released); }
    /// Who has accepted the store while the search is waited for; empty: nobody, or nothing is held.
    [[nodiscard]] const std::string& restore_accepted_by() const { return restore_accepted_by_; }
    [[nodiscard]] const RestoreSearch& restore_search() const { return restore_search_; }
    /// Why it is held; empty: it is not.
    [[nodiscard]] const std::string& restored() const { return restored_; }
    /// Takes up what a start found in the store; then the runbooks that are in force. To be called once,
    /// first.
    void start(const RecoveredState& state, const ReadRevision& read, std::vector<runbook::Runbook> runbooks,
               const std::vector<BadRunbook>& bad, Instant now);
    /// The same in its two parts, for whoever starts the engines of several accounts: a runbook may have come
    /// from one to another, so all of them recover before one of them begins, and all at one instant.
    void recover(const RecoveredState& state, const ReadRevision& read, Instant now);
    void begin(std::vector<runbook::Runbook> runbooks, const std::vector<BadRunbook>& bad, Instant now);
    /// Where a runbook may come from that is new here: the engines of other accounts.
    void look_elsewhere(Planner::Elsewhere elsewhere) { planner_.look_elsewhere(std::move(elsewhere)); }
    /// The engine of another account takes the runbook over (see Planner::release); its open runs stay here.
    /// Happens inside a step of that other engine, at whose instant; what follows is to be performed before
    /// what the other does.
    [[nodiscard]] std::optional<Planner::Retired> release_runbook(const std::string& name,
                                                                  const std::string& actor, Instant now);
    /// Takes the runbooks that are in force from now on; answers once that is durable (`done` may be empty).
    /// While the clock is doubted it waits, and the answer is that this is recorded.
    void reload(ReloadOrder order, Done done, Instant now);
    /// What the guards of runbooks that came with a reload compare with; what is known already stays.
    void learn_last_targets(const std::vector<LastTargets>& lanes) { last_targets_.restore(lanes); }
    /// Starts a run; answers once it is durable. Errors: not_found (with the nearest names; also of a
    /// customer that does not exist), conflict (disabled; a hostname that several devices have; no next
    /// window), refused_by_rule (paused, inside a blackout to its end and not overridden, another run open
    /// where the runbook says skip_run). What its guard says is seen when its targets are frozen.
    void start_run(RunOrder order, std::function<void(Result<RunUid>)> answer, Instant now);
    void quick_job(QuickJobOrder order, QuickJobs::Answer answer, Instant now);
    /// Holds all creates of the scope until then; answers once it is durable. Replaces a pause of the same
    /// scope. Errors: not_found, invalid_input (a time that is past or more than 366 days ahead, no reason).
    void pause(PauseOrder order, Done answer, Instant now);
    /// Ends it. Errors: not_found (nothing of that scope is paused).
    /// What a person names: the uid of a device or component instead of its name. Errors: not_found (with the
    /// nearest names; of a device or component also while the lists have not been read), conflict (a name
    /// fits several).
    [[nodiscard]] Result<PauseScope> resolve(const PauseScope& asked) const;
    void resume(const PauseScope& scope, const std::string& actor, Done answer, Instant now);
    /// Holds as the engine of another account does, which records it; nullopt: nothing of that scope is
    /// paused any more.
    void follow_pause(const PauseScope& scope, std::optional<Pause> pause, Instant now);
    /// Whether the account has a device of that uid or hostname; see DeviceLookups.
    void look_for_device(std::string device, DeviceLookups::Answer answer, Instant now);

    /// Lets a run that waits for a person go on (it as a whole, or its next wave), or says yes to what was
    /// asked ahead of one; answers once it is durable. `uid`: of the run or the request, or a prefix that no
    /// other open one has, or the name of a runbook of which only one waits. Errors: not_found (no such run
    /// is open), conflict (several are; it waits for nobody), refused_by_rule (who started it may not).
    using Approved = std::function<void(Result<ApprovedRun>)>;
    void approve(const ApprovalOrder& order, Approved answer, Instant now);
    /// Says no: what has no job is skipped / not_approved at once, or, of what was asked ahead, when its time
    /// comes. Errors: as of approve, but whoever started it may.
    using Rejected = std::function<void(Result<RejectedRun>)>;
    void reject(const ApprovalOrder& order, Rejected answer, Instant now);

    /// Whether an open run, or what was asked ahead of one, has that uid, or one that begins so.
    [[nodiscard]] bool has_in_question(const std::string& uid) const;

    /// The last word on the target of a job, which the record has as `unknown` and not revised; answers once
    /// it is durable, with the run that was started for it, if one was. Errors: conflict (it was revised
    /// meanwhile; a job that may still run is in the way of another), and, of redispatch, those of start_run:
    /// then nothing is said.
    using Settled = std::function<void(Result<std::optional<RunUid>>)>;
    void settle(SettleOrder order, Settled answer, Instant now);

    /// Nothing of the run is created any more; what has been is followed to its end, and the run is over with
    /// the last of it. Answers once that is durable. Errors: conflict (the run is not open).
    using CancelAnswer = std::function<void(Result<CalledOff>)>;
    void cancel(CancelOrder order, CancelAnswer answer, Instant now);

    /// What a run would do now, or at another time; see Previews.
    void preview(PreviewOrder order, Previews::Answer answer, Instant now);

    /// What the kernel says of its clock: to be told at the start (before start()), whenever the clock was
    /// changed, every ten seconds (where nothing else is due, a step of it is noticed by that), and every
    /// second while the clock is doubted.
    void on_clock(KernelSync kernel, Instant now);
    void on_reply(CallId id, ApiResult result, Instant now);
    void on_committed(CommitId id, Instant now);
    /// What the record says to a Recall: those that have succeeded in the runbook, each device once.
    void on_recalled(RecallId id, const std::string& runbook, const std::vector<LastSuccess>& successes,
                     Instant now);
    /// The wheel has moved.
    void advance(Instant now);
    /// Creates nothing more and reads nothing more; what is under way is still taken in.
    void stop(Instant now);
    /// After stop: no create waits for its answer, no record for its commit.
    [[nodiscard]] bool is_quiet() const;

    [[nodiscard]] std::vector<Action> take_actions() { return outbox_.take(); }

    // ── what people ask ──
    [[nodiscard]] const Planner& planner() const { return planner_; }
    [[nodiscard]] const Fleet& fleet() const { return fleet_; }
    [[nodiscard]] const FleetHistory& fleet_history() const { return history_; }
    [[nodiscard]] const Filters& filters() const { return filters_; }
    [[nodiscard]] const Customers& customers() const { return customers_; }
    /// What should be put right about customers and their sites, one line each.
    [[nodiscard]] const std::vector<std::string>& site_problems() const { return sites_.problems(); }
    [[nodiscard]] const Line& line() const { return line_; }
    [[nodiscard]] const Dispatcher& dispatcher() const { return dispatcher_; }
    [[nodiscard]] const Pauses& pauses() const { return pauses_; }
    [[nodiscard]] const Forecast& forecast() const { return forecast_; }
    [[nodiscard]] const CompletionLog& completions() const { return completions_; }
    /// Whether creates and verdicts wait, for the wall clock is not to be believed now.
    [[nodiscard]] const ClockGuard& clock() const { return guard_; }
    /// Devices on which a job of the runbook may still run: one that is open, or that was given up here while
    /// Datto has not ended it.
    [[nodiscard]] std::set<DeviceUid> may_still_run(const std::string& runbook) const;
    [[nodiscard]] std::size_t open_runs() const { return books_.runs().size(); }
    [[nodiscard]] std::size_t open_jobs() const { return books_.jobs().size(); }

private:
    /// Begins every step: looks at the clock before anything is decided by it.
    void enter(Instant now);
    void begin_doubt(Instant now);
    void hold_restored(const RecoveredState& state, Instant now);
    void search_for_lost(const RecoveredState& state, Instant now);
    /// Goes on with the search, takes in what it found, and ends the hold where it may.
    void pump_restore(Instant now);
    [[nodiscard]] bool may_release(Instant now) const;
    void release_restored(Instant now);
    void remember_synchronised(Instant now);
    void settle_clock(Instant now);
    void follow_clock(Instant now);
    void put_in_force(ReloadOrder reload, Instant now);
    void on_due(const Planner::InForce& runbook, const Planner::Occurrence& occurrence, Instant now);
    /// Of a run that begins at `at`, now or later: those of rules_against, and a stop.
    [[nodiscard]] std::optional<Error> refusal_of(const RunOrder& order, UtcTime at, Instant now) const;
    [[nodiscard]] std::optional<Error> rules_against(const RunOrder& order, UtcTime at, Instant now) const;
    [[nodiscard]] RunPlanned plan_of(RunOrder order, Instant now);
    void on_window(Run& run, Instant now);
    /// What a person's word is about: an open run, or what was asked ahead of one that is to come.
    struct InQuestion {
        Run* run = nullptr;  ///< null: there is none yet
        ApprovalUid request{};
    };
    [[nodiscard]] Result<InQuestion> in_question(const std::string& uid) const;
    [[nodiscard]] std::vector<InQuestion> all_in_question(
        const std::function<bool(const Run& run)>& of_run,
        const std::function<bool(const ApprovalRequested& request)>& of_request) const;
    [[nodiscard]] static std::string uids_of(const std::vector<InQuestion>& found);
    void miss(Run& run, const std::string& cause, Instant now);
    void recover_run(const RecoveredRun& run, const RecoveredState& state, const ReadRevision& read,
                     Instant now);
    void recover_job(const RecoveredJob& stored, const RecoveredState& state, const ReadRevision& read,
                     Instant now);
    void recover_lost(const LostJob& stored, const RecoveredState& state, const ReadRevision& read,
                      Instant now);
    void take_up_found(Job& job, const DattoJobUid& upstream, Instant now);
    void take_up_late(const LostJob& lost, const DattoJobUid& upstream, Instant now);
    void give_up_missing(Job& job, Instant now);
    void release_creates(Instant now);
    void on_fresh_fleet(Instant now);
    void take_in_fleet(Instant now);
    void look_for_filters(Instant now);
    void pump(Instant now);
    /// Creates, and what their runs make of what was decided.
    void steer(Instant now);
    void set_pump_alarm(Instant now);

    EngineSettings settings_;
    AlarmClock alarms_;
    UlidSource ulids_;
    Outbox outbox_;
    ClockGuard guard_;
    Pauses pauses_;
    Customers customers_;
    Holds holds_;
    Books books_;
    Line line_;
    Fleet fleet_;
    FleetHistory history_;
    Guard last_targets_;
    Successes successes_;
    SiteRegister sites_;
    Filters filters_;
    FleetReader reader_;
    FilterReader filter_reader_;
    Durations durations_;
    CompletionLog completions_;
    Returns returns_;
    Steps steps_;
    Retries retries_;
    Follower follower_;
    Finder finder_;
    Sender sender_;
    Dispatcher dispatcher_;
    Rollouts rollouts_;
    Approvals approvals_;
    Starter starter_;
    QuickJobs quick_jobs_;
    DeviceLookups lookups_;
    Planner planner_;
    ApprovalRounds approval_rounds_;
    Triggers triggers_;
    Forecast forecast_;
    Previews previews_;
    Alarm pump_again_;
    Alarm believes_clock_;
    std::optional<ReloadOrder> waiting_reload_;                      // until the clock is believed
    std::set<std::pair<std::string, std::string>> lacking_filters_;  // by runbook; and it is recorded
    std::string restored_;                                           // why a person must accept the store
    bool searches_restore_ = true;
    std::string restore_accepted_by_;
    SteadyTime restore_accepted_at_{};
    std::function<void()> on_released_;
    RestoreSearch restore_search_;
    Adoption adoption_;
    bool is_clock_held_ = false;  // and it is recorded
    bool is_started_ = false;
    bool is_downtime_judged_ = false;
    bool knows_synchronised_ = false;  // it is recorded that the kernel's clock once was
    bool stopping_ = false;
};

}  // namespace runbookd::engine
