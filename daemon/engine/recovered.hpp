#pragma once
// What a start finds in the store, so that work goes on where it was. Pure data; all times UTC.
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "engine/api.hpp"
#include "engine/durations.hpp"
#include "engine/pause_scope.hpp"
#include "engine/records.hpp"
#include "engine/states.hpp"

namespace runbookd::engine {

struct RecoveredJob {
    JobUid job;
    RunUid run;
    DeviceUid device;
    JobStatus status = JobStatus::created;
    std::optional<DattoJobUid> datto_job;  ///< none: a create without an answer
    ComponentUid component_uid;
    std::string component_name;
    std::map<std::string, std::string> variables;
    UtcTime created_at{};
    std::optional<UtcTime> queued_at, started_at, completed_at;
    std::string runbook;  ///< of its run, which may be finished
    /// Set once given up here (when its target was decided) while it has not ended upstream: followed on for
    /// late_status.
    std::optional<UtcTime> abandoned_at;
    /// Its target is unknown, and has not been revised.
    bool is_target_unknown = false;
    std::string account{};                   ///< of its run
    std::optional<std::int64_t> revision{};  ///< of its run; none: of a quick job
    std::int64_t step = 1;
    std::int64_t steps_after = 0;  ///< of its runbook, that come behind that one
};
/// A job that was given up without an answer (failed / unknown_dispatch) and has not turned up.
struct LostJob {
    JobUid job;
    RunUid run;
    std::string runbook;
    DeviceUid device;
    ComponentUid component_uid;
    std::string component_name;
    UtcTime created_at{};
    bool is_target_unknown = true;           ///< and has not been revised
    std::string account{};                   ///< of its run
    std::optional<std::int64_t> revision{};  ///< of its run; none: of a quick job
    std::int64_t step = 1;                   ///< as of a RecoveredJob
    std::int64_t steps_after = 0;            ///< likewise
    /// That revision as it is read, for its rules; null: there is none, or it has not been read.
    std::shared_ptr<const runbook::Meaning> book{};
};
struct RecoveredTarget {
    TargetRow row;
    Disposition disposition = Disposition::pending;
    std::int64_t attempts = 0;  ///< of the newest job of the step that it stands at
    std::int64_t tries = 0;     ///< jobs of that step that went out
    std::optional<Retrying> retry{};
    std::vector<runbook::StepEnd> ended{};  ///< what came of the steps before
    std::optional<UtcTime> step_at{};       ///< since when it stands there; none: at the first
    std::optional<UtcTime> last_job_at{};   ///< when its newest job was made
};
/// A run that is not finished, with every target of it.
struct RecoveredRun {
    RunPlanned planned;
    std::optional<UtcTime> started_at;
    std::vector<RecoveredTarget> targets;
    std::int64_t wave = 1;  ///< that began last
    /// What its next wave waits for (as RunWaiting), and until when; empty: nothing.
    std::string waits_for{};
    std::optional<UtcTime> waits_until{};
    bool is_called_off = false;  ///< a person did: nothing more of it is created
    std::string asked_plan{};    ///< the hash of what a person was asked to approve; empty: nothing
};
/// How the finished runs of a group have ended.
struct GroupTally {
    std::string group;
    std::int64_t failed = 0;   ///< targets that failed, timed out or are unknown
    std::int64_t decided = 0;  ///< of so many
};
/// A revision as the record has it: what was written, and how it was understood when it took effect.
struct RecordedText {
    std::string yaml;
    std::string resolved;
};
struct RecoveredRunbook {
    std::string runbook;
    std::int64_t revision = 0;
    std::string yaml;
    std::string resolved;
    UtcTime effective_from{};
    bool retired = false;
    /// The last nominal instant that has a verdict or a run; nothing at or before it is judged again, but for
    /// what `ahead` says.
    std::optional<UtcTime> judged_until;
    /// The clock has been set back: these verdicts (and runs) are all there are over the instants in
    /// (ahead_from, judged_until], oldest first; what they leave out is undecided. Unset: nothing is.
    struct Decided {
        UtcTime first{}, last{};
        bool missed_without_run = false;  ///< may be voided
        std::string reason;               ///< why it was missed
        std::int64_t revision = 1;        ///< that judged it
    };
    std::vector<Decided> ahead;
    /// The newest verdicts that may be voided should the clock be set back later, oldest first: at most
    /// kMissedAtMost, and all there are if fewer.
    std::vector<Decided> missed;
    /// The clock at this start; earlier, where verdicts that were voided at that time may not have been given
    /// anew yet.
    std::optional<UtcTime> ahead_from = std::nullopt;
    static constexpr std::size_t kMissedAtMost = 17;
    /// The same of each lane, where the revision has lanes: what is said above is then of no use.
    struct Lane {
        std::string zone, customer;
        std::optional<UtcTime> judged_until;
        std::vector<Decided> ahead, missed;
        std::optional<UtcTime> ahead_from;
    };
    std::vector<Lane> lanes = {};
    std::string account{};     ///< of the revision; empty: from before it was recorded
    std::string applied_by{};  ///< who put it into force; empty: a start of the daemon did
};
/// A run that a trigger of its runbook started, finished or not.
struct TriggeredStart {
    RunUid run;
    std::string runbook;
    Trigger trigger = Trigger::alert;
    RunScope scope;
    UtcTime at{};                ///< when it was planned
    bool has_succeeded = false;  ///< a target of it has
    std::string account{};
};
/// A revision that has ended, of a runbook whose newest has triggers.
struct PastRevision {
    std::string runbook;
    RecordedText text;
    UtcTime from{}, until{};
};
/// What a target came to, of a runbook whose outcomes in a row are counted.
struct PastDisposition {
    std::string runbook;
    DeviceUid device;
    Disposition disposition = Disposition::failed;
    UtcTime at{};
    std::string account{};
};
struct RecoveredPause {
    PauseScope scope;
    UtcTime until{};
    std::string reason;
    std::string actor;
    UtcTime since{};
    bool is_recorded = true;  ///< by the engine that it is handed to (see Pause)
};
/// A device that was in the account's list at some time.
struct RecoveredDevice {
    DeviceUid device;
    std::uint64_t fingerprint = 0;  ///< fingerprint_of what is recorded
    UtcTime first_seen{};
    std::optional<UtcTime> last_seen;
    bool known_before = false;
    bool is_gone = false;
    std::string account{};
    bool online = false;
};
/// What the last run of a lane took that was not narrowed, has started, and was not refused by the guard.
struct LastTargets {
    std::string runbook;
    std::string zone;      ///< of its schedule
    std::string customer;  ///< empty: of none
    std::vector<DeviceUid> devices;
    std::string account{};
};
/// When a device last succeeded in a runbook.
struct LastSuccess {
    DeviceUid device;
    UtcTime at{};
};
/// What was asked ahead of a run that has not frozen its targets yet.
struct RecoveredApproval {
    ApprovalRequested request;
    enum class Word : std::uint8_t { asked, approved, rejected };
    Word word = Word::asked;
    std::string actor;  ///< whose it is
    std::string words;  ///< the note, or the reason
};
/// What is known of a store that was put back to an earlier state.
struct RecoveredRestore {
    static constexpr Millis kKnownBefore = std::chrono::hours{1};
    UtcTime since{};                 ///< the newest time in it when that was first noticed
    std::optional<UtcTime> held_at;  ///< when that was; none: it is now
    std::vector<JobUid> known{};     ///< its jobs from `kKnownBefore` before `since` on
    std::vector<JobUid> found{};     ///< of those: that it did not know, and the activity log showed
};
/// What a start finds: as the store gives it, of all accounts; as an engine takes it, of its own.
struct RecoveredState {
    std::vector<RecoveredRunbook> runbooks;  ///< newest revision of each
    /// Each revision that an unfinished run, or a job below, belongs to, where it is not the newest.
    std::map<std::string, std::map<std::int64_t, RecordedText>> older_revisions;
    std::vector<LastTargets> last_targets;  ///< of the runbooks whose guard compares with them
    std::vector<RecoveredRun> runs;         ///< unfinished, oldest first
    std::vector<RecoveredJob> jobs;         ///< open ones, and abandoned ones still followed; oldest first
    std::vector<RecoveredPause> pauses;     ///< that have not ended in the record
    std::vector<std::string> zone_digests;  ///< of the zone rules that are recorded
    std::optional<UtcTime> newest;          ///< the newest time in the store
    /// The kernel has reported its clock as synchronised before (an event clock.synchronised is recorded).
    bool clock_was_synchronised = false;
    std::vector<RecoveredDevice> devices;
    bool knows_fleet = false;               ///< the first list of devices ever is recorded whole
    std::vector<SitesAssigned::Row> sites;  ///< of customers
    std::vector<SeenDuration> durations;    ///< of the newest jobs that ended, oldest first
    std::vector<LostJob> lost;              ///< of the last two days, oldest first
    std::vector<GroupTally> groups{};       ///< of the runs that finished in the last two days
    std::int64_t recent_creates = 0;        ///< made in the last 60 s: they may be in the API's window
    /// Of the last 31 days, oldest first; alerts' of the last 91.
    std::vector<TriggeredStart> triggered{};
    std::vector<PastRevision> past_revisions{};  ///< of the last 31 days, the newest of each runbook first
    std::vector<PastDisposition> past_dispositions{};  ///< of the last 31 days, oldest first
    std::vector<RecoveredApproval> approvals{};        ///< oldest first
    std::optional<RecoveredRestore> restore{};  ///< where the store is older than what was acknowledged
    // Of several accounts; an engine has only what is its own, above.
    std::vector<std::string> known_fleets{};             ///< whose first list is recorded whole
    std::map<std::string, std::int64_t> creates_of{};    ///< recent_creates, by account
    std::map<std::string, RecoveredRestore> restores{};  ///< those that differ from `restore`, by account
};

}  // namespace runbookd::engine
