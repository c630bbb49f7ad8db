#pragma once
// The books: every open run with its targets, and every job that is still followed. Each change goes through
// here, so that counts and records always agree: what is decided is decided once, and a run closes when
// nothing is pending.
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/ulid.hpp"
#include "engine/alarm.hpp"
#include "engine/api.hpp"
#include "engine/outbox.hpp"
#include "engine/records.hpp"
#include "runbook/model.hpp"

namespace runbookd::engine {

struct Run;

struct Target {
    TargetRow row;
    Disposition disposition = Disposition::pending;
    std::optional<JobUid> job;  ///< the one that is open, or was the last
};

/// Where a job stands on our side; its status is what the record says.
enum class Stage {
    intent,     ///< being made durable
    sendable,   ///< durable, and certainly not sent: may go out (again)
    sending,    ///< the create is under way
    lookup,     ///< sent, or perhaps sent, without an answer: searched in the activity log
    following,  ///< Datto has it
    abandoned,  ///< its target is decided, Datto still has it: followed on at leisure
};

struct Job {
    Job(AlarmClock& clock, Alarm::Ring ring) : next_look(clock, std::move(ring)) {}

    JobUid uid;
    RunUid run;
    std::string runbook;
    DeviceUid device;
    ComponentUid component_uid;
    std::string component_name;
    std::map<std::string, std::string> variables;
    Millis timeout{std::chrono::hours{1}};
    Stage stage = Stage::intent;
    JobStatus status = JobStatus::created;
    std::optional<DattoJobUid> datto_job;
    UtcTime created_at{};
    UtcTime queued_at{};
    std::optional<UtcTime> started_at;
    UtcTime abandoned_at{};
    // ── following ──
    Alarm next_look;
    bool is_looking = false;         ///< a read for it is under way
    std::optional<JobResult> ended;  ///< the terminal result, while its outputs are fetched
    std::optional<OutputText> out, err;
    int output_tries = 0;
};

struct Run {
    explicit Run(AlarmClock& clock, Alarm::Ring ring) : window_closes(clock, std::move(ring)) {}

    RunPlanned plan;
    std::uint64_t order = 0;  ///< in which it was planned
    std::shared_ptr<const runbook::Runbook>
        book;                ///< null: a quick job, or its revision can no longer be read
    ComponentUid component;  ///< what its jobs run; empty until found in the account's list
    std::string component_name;
    RunStatus status = RunStatus::planned;
    SteadyTime planned_at{};
    std::vector<Target> targets;  ///< never grows after the start
    std::unordered_map<DeviceUid, std::size_t> by_device;
    std::array<std::int64_t, kDispositions> counts{};
    Alarm window_closes;
};

class Books {
public:
    Books(AlarmClock& clock, Outbox& outbox) : clock_(clock), outbox_(outbox) {}

    /// A run whose window alarm calls `on_window` (and five minutes later again, for what Datto has not
    /// picked up).
    Run& add_run(RunPlanned plan, std::shared_ptr<const runbook::Runbook> book, Instant now,
                 Alarm::Ring on_window);
    Job& add_job(JobUid uid, Alarm::Ring on_look);
    [[nodiscard]] Run* find_run(const RunUid& uid);
    [[nodiscard]] Job* find_job(const JobUid& uid);
    [[nodiscard]] Target* target_of(const Job& job);
    [[nodiscard]] const std::map<RunUid, std::unique_ptr<Run>>& runs() const { return runs_; }
    [[nodiscard]] const std::unordered_map<JobUid, std::unique_ptr<Job>>& jobs() const { return jobs_; }

    /// Freezes the targets, all pending.
    void freeze(Run& run, std::vector<TargetRow> targets, std::vector<ExclusionRow> exclusions, Instant now);
    /// The final word on a target. Closes the run when it was the last.
    void decide(Run& run, Target& target, Disposition disposition, std::string reason, std::string message,
                Instant now);
    /// Ends a run that has nothing pending (also one without targets).
    void finish(Run& run, RunStatus status, std::string reason, Instant now);
    /// Writes the change and follows it in memory.
    void change(Job& job, JobChanged change);
    /// Our interest in the job ends.
    void drop(const JobUid& job);
    /// The target is decided, Datto still has the job.
    void abandon(Job& job, Instant now);
    /// Takes over what a start found, without writing it again.
    void restore_targets(Run& run, const std::vector<RecoveredTarget>& targets);

    /// Whether an undecided target of another run of the same runbook has the device. (`run` has one itself.)
    [[nodiscard]] bool is_taken_by_another(const Run& run, const DeviceUid& device) const;
    /// Whether Datto still has a job of this runbook for the device that was given up here.
    [[nodiscard]] bool is_pending_upstream(const std::string& runbook, const DeviceUid& device) const;
    /// Frees finished runs and dropped jobs; to be called when no reference to one is held.
    void sweep();

private:
    using Place = std::pair<std::string, DeviceUid>;

    void take_up(Run& run, TargetRow row, Disposition disposition);

    AlarmClock& clock_;
    Outbox& outbox_;
    std::map<RunUid, std::unique_ptr<Run>> runs_;
    std::unordered_map<JobUid, std::unique_ptr<Job>> jobs_;
    std::multiset<Place> taken_;
    std::multiset<Place> upstream_;
    std::vector<RunUid> finished_;
    std::vector<JobUid> dropped_;
    std::uint64_t last_order_ = 0;
};

}  // namespace runbookd::engine
