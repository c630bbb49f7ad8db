#pragma once
// What the engine writes down. A record is one fact; the store turns it into rows and into lines of the audit
// trail in one transaction, and the log prints the same names. Pure data; all times UTC.
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/boxed.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "engine/api.hpp"
#include "engine/pause_scope.hpp"
#include "engine/states.hpp"
#include "runbook/collected.hpp"
#include "runbook/model.hpp"
#include "runbook/overrides.hpp"

namespace runbookd::engine {

/// A runbook's text took effect (event revision.effective); the one before it ends at the same instant.
struct RevisionEffective {
    std::string runbook;
    std::int64_t revision = 1;  ///< counts from 1 per runbook
    std::string yaml;
    std::string resolved;  ///< JSON object: defaults and zones as they were resolved
    std::string actor;
    std::string note;
    UtcTime at{};
    std::string account{};  ///< on which it runs
};
/// A runbook's file is gone (event revision.retired): its last revision ends.
struct RevisionRetired {
    std::string runbook;
    std::string actor;
    UtcTime at{};
};

/// The rules of a time zone that a revision was resolved with, once per digest (event zone.rules): the store
/// keeps the bytes, so that `verify` can compute with them when the system has newer ones.
struct ZoneRulesSeen {
    std::shared_ptr<const runbook::ZoneRules> rules;
    UtcTime at{};
};

/// Nothing of that scope is created any more (event pause.set), until it ends by itself at `until` or
/// PauseEnded comes.
struct PauseSet {
    PauseScope scope;
    UtcTime until{};
    std::string reason;
    std::string actor;
    UtcTime at{};
};
/// The pause of that scope is over (event pause.ended).
struct PauseEnded {
    PauseScope scope;
    std::string actor;  ///< who resumed; empty: it ended by itself
    UtcTime at{};
};

/// The alert that started a run, as its templates show it.
struct AlertCause {
    AlertUid uid;
    std::string priority;
    std::string context_class;
    std::string diagnostics;  ///< cut where it is very long
    std::optional<UtcTime> raised_at{};
    bool resolve = false;  ///< it is to be closed once the job has succeeded
    friend bool operator==(const AlertCause&, const AlertCause&) = default;
};

/// How a started run differs from its runbook: narrowed to devices, sites and customers, variables set, or,
/// for a quick job, the component. All empty for a scheduled run.
struct RunScope {
    std::vector<std::string> devices;  ///< uids or hostnames
    std::vector<std::string> sites;    ///< names (globs) or uids
    std::map<std::string, std::string> variables;
    std::string component;                 ///< uid; quick jobs only
    std::vector<std::string> customers{};  ///< exact names
    std::vector<std::string> held{};  ///< uids of those devices that max_per_hour leaves out: skipped / storm
    std::optional<AlertCause> alert{};
    /// Made of jobs that were found in the activity log after the store had been put back to an earlier
    /// state: nothing more is created for it.
    bool found = false;
    /// Whether it takes fewer devices than the runbook says.
    [[nodiscard]] bool narrows() const { return !devices.empty() || !sites.empty() || !customers.empty(); }
    friend bool operator==(const RunScope&, const RunScope&) = default;
};

/// What makes the request of a quick job the same one when it comes again.
struct RequestKey {
    std::string key;      ///< of the run's actor; only one run has it
    std::string request;  ///< the fingerprint of what was asked for
};

/// A run exists (event run.planned); its targets are not frozen yet.
struct RunPlanned {
    RunUid run;
    std::string runbook;
    std::optional<std::int64_t> revision;  ///< none for `quickjob`
    std::string account;
    std::string zone;      ///< of the schedule; empty for runs without one
    std::string customer;  ///< of the lane; empty: it is of no single customer
    std::string group;     ///< ULID that the runs of all lanes of one local time share; empty: none
    Trigger trigger = Trigger::schedule;
    std::string cause;  ///< uid of what caused it: of a retarget, the run before; empty: nothing did
    std::string actor;  ///< who started it; empty for the schedule
    std::string note;
    std::optional<UtcTime> nominal;
    /// Its targets are not frozen before: nominal + jitter, or, of a retarget, when the next window opens.
    /// Unset for runs that begin at once.
    std::optional<UtcTime> starts_at;
    UtcTime window_end{};
    bool caught_up = false;  ///< the daemon was down at the nominal instant
    /// What the starter asked for beyond the runbook; the store keeps it as one JSON text.
    RunScope scope;
    /// What a person set aside for it (event run.override).
    runbook::Overrides overrides;
    UtcTime at{};
    std::optional<RequestKey> key{};  ///< of a quick job that was asked for with one
    ApprovalUid approval{};           ///< the request that was made ahead of it; empty: none was
    std::string applied_by{};  ///< who put its revision into force: known from the revision, not written
};

struct TargetRow {
    DeviceUid device;
    SiteUid site_uid;
    SharedText site_name;
    std::string hostname;
    std::int64_t wave = 1;
    bool online = false;  ///< when it was frozen
    std::optional<UtcTime> last_seen = std::nullopt;
    SharedText customer{};  ///< the name; empty: of none
};
struct ExclusionRow {
    DeviceUid device;
    std::string hostname;
    SharedText site_name;
    std::string rule;   ///< deleted, suspended, class, on_demand, exclude, already_succeeded, ramp
    SharedText reason;  ///< for a person
};
/// Targets are frozen, all pending (event run.started with the counts).
struct RunStarted {
    RunUid run;
    std::vector<TargetRow> targets;
    std::vector<ExclusionRow> exclusions;
    UtcTime at{};
    std::int64_t tolerated = 0;  ///< so many may fail before the run is `failed`
};
/// A wave of a run that has several begins (event run.wave_started): the run is `running`.
struct WaveStarted {
    RunUid run;
    std::int64_t wave = 1;
    std::string actor;  ///< who promoted it; empty: it came by itself
    UtcTime at{};
};
/// A wave is over, no job of the run is open, and the next one waits (event run.waiting): the run is
/// `waiting`.
struct RunWaiting {
    RunUid run;
    std::int64_t next_wave = 1;
    std::string reason;            ///< soak, approval
    std::optional<UtcTime> until;  ///< of a soak
    UtcTime at{};
    bool is_unapproved = false;  ///< no wave of it has begun: the run as a whole waits for a person
};
/// The device of a target came online after its wave: it belongs to another (event target.moved).
struct TargetMoved {
    RunUid run;
    DeviceUid device;
    std::int64_t wave = 1;
    UtcTime at{};
};
/// No target is pending any more (event run.finished with the counts).
struct RunFinished {
    RunUid run;
    RunStatus status = RunStatus::completed;
    std::string reason;
    UtcTime at{};
};

/// One target's final word (event target.decided).
struct TargetDecided {
    RunUid run;
    DeviceUid device;
    Disposition disposition = Disposition::failed;
    std::string reason;   ///< from the closed list of reasons; empty where the disposition says it all
    std::string message;  ///< for a person, in the event; may be empty
    UtcTime at{};
};

/// The next job of a target whose last one has ended.
struct Retrying {
    UtcTime next{};                                 ///< not before
    Disposition disposition = Disposition::failed;  ///< the target's word, should it get none
    std::string reason;
};
/// A job of the target has ended, and it gets another (event target.retry).
struct TargetRetried {
    RunUid run;
    DeviceUid device;
    Retrying retry;
    UtcTime at{};
};
/// The intent: durable before the create goes out (event job.created).
struct JobCreated {
    JobUid job;
    RunUid run;
    DeviceUid device;
    std::int64_t step = 1;
    std::int64_t attempt = 1;
    ComponentUid component_uid;
    std::string component_name;
    std::map<std::string, std::string> variables;  ///< as sent, secrets as "[secret:NAME]"
    UtcTime at{};
    std::string step_name{};       ///< empty: its runbook has no steps
    std::int64_t steps_after = 0;  ///< of its runbook, that come behind that one
};
/// What a stream held; cut to head and tail beyond the configured size, the cut marked in the text.
struct OutputText {
    std::string text;
    bool truncated = false;
};
/// A job moved on (event job.queued, job.running, job.completed, job.failed, job.timeout). Unset: as it was.
struct JobChanged {
    JobUid job;
    JobStatus status = JobStatus::queued;
    std::string reason;
    std::string message;  ///< for a person, in the event; may be empty
    std::optional<DattoJobUid> datto_job;
    std::string datto_status;  ///< as sent; empty: as it was
    std::optional<UtcTime> queued_at, started_at, ran_at, completed_at;
    std::optional<std::int64_t> warnings;
    std::optional<OutputText> out, err;
    UtcTime at{};
    std::optional<std::int64_t> exit_code{};  ///< of a marker line, or where the API has one
    Boxed<runbook::Collected> collected{};    ///< of the whole stdout, where the runbook asks for rows
};
/// What was learned after the job was given up here (event job.late). Outputs are kept if they came.
struct JobLate {
    JobUid job;
    std::string late_status;  ///< a job status
    std::string datto_status;
    std::optional<UtcTime> ran_at;
    std::optional<OutputText> out, err;
    UtcTime at{};
    Boxed<runbook::Collected> collected{};  ///< as JobChanged
};

/// A job that had been given up without an answer has turned up (event job.found): it is followed on, to
/// learn how it ended.
struct JobFound {
    JobUid job;
    DattoJobUid datto_job;
    UtcTime at{};
};
/// The second word, and the last, on a target that was `unknown` (event target.revised). The counts of its
/// run follow, and, where that is finished, its status (event run.revised).
struct TargetRevised {
    RunUid run;
    DeviceUid device;
    JobUid job;  ///< whose end it is
    Disposition disposition = Disposition::failed;
    std::string reason;
    std::string message;  ///< for a person, in the event; may be empty
    std::string actor;    ///< who said so; empty: the API shows it
    UtcTime at{};
};

/// Verdict over nominal instants of one lane (event occurrence.decided). A row that continues its neighbour
/// (same runbook, zone, customer, verdict and reason, next in order, without a run) extends it.
struct OccurrenceDecided {
    std::string runbook;
    std::int64_t revision = 1;
    std::string zone;
    UtcTime nominal{};  ///< first
    UtcTime until{};    ///< last; equal for one
    std::int64_t count = 1;
    Verdict verdict = Verdict::on_time;
    std::string reason;
    std::optional<RunUid> run;
    UtcTime at{};
    std::string customer{};  ///< of the lane; empty: none
};

/// The wall clock was ahead when these verdicts were given, and has been set back: `missed` rows without a
/// run of this runbook, zone and customer that begin after `after` hold no more (event occurrence.voided);
/// their instants lie ahead again. A row that spans `after` is void too; the part of it that stays missed is
/// recorded anew.
struct OccurrencesVoided {
    std::string runbook;
    std::string zone;
    UtcTime after{};
    UtcTime at{};
    std::string customer{};
};

/// A device as the account's list has it now, and what that is to the record.
struct FleetRow {
    enum class Change {
        known_before,  ///< of the first list that was ever read: when it came, nobody knows
        appeared,
        returned,  ///< it had been gone
        changed,
    };
    Device device;
    Change change = Change::changed;
    UtcTime first_seen{};
};
/// How a whole list of the account's devices differs from what is recorded: one part of it. Those that came
/// and went are one event of the trail (event fleet.changed).
struct FleetChanged {
    std::string account;
    std::vector<FleetRow> rows;
    std::vector<DeviceUid> gone;  ///< no longer in the list
    /// Set in the last part of the first list ever: how many devices that had (event fleet.first_list).
    std::optional<std::size_t> first_list = std::nullopt;
    UtcTime at{};
};
/// Whose sites are, as far as that differs from what is recorded (event customers.sites).
struct SitesAssigned {
    struct Row {
        SiteUid site;
        std::string customer;   ///< empty: of none
        std::string account{};  ///< of what a start finds; in the record itself all are of one
    };
    std::string account;
    std::vector<Row> rows;
    UtcTime at{};
};
/// Tells a device that is recorded as it is from one that is not: all of device_fleet's columns but the
/// times.
[[nodiscard]] std::uint64_t fingerprint_of(const Device& device);

/// A step of a target has ended, or was passed over (event target.stepped): the target stands at the next
/// one, or, where that was its last, is decided with it.
struct TargetStepped {
    RunUid run;
    DeviceUid device;
    std::string step;                     ///< the name of the one that has ended
    std::vector<runbook::StepEnd> ended;  ///< how all have ended so far, this one last
    std::string reason;                   ///< as of a target; empty where its end says it all
    std::string message;                  ///< for a person, in the event; may be empty
    UtcTime at{};
};

/// What a person says yes to. Whoever approves has this in mind, and nothing else is approved.
struct PlanInQuestion {
    ComponentUid component;
    std::string component_name;
    std::vector<DeviceUid> devices;  ///< in order
    std::string sha256;              ///< of all of it and the variables as written, in hex
};
/// A person is asked whether a run may create anything (event approval.requested). Again of the same
/// approval: its run has frozen its targets, and nobody had said yes to them.
struct ApprovalRequested {
    ApprovalUid approval;
    std::optional<RunUid> run;  ///< none: it is of an instant that is still to come
    std::string runbook;
    std::int64_t revision = 1;
    std::string account;
    std::string zone;
    std::string customer;
    std::optional<UtcTime> nominal;
    PlanInQuestion plan;
    UtcTime at{};
};
/// A person says yes (event run.approved): to a request, to a run that waits, to its next wave.
struct RunApproved {
    std::optional<RunUid> run;  ///< none: the one that is to come
    ApprovalUid approval;       ///< empty: it is about a wave of a run that has begun
    std::string actor;
    std::string note;
    std::string plan_sha256;     ///< of what was approved
    std::size_t devices = 0;     ///< so many
    std::int64_t next_wave = 0;  ///< that may begin; 0: none yet
    UtcTime at{};
};
/// A person says no (event run.rejected).
struct RunRejected {
    std::optional<RunUid> run;
    ApprovalUid approval;
    std::string actor;
    std::string reason;
    UtcTime at{};
};
/// What was asked ahead of a run is of no use any more (event approval.voided).
struct ApprovalVoided {
    ApprovalUid approval;
    std::string reason;
    UtcTime at{};
};

/// Anything else worth a line in the trail: daemon.started, api.throttled, job.searched, reload.done …
struct Noted {
    std::string subject;      ///< daemon, account, runbook, run, job, …
    std::string subject_uid;  ///< its uid or name
    std::string kind;
    std::string actor;
    std::map<std::string, std::string> data;
    UtcTime at{};
};

using Record = std::variant<RevisionEffective, RevisionRetired, ZoneRulesSeen, PauseSet, PauseEnded,
                            RunPlanned, RunStarted, RunFinished, TargetDecided, JobCreated, JobChanged,
                            JobLate, OccurrenceDecided, OccurrencesVoided, FleetChanged, SitesAssigned, Noted,
                            JobFound, TargetRevised, WaveStarted, RunWaiting, TargetMoved, TargetRetried,
                            TargetStepped, ApprovalRequested, RunApproved, RunRejected, ApprovalVoided>;

/// Written in one transaction, in this order.
using Batch = std::vector<Record>;

}  // namespace runbookd::engine
