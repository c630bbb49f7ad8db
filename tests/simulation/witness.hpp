#pragma once
// What can be seen from outside of the daemon: which records became durable, which creates went out when.
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/records.hpp"
#include "secrets/vault.hpp"

namespace runbookd::simulation {

/// A run as the durable records tell of it.
struct SeenRun {
    engine::RunPlanned planned;
    std::optional<UtcTime> started_at, finished_at;
    std::map<DeviceUid, engine::TargetRow> targets;
    std::map<DeviceUid, engine::TargetDecided> decided;
    std::map<DeviceUid, std::vector<runbook::StepEnd>> ended{};  ///< steps
    std::uint64_t place = 0;         ///< among the runs in the order in which they were started; 0: not yet
    std::set<DeviceUid> expected{};  ///< targets that were frozen and undecided, in the same batch
    /// Targets that had succeeded in an earlier run of the runbook: when they were first decided there.
    std::map<DeviceUid, UtcTime> had_succeeded{};
    bool waits_for_yes = false;  ///< nobody has approved it as a whole
    bool is_rejected = false;
};

/// That a person was asked ahead of a run.
struct SeenRequest {
    engine::ApprovalRequested asked;
    std::optional<RunUid> run;  ///< that has come
    bool is_void = false, is_approved = false;
};

/// A step of a target that was no job has ended well: a return.
struct SeenStep {
    RunUid run;
    DeviceUid device;
    std::size_t place = 0;  ///< among the steps
    runbook::StepEnd end = runbook::StepEnd::succeeded;
    UtcTime last_job_at{}, at{};
};

/// A create that left the machine, by the daemon's own clock.
struct Departure {
    std::string job_name;
    DeviceUid device;
    ComponentUid component;
    UtcTime at{};
    bool has_intent = false;  ///< its intent was durable
    // ── as it was known then; all of them empty without an intent ──
    engine::JobCreated intent{};
    engine::RunPlanned plan{};
    std::vector<runbook::StepEnd> ended{};  ///< steps of its target
    std::vector<RunUid> later{};            ///< runs of the runbook, that began later and wait for the device
    bool is_rejected = false;
    bool is_approved = false;  ///< by a person, as a whole, or ahead of it with this device
    bool is_lost = false;      ///< the store was put back to before its intent
};

/// A revision of a runbook, and until when it was in force.
struct SeenRevision {
    std::int64_t number = 1;
    std::string yaml, resolved;
    UtcTime from{};
    std::optional<UtcTime> until;
};

struct SeenPause {
    engine::PauseScope scope;
    UtcTime since{}, until{};
};

/// What the record has told so far.
struct Told {
    std::map<RunUid, SeenRun> runs;
    std::map<JobUid, engine::JobCreated> jobs;
    std::map<std::string, std::vector<SeenRevision>> revisions;
    std::vector<SeenPause> pauses;
    std::set<std::pair<RunUid, DeviceUid>> revised;
    std::map<ApprovalUid, SeenRequest> asked;
    std::map<std::string, std::map<DeviceUid, UtcTime>> successes;              // by runbook: the newest
    std::map<std::string, std::map<DeviceUid, std::vector<RunUid>>> of_device;  // started runs
    std::map<std::pair<RunUid, DeviceUid>, UtcTime> last_job_at;
    std::vector<SeenStep> steps;
    std::uint64_t started = 0;
};

class Witness : Told {
public:
    /// `vault` outlives this.
    explicit Witness(const secrets::Vault& vault) : vault_(vault) {}

    void see(const engine::Batch& durable);
    void see(Departure departure);
    /// What the engine has said of a job, durable or not.
    void hear(const engine::JobCreated& job) { heard_jobs_[job.job] = job.run; }
    void hear(const engine::RunPlanned& run) { heard_runs_[run.run] = run; }

    /// Null: nobody has said anything of it.
    [[nodiscard]] const engine::RunPlanned* plan_of(const JobUid& job) const;
    [[nodiscard]] const std::map<RunUid, SeenRun>& runs() const { return Told::runs; }
    [[nodiscard]] const std::map<JobUid, engine::JobCreated>& jobs() const { return Told::jobs; }
    [[nodiscard]] const std::vector<Departure>& departures() const { return departures_; }
    [[nodiscard]] const std::map<std::string, std::vector<SeenRevision>>& revisions() const {
        return Told::revisions;
    }
    [[nodiscard]] const std::vector<SeenPause>& pauses() const { return Told::pauses; }
    /// What people were asked, ahead of runs.
    [[nodiscard]] const std::map<ApprovalUid, SeenRequest>& asked() const { return Told::asked; }
    [[nodiscard]] const std::vector<SeenStep>& steps() const { return Told::steps; }

    /// The record is backed up, and later put back: what it says is forgotten with it. What went out stays.
    void back_up();
    void put_back();
    /// As revisions(), when the store was put back.
    [[nodiscard]] const std::map<std::string, std::vector<SeenRevision>>& lost_revisions() const {
        return lost_revisions_;
    }
    /// Jobs whose target is unknown and has had no second word.
    [[nodiscard]] std::vector<engine::JobCreated> unknown_jobs() const;
    /// Where the value of a secret became durable, for people; at most a few.
    [[nodiscard]] const std::vector<std::string>& leaks() const { return leaks_; }
    [[nodiscard]] std::uint64_t records() const { return records_; }
    /// Of all that became durable, in its order: two lives with the same one were the same.
    [[nodiscard]] std::uint64_t digest() const { return digest_; }

private:
    void take(const engine::RevisionEffective& r);
    void take(const engine::RevisionRetired& r);
    void take(const engine::PauseSet& r);
    void take(const engine::PauseEnded& r);
    void take(const engine::RunPlanned& r);
    void take(const engine::RunStarted& r);
    void take(const engine::RunFinished& r);
    void take(const engine::TargetDecided& r);
    void take(const engine::TargetRevised& r);
    void take(const engine::JobCreated& r);
    void take(const engine::JobChanged& r);
    void take(const engine::JobLate& r);
    void take(const engine::Noted& r);
    void take(const engine::TargetStepped& r);
    void take(const engine::ApprovalRequested& r);
    void take(const engine::RunApproved& r);
    void take(const engine::RunRejected& r);
    void take(const engine::ApprovalVoided& r);
    void note_success(const std::string& runbook, const DeviceUid& device, UtcTime at);
    [[nodiscard]] bool is_approved(const SeenRun& run, const DeviceUid& device) const;
    template <class Other>
    void take(const Other& /*r*/) {}
    void look_for_secrets(const std::string& text, const std::string& where);
    void end_pause(const engine::PauseScope& scope, UtcTime at);
    void mix(std::string_view text);

    const secrets::Vault& vault_;
    std::map<JobUid, RunUid> heard_jobs_;
    std::map<RunUid, engine::RunPlanned> heard_runs_;
    std::vector<Departure> departures_;
    std::map<std::string, std::vector<SeenRevision>> lost_revisions_;
    std::vector<std::string> leaks_;
    std::uint64_t records_ = 0;
    std::uint64_t digest_ = 14695981039346656037U;
    std::unique_ptr<const Told> backup_;
};

}  // namespace runbookd::simulation
