#pragma once
// The record in memory, with what a store promises and no more: batches become durable in order, some time
// after they were handed in; a crash keeps a prefix of them. Checks the books after every batch.
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/records.hpp"
#include "engine/recovered.hpp"
#include "fakes/record_keeper.hpp"

namespace runbookd::fakes {

struct StoredRun {
    engine::RunPlanned planned;
    std::optional<UtcTime> started_at;
    engine::RunStatus status = engine::RunStatus::planned;
    std::vector<engine::RecoveredTarget> targets;
    std::map<DeviceUid, std::string> reasons;
    std::map<DeviceUid, UtcTime> decided_at;
    std::set<DeviceUid> revised;
    std::int64_t tolerated = 0;
    std::int64_t wave = 1;
    std::string waits_for;  ///< empty: nothing
    std::optional<UtcTime> waits_until;
};
struct StoredJob {
    engine::JobCreated created;
    engine::JobStatus status = engine::JobStatus::created;
    std::string reason;
    std::optional<DattoJobUid> datto_job;
    std::optional<UtcTime> queued_at, started_at;
    std::optional<std::string> out;
    std::optional<std::int64_t> exit_code;
    std::string late_status;
    std::vector<std::string> rows{};  ///< collected
};

class SimulatedStore final : public RecordKeeper {
public:
    /// Throws std::logic_error when the batch contradicts what is stored or leaves the books unbalanced.
    void apply(const engine::Batch& batch) override;
    [[nodiscard]] engine::RecoveredState recover(UtcTime now) const override;
    /// Whether it is older than the last batch that was acknowledged: see Simulation::put_back. What a start
    /// finds then says so.
    bool is_put_back = false;

    [[nodiscard]] std::vector<engine::LastSuccess> successes(const std::string& runbook) const override;
    [[nodiscard]] const std::map<RunUid, StoredRun>& runs() const { return runs_; }
    [[nodiscard]] const std::map<JobUid, StoredJob>& jobs() const { return jobs_; }
    [[nodiscard]] const std::vector<engine::OccurrenceDecided>& occurrences() const { return occurrences_; }
    /// What people were asked to approve, and have said, but for what is void.
    [[nodiscard]] const std::map<ApprovalUid, engine::RecoveredApproval>& approvals() const {
        return approvals_;
    }
    [[nodiscard]] const std::vector<engine::Noted>& notes() const { return notes_; }
    /// All there ever were; `until` is when it really ended, if it has.
    [[nodiscard]] const std::vector<engine::RecoveredPause>& pauses() const { return pauses_; }

private:
    void take(const engine::RevisionEffective& r);
    void take(const engine::RevisionRetired& r);
    void take(const engine::ZoneRulesSeen& r);
    void take(const engine::PauseSet& r);
    void take(const engine::PauseEnded& r);
    void take(const engine::OccurrencesVoided& r);
    void take(const engine::RunPlanned& r);
    void take(const engine::RunStarted& r);
    void take(const engine::RunFinished& r);
    void take(const engine::TargetDecided& r);
    void take(const engine::JobCreated& r);
    void take(const engine::JobChanged& r);
    void take(const engine::JobLate& r);
    void take(const engine::OccurrenceDecided& r);
    void take(const engine::FleetChanged& r);
    void take(const engine::SitesAssigned& r);
    void take(const engine::Noted& r);
    void take(const engine::JobFound& r);
    void take(const engine::TargetRevised& r);
    void take(const engine::WaveStarted& r);
    void take(const engine::RunWaiting& r);
    void take(const engine::TargetMoved& r);
    void take(const engine::TargetRetried& r);
    void take(const engine::TargetStepped& r);
    void take(const engine::ApprovalRequested& r);
    void take(const engine::RunApproved& r);
    void take(const engine::RunRejected& r);
    void take(const engine::ApprovalVoided& r);
    [[nodiscard]] engine::RecoveredRun recovered(const RunUid& uid, const StoredRun& run) const;
    void add_groups(engine::RecoveredState& state) const;
    [[nodiscard]] engine::RecoveredRestore restore() const;
    [[nodiscard]] std::vector<engine::RecoveredRunbook::Lane> lanes_of(const std::string& runbook,
                                                                       UtcTime now) const;

    std::map<std::string, engine::RecoveredRunbook> runbooks_;
    std::map<std::string, std::map<std::int64_t, engine::RecordedText>> texts_;  // of every revision
    std::map<RunUid, StoredRun> runs_;
    std::map<JobUid, StoredJob> jobs_;
    [[nodiscard]] engine::OccurrenceDecided* continued_by(const engine::OccurrenceDecided& r);
    void add(const engine::OccurrenceDecided& r);
    void judge_again(const std::string& runbook);

    /// The books of a run: nothing is pending when it is over, and something while it runs.
    void check(const RunUid& run) const;

    std::map<RunUid, std::vector<JobUid>> jobs_of_;
    // By lane (runbook, zone, customer): the instants that have runs, and where its newest verdict stands.
    using Lane = std::tuple<std::string, std::string, std::string>;
    std::map<Lane, std::set<UtcTime>> fired_;
    std::map<Lane, std::size_t> newest_verdict_;
    std::vector<engine::OccurrenceDecided> occurrences_;
    std::map<DeviceUid, engine::RecoveredDevice> devices_;
    bool knows_fleet_ = false;
    std::map<SiteUid, std::string> sites_;  // those of customers
    std::vector<engine::RecoveredPause> pauses_;
    std::set<engine::PauseScope> open_pauses_;  // the last one of each in pauses_
    std::vector<std::string> zone_digests_;
    std::optional<UtcTime> newest_;
    UtcTime last_at_{};  // by the clock as it was then
    struct Voided {
        std::string runbook;
        UtcTime until{}, at{};
        std::string zone, customer;
    };
    std::vector<Voided> voided_;
    std::vector<engine::Noted> notes_;
    std::vector<engine::PastRevision> past_revisions_;            // the newest first
    std::map<ApprovalUid, engine::RecoveredApproval> approvals_;  // that are not void
};

}  // namespace runbookd::fakes
