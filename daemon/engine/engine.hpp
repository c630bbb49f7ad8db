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
#include "engine/alarm.hpp"
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
#include "engine/retries.hpp"
#include "engine/rollouts.hpp"
#include "engine/site_register.hpp"
#include "engine/starter.hpp"
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

/// A run whose next wave a person has let begin.
struct ApprovedRun {
    RunUid run;
    std::string runbook;
    std::int64_t wave = 1;  ///< that has begun
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
    void hold_for_restore(std::string why) { restored_ = std::move(why); }
    /// Goes on from what the store holds; answers once it is durable. Errors: conflict (nothing is held).
    void accept_restore(const std::string& actor, Done answer, Instant now);
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

    /// Lets the next wave of a run begin that waits for a person (`run`: its uid, or a prefix of it that no
    /// other open run has); answers once it is durable. Errors: not_found (no such run is open), conflict
    /// (several are; it waits for nobody).
    using Approved = std::function<void(Result<ApprovedRun>)>;
    void approve(const std::string& run, const std::string& actor, Approved answer, Instant now);

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
    /// changed, now and then, and every second while the clock is doubted.
    void on_clock(KernelSync kernel, Instant now);
    void on_reply(CallId id, ApiResult result, Instant now);
    void on_committed(CommitId id, Instant now);
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
    void hold_restored(Instant now);
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
    SiteRegister sites_;
    Filters filters_;
    FleetReader reader_;
    FilterReader filter_reader_;
    Durations durations_;
    CompletionLog completions_;
    Retries retries_;
    Follower follower_;
    Finder finder_;
    Sender sender_;
    Dispatcher dispatcher_;
    Rollouts rollouts_;
    Starter starter_;
    QuickJobs quick_jobs_;
    DeviceLookups lookups_;
    Planner planner_;
    Triggers triggers_;
    Forecast forecast_;
    Previews previews_;
    Alarm pump_again_;
    Alarm heartbeat_;
    Alarm believes_clock_;
    std::optional<ReloadOrder> waiting_reload_;                      // until the clock is believed
    std::set<std::pair<std::string, std::string>> lacking_filters_;  // by runbook; and it is recorded
    std::string restored_;                                           // why a person must accept the store
    bool is_clock_held_ = false;                                     // and it is recorded
    bool is_started_ = false;
    bool is_downtime_judged_ = false;
    bool knows_synchronised_ = false;  // it is recorded that the kernel's clock once was
    bool stopping_ = false;
};

}  // namespace runbookd::engine
