#pragma once
// The books: every open run with its targets, and every job that is still followed. Each change goes through
// here, so that counts and records always agree: what is decided is decided once, and a run closes when
// nothing is pending.
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/boxed.hpp"
#include "base/ids.hpp"
#include "base/ulid.hpp"
#include "engine/alarm.hpp"
#include "engine/api.hpp"
#include "engine/in_flight.hpp"
#include "engine/outbox.hpp"
#include "engine/records.hpp"
#include "engine/recovered.hpp"
#include "runbook/collected.hpp"
#include "runbook/model.hpp"
#include "runbook/success.hpp"
#include "templates/rendered.hpp"

namespace runbookd::engine {

struct Run;

/// The steps of a target that have ended.
struct StepsDone {
    std::vector<runbook::StepEnd> ended;   ///< in their order
    UtcTime at{};                          ///< the last of them
    std::optional<UtcTime> last_job_at{};  ///< when the newest job of one of them was made
};

struct Target {
    TargetRow row;
    Disposition disposition = Disposition::pending;
    std::optional<JobUid> job;      ///< the one that is open, or was the last
    std::int64_t attempts = 0;      ///< jobs it has had
    std::int64_t tries = 0;         ///< of those, that went out or are to
    std::optional<Retrying> retry;  ///< its last job has ended, and it waits for another
    bool is_away = false;           ///< its device is offline and waited for: it holds no wave up
    Boxed<StepsDone> done{};        ///< empty: it stands at its first step, or its runbook has none

    /// The number of the step that it stands at, from 1.
    [[nodiscard]] std::int64_t step() const { return done ? std::ssize(done->ended) + 1 : 1; }
    /// A part of its steps is done: to leave it now would leave it halfway.
    [[nodiscard]] bool is_halfway() const { return static_cast<bool>(done); }
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
    std::shared_ptr<const runbook::Meaning> book;  ///< of its run; null: it has none, or nobody knows it
    DeviceUid device;
    ComponentUid component_uid;
    std::string component_name;
    std::map<std::string, templates::Rendered> variables;  ///< of a create that may still go out
    Millis timeout{std::chrono::hours{1}};
    std::int64_t step = 1;
    std::int64_t steps_after = 0;  ///< of its runbook, that come behind that one
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
    bool is_in_log = false;          ///< the activity log has told of its end
    UtcTime seen_open{};             ///< when it was last seen not to have ended
    std::optional<JobResult> ended;  ///< the terminal result, while its outputs are fetched
    std::optional<OutputText> out, err;
    std::optional<runbook::Printed> printed;  ///< of the whole stdout, once that was read
    Boxed<runbook::Collected> collected;      ///< likewise, where the runbook asks for rows
    int output_tries = 0;
    // ── in flight ──
    bool is_in_flight = false;
    std::vector<InFlight::Place> places;  ///< where it counts
};

/// What a job of a run runs.
struct RunComponent {
    ComponentUid uid;  ///< empty until found in the account's list
    std::string name;
};

struct Run {
    /// `on_window` outlives it.
    Run(AlarmClock& clock, const std::function<void(Run& run, Instant now)>& on_window)
        : window_closes(clock, [this, &on_window](Instant now) { on_window(*this, now); }) {}
    ~Run() = default;
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    [[nodiscard]] bool finishes_early() const { return create_end < plan.window_end; }
    /// It is of a lane, and nobody can tell which: it must not take all devices instead.
    [[nodiscard]] bool is_lane_lost() const {
        return lane == nullptr && plan.nominal && book != nullptr && book->lanes;
    }
    [[nodiscard]] bool must_be_online() const {
        return book != nullptr && book->offline != runbook::OfflinePolicy::dispatch;
    }
    [[nodiscard]] bool waits_for_devices() const {
        return book != nullptr && book->offline == runbook::OfflinePolicy::wait;
    }

