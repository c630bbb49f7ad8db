#pragma once
// What can be seen from outside of the daemon: which records became durable, which creates went out when.
#include <cstddef>
#include <cstdint>
#include <map>
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
};

/// A create that left the machine, by the daemon's own clock.
struct Departure {
    std::string job_name;
    DeviceUid device;
    ComponentUid component;
    UtcTime at{};
    bool has_intent = false;  ///< its intent was durable
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

class Witness {
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
    [[nodiscard]] const std::map<RunUid, SeenRun>& runs() const { return runs_; }
    [[nodiscard]] const std::map<JobUid, engine::JobCreated>& jobs() const { return jobs_; }
    [[nodiscard]] const std::vector<Departure>& departures() const { return departures_; }
    [[nodiscard]] const std::map<std::string, std::vector<SeenRevision>>& revisions() const {
        return revisions_;
    }
    [[nodiscard]] const std::vector<SeenPause>& pauses() const { return pauses_; }
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
    template <class Other>
    void take(const Other& /*r*/) {}
    void look_for_secrets(const std::string& text, const std::string& where);
    void end_pause(const engine::PauseScope& scope, UtcTime at);
    void mix(std::string_view text);

    const secrets::Vault& vault_;
    std::map<RunUid, SeenRun> runs_;
    std::map<JobUid, engine::JobCreated> jobs_;
    std::map<JobUid, RunUid> heard_jobs_;
    std::map<RunUid, engine::RunPlanned> heard_runs_;
    std::vector<Departure> departures_;
    std::map<std::string, std::vector<SeenRevision>> revisions_;
    std::vector<SeenPause> pauses_;
    std::set<std::pair<RunUid, DeviceUid>> revised_;
    std::vector<std::string> leaks_;
    std::uint64_t records_ = 0;
    std::uint64_t digest_ = 14695981039346656037U;
};

}  // namespace runbookd::simulation
