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
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/ulid.hpp"
#include "engine/alarm.hpp"
#include "engine/books.hpp"
#include "engine/dispatcher.hpp"
#include "engine/finder.hpp"
#include "engine/fleet.hpp"
#include "engine/fleet_reader.hpp"
#include "engine/follower.hpp"
#include "engine/line.hpp"
#include "engine/outbox.hpp"
#include "engine/planner.hpp"
#include "engine/quick_jobs.hpp"
#include "engine/starter.hpp"

namespace runbookd::engine {

struct EngineSettings {
    std::string account = "main";
    LimitsSource limits_source = LimitsSource::upstream;
    Limits limits;
    double budget_share = 0.8;
    Millis fleet_refresh{std::chrono::minutes{10}};
    Millis unknown_after{std::chrono::minutes{15}};
    std::size_t output_max_bytes = 1024 * 1024;
};

struct RunOrder {
    std::string runbook;
    RunScope scope;
    std::string note;
    std::string actor;
};

class Engine {
public:
    /// `wheel` outlives the engine. `seed` makes its ULIDs: random for a daemon, fixed for a replay.
    Engine(EngineSettings settings, timer_wheel::TimerWheel& wheel, std::uint64_t seed);

    /// Takes up what a start found in the store; then the runbooks that are in force. To be called once,
    /// first.
    void start(const RecoveredState& state, const ReadRevision& read, std::vector<runbook::Runbook> runbooks,
               const std::vector<BadRunbook>& bad, Instant now);
    /// Takes the runbooks that are in force from now on.
    void reload(std::vector<runbook::Runbook> runbooks, const std::vector<BadRunbook>& bad,
                const std::string& actor, Instant now);
    /// Starts a run; answers once it is durable. Errors: not_found (with the nearest names), conflict
    /// (disabled).
    void start_run(RunOrder order, std::function<void(Result<RunUid>)> answer, Instant now);
    void quick_job(QuickJobOrder order, QuickJobs::Answer answer, Instant now);

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
    [[nodiscard]] const Line& line() const { return line_; }
    [[nodiscard]] std::size_t open_runs() const { return books_.runs().size(); }
    [[nodiscard]] std::size_t open_jobs() const { return books_.jobs().size(); }

private:
    void on_due(const Planner::InForce& runbook, UtcTime nominal, Instant now);
    Run& plan_run(RunPlanned plan, RunbookPointer book, Instant now);
    void on_window(const RunUid& uid, Instant now);
    void miss(Run& run, const std::string& cause, Instant now);
    void recover_run(const RecoveredRun& run, const RecoveredState& state, const ReadRevision& read,
                     Instant now);
    void recover_job(const RecoveredJob& stored, Instant now);
    void take_up_found(Job& job, const DattoJobUid& upstream, Instant now);
    void give_up_missing(Job& job, Instant now);
    void pump(Instant now);
    void set_pump_alarm(Instant now);

    EngineSettings settings_;
    AlarmClock alarms_;
    UlidSource ulids_;
    Outbox outbox_;
    Books books_;
    Line line_;
    Fleet fleet_;
    FleetReader reader_;
    Follower follower_;
    Finder finder_;
    Dispatcher dispatcher_;
    Starter starter_;
    QuickJobs quick_jobs_;
    Planner planner_;
    Alarm pump_again_;
    Alarm heartbeat_;
    bool stopping_ = false;
};

}  // namespace runbookd::engine