    /// The next wave that has something to do; nullopt: none.
    [[nodiscard]] std::optional<std::int64_t> wave_after() const;
    /// It waits for a person before anything of it is created.
    [[nodiscard]] bool is_unapproved() const { return status == RunStatus::waiting && wave == 0; }
    /// It, or its next wave, waits for a person.
    [[nodiscard]] bool waits_for_person() const { return waits_for == "approval"; }
    /// What has no job of the site gets none any more.
    [[nodiscard]] bool is_halted_at(const SiteUid& site) const {
        return is_halted || halted_sites.contains(site);
    }

    /// Of its steps, the one that the target stands at; null: its runbook has none, or it has done them all.
    [[nodiscard]] const runbook::Step* step_of(const Target& target) const;
    /// The target stands at a step that makes no job: its device is expected to return.
    [[nodiscard]] bool expects_return_of(const Target& target) const {
        const auto* const step = step_of(target);
        return step != nullptr && step->expect && !target.job;
    }
    /// What a job of that step runs; its uid is empty until it was found in the account's list.
    [[nodiscard]] const RunComponent& component_of(std::int64_t step) const;

    RunPlanned plan;
    std::uint64_t order = 0;  ///< in which it was planned
    std::shared_ptr<const runbook::Meaning>
        book;                             ///< null: a quick job, or its revision can no longer be read
    const runbook::Lane* lane = nullptr;  ///< of the book: whose targets it has; null: all of them
    /// What its jobs run: of each of its steps (empty where one makes none), or the one that it has. Empty
    /// until they are looked for.
    std::vector<RunComponent> components{};
    std::string obstacle;  ///< why every job that it would still get would be refused; empty: none would
    RunStatus status = RunStatus::planned;
    UtcTime started_at{};         ///< when its targets were frozen
    SteadyTime begun_at{};        ///< when it was planned, or, put off by jitter, was to start
    std::vector<Target> targets;  ///< never grows after the start
    std::unordered_map<DeviceUid, std::size_t> by_device;
    std::array<std::int64_t, kDispositions> counts{};
    Alarm window_closes;
    UtcTime create_end{};           ///< when the last create may go out: the window's end, or `finish_by`
    std::unique_ptr<Alarm> starts;  ///< while its start is put off by jitter, or until the next window
    bool counts_as_open = true;     ///< false until then: a retarget that waits holds no other run up
    /// Why it was missed if its window closes before it starts; empty: what the API says then.
    std::string missed_because;
    std::string aborted_because;  ///< empty: it is not being aborted
    bool is_halted = false;       ///< by abort_when: what has no job gets none any more
    bool is_called_off = false;   ///< likewise, by a person: so it ends as cancelled if a target is
    std::string ended_because;    ///< what is written with its end, if that is no abort; mostly empty
    std::set<SiteUid> halted_sites;
    std::int64_t tolerated = 0;  ///< so many targets may fail
    // ── waves ──
    std::int64_t wave = 1;       ///< that began last; 0: none has, for nobody has approved the run
    std::int64_t next_wave = 0;  ///< while it is waiting: for that one
    std::string waits_for;       ///< soak, approval; empty: it is not waiting
    std::string asked_plan;      ///< the hash of what a person was asked to approve; empty: nothing
    std::optional<UtcTime> soaks_until;
    std::unique_ptr<Alarm> soak_ends;
    /// When its jobs, or some of them, were found after the store had been put back: what had been decided of
    /// it is lost, so nothing is tried again.
    std::optional<UtcTime> found_at;
    bool is_touched = false;  ///< something of it has changed that may end a wave, or the run
};

class Books {
public:
    /// `on_window` is told when the last create of a run may have gone out, and whenever its alarm was set
    /// again.
    Books(AlarmClock& clock, Outbox& outbox, std::function<void(Run& run, Instant now)> on_window)
        : clock_(clock), outbox_(outbox), on_window_(std::move(on_window)) {}

    /// Told of each target's final word, within the step that writes it.
    using OnDecided =
        std::function<void(const Run& run, const Target& target, const std::string& reason, Instant now)>;
    void tell_of_decisions(OnDecided on_decided) { on_decided_ = std::move(on_decided); }
    /// Told of each revision, which may be of a finished run, of that runbook.
    using OnRevised = std::function<void(const std::string& runbook)>;
    void tell_of_revisions(OnRevised on_revised) { on_revised_ = std::move(on_revised); }

    Run& add_run(RunPlanned plan, std::shared_ptr<const runbook::Meaning> book, Instant now);
    Job& add_job(JobUid uid, Alarm::Ring on_look);
    [[nodiscard]] Run* find_run(const RunUid& uid);
    [[nodiscard]] Job* find_job(const JobUid& uid);
    [[nodiscard]] Target* target_of(const Job& job);
    /// In the order of their uids.
    [[nodiscard]] const auto& runs() const { return runs_; }
    [[nodiscard]] const std::unordered_map<JobUid, std::unique_ptr<Job>>& jobs() const { return jobs_; }

    enum class FirstWave { begins, waits_for_approval };
    /// Freezes the targets, all pending. Who waits for approval is to be told so by await_approval, unless it
    /// is over before.
    void freeze(Run& run, std::vector<TargetRow> targets, std::vector<ExclusionRow> exclusions, Instant now,
                FirstWave first_wave = FirstWave::begins);
    /// A person must say yes before the first wave begins.
    void await_approval(Run& run, Instant now);
    /// The final word on a target. Closes the run when it was the last.
    void decide(Run& run, Target& target, Disposition disposition, std::string reason, std::string message,
                Instant now);
    /// Ends a started run: what is pending is halted, all for that reason.
    void abort(Run& run, const std::string& reason, Instant now);
    /// Ends a run that has nothing pending (also one without targets).
    void finish(Run& run, RunStatus status, std::string reason, Instant now);
    /// Its job has ended, and it is to have another.
    void retry(Run& run, Target& target, Retrying retry, Instant now);
    /// The step that it stands at has ended like that (or was passed over), and the next one is its turn.
    void end_step(Run& run, Target& target, runbook::StepEnd end, std::string reason, std::string message,
                  Instant now);
    /// By abort_when: what has no job is halted, of that site or (null) all of the run. How many.
    std::int64_t halt(Run& run, const SiteUid* site, const std::string& message, Instant now);
    /// The next wave begins. `actor`: who promoted it; empty: nobody had to.
    void start_wave(Run& run, std::int64_t wave, const std::string& actor, Instant now);
    /// The next wave waits for that.
    void wait(Run& run, std::int64_t next_wave, const std::string& reason, std::optional<UtcTime> until,
              Instant now);
    /// The target is of that wave from now on.
    void move(Run& run, Target& target, std::int64_t wave, Instant now);
    /// Something of the run has changed that may end a wave.
    void touch(Run& run);
    /// The runs of which a target was decided, or that were touched, since the last call; also finished ones.
    /// Good until the next sweep.
    [[nodiscard]] std::vector<Run*> take_touched();
    /// The job counts as in flight, at these places, until it is dropped or abandoned. Again: at others.
    void take_in_flight(Job& job, std::vector<InFlight::Place> places);
    [[nodiscard]] const InFlight& in_flight() const { return in_flight_; }
    [[nodiscard]] std::vector<InFlight::Left> take_left() { return in_flight_.take_left(); }
    /// Writes the change and follows it in memory.
    void change(Job& job, JobChanged change);
    /// How a job that was given up here has ended; where its target is unknown, that is its last word.
    void end_late(Job& job, JobLate late, Disposition disposition, std::string reason, Instant now);
    /// The last word on a target of the runbook that is unknown and was not revised.
    void revise(const std::string& runbook, TargetRevised revision, Instant now);
    /// Whether that has been said since the start.
    [[nodiscard]] bool is_revised(const RunUid& run, const DeviceUid& device) const;
    /// What a start found: the target is unknown, and has not been revised.
    void restore_unknown(const RunUid& run, const DeviceUid& device, Instant now) {
        note_unknown(run, device, now);
    }
    /// Our interest in the job ends.
    void drop(const JobUid& job);
    /// The target is decided, Datto still has the job.
    void abandon(Job& job, Instant now);
    /// Takes over what a start found, without writing it again.
    void restore_targets(Run& run, const RecoveredRun& stored);

    /// Whether an undecided target of another run of the same runbook has the device.
    [[nodiscard]] bool is_taken_by_another(const Run& run, const DeviceUid& device) const;
    /// Whether another job is open on the device of a target, or a target of another run is halfway there.
    [[nodiscard]] bool is_busy_for(const Target& target) const {
        return in_flight_.on(target.row.device) > (target.is_halfway() ? 1 : 0);
    }
    /// Whether `run` must wait for another of them: one that was frozen before, or that has begun already.
    [[nodiscard]] bool is_behind_another(const Run& run, const DeviceUid& device) const;
    /// Whether `run` waits for its turn on the device: its overlap policy says so, and it is behind another.
    [[nodiscard]] bool is_queued(const Run& run, const DeviceUid& device) const {
        return run.book != nullptr && run.book->queues() && is_behind_another(run, device);
    }
    /// Whether a run that was frozen later stops (overlap: stop_previous) what is not sent of this one there.
    [[nodiscard]] bool is_overtaken(const Run& run, const DeviceUid& device) const;
    /// The runs that were frozen before `run` and have not decided the device.
    [[nodiscard]] std::vector<Run*> earlier_on(const Run& run, const DeviceUid& device) const;
    /// Targets that may have come first since the last call, for one before them was decided.
    [[nodiscard]] std::vector<std::pair<RunUid, DeviceUid>> take_freed() { return std::exchange(freed_, {}); }
    /// A retarget that waited for its window begins.
    void count_as_open(Run& run);
    /// Whether a run of the runbook is planned or open.
    [[nodiscard]] bool has_open_run(const std::string& runbook) const;
    /// Whether one is that has devices of that lane (null: as above): lanes of one runbook do not meet.
    [[nodiscard]] bool has_open_run(const std::string& runbook, const runbook::Lane* lane) const;
    /// Whether Datto still has a job of this runbook for the device that was given up here.
    [[nodiscard]] bool is_pending_upstream(const std::string& runbook, const DeviceUid& device) const;
    /// Frees finished runs and dropped jobs; to be called when no reference to one is held.
    void sweep();

private:
    using Place = std::pair<std::string, DeviceUid>;
    /// In the order in which they were frozen.
    using Takers = std::vector<Run*>;
    struct ByUid {
        using is_transparent = void;
        static const RunUid& uid_of(const std::unique_ptr<Run>& run) { return run->plan.run; }
        static const RunUid& uid_of(const RunUid& uid) { return uid; }
        bool operator()(const auto& a, const auto& b) const { return uid_of(a) < uid_of(b); }
    };

    /// Of a target that is, or was, unknown: of a run that may be finished.
    struct Doubt {
        bool is_revised = false;
        UtcTime since{};
    };

    void note_unknown(const RunUid& run, const DeviceUid& device, Instant now);
    void take_up(Run& run, TargetRow row, Disposition disposition);
    /// How a run ends that has decided everything.
    void close(Run& run, Instant now);
    void free(const Run& run, const DeviceUid& device);
    void leave_flight(Job& job);

    AlarmClock& clock_;
    Outbox& outbox_;
    std::function<void(Run&, Instant)> on_window_;
    OnDecided on_decided_;
    OnRevised on_revised_;
    std::set<std::unique_ptr<Run>, ByUid> runs_;
    std::unordered_map<JobUid, std::unique_ptr<Job>> jobs_;
    std::map<Place, Takers> taken_;  // by undecided targets
    bool may_overtake_ = false;      // a run that stops earlier ones was frozen since the start
    std::vector<std::pair<RunUid, DeviceUid>> freed_;
    // How many, by runbook; kept from the first question on, for most runbooks never ask.
    mutable std::optional<std::unordered_map<std::string, std::uint32_t>> open_runs_;
    std::multiset<Place> upstream_;
    std::map<std::pair<RunUid, DeviceUid>, Doubt> doubts_;
    InFlight in_flight_;
    std::vector<Run*> touched_;
    std::vector<RunUid> finished_;
    std::vector<JobUid> dropped_;
    std::uint64_t last_order_ = 0;
};

}  // namespace runbookd::engine
