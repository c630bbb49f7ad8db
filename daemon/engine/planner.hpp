#pragma once
// Which runbooks are in force, when each is due next, and what becomes of every instant that passes.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/boxed.hpp"
#include "base/error.hpp"
#include "base/sha256.hpp"
#include "engine/alarm.hpp"
#include "engine/outbox.hpp"
#include "engine/past.hpp"
#include "engine/pauses.hpp"
#include "engine/recovered.hpp"
#include "runbook/lane_view.hpp"
#include "runbook/model.hpp"

namespace runbookd::engine {

/// Whose change of the runbooks it is. At a start: nobody's, both empty.
struct Author {
    std::string actor;
    std::string note;
};

using RunbookPointer = std::shared_ptr<const runbook::Meaning>;
/// Reads a stored revision again, as it was understood then; null: this version cannot.
using ReadRevision = std::function<RunbookPointer(const std::string& runbook, const RecordedText& text)>;

/// A runbook whose file cannot be taken: its last good revision stays in force.
struct BadRunbook {
    std::string name;  ///< as far as it is known: the document's name, or the file's stem
    std::string problem;
    std::string file = {};  ///< empty: none of its own says so
};

/// The error for a name that no runbook in force has, with the nearest of those that have one.
[[nodiscard]] Error unknown_runbook(const std::string& name, const std::vector<std::string>& in_force);

class Planner {
public:
    struct InForce;
    /// What is kept of a runbook whose file is gone: its next revision goes on from there.
    struct Retired {
        std::int64_t last_revision = 0;
        Past past;
        std::map<std::string, Past> lanes;  ///< by key
    };
    /// Asked of a runbook that this planner never had in force: what the engine of another account knows of
    /// it, which has none of it from then on.
    using Elsewhere =
        std::function<std::optional<Retired>(const std::string& runbook, const Author& author, Instant now)>;
    /// Where one timeline of a runbook stands: the plain one, or a lane's.
    struct Track {
        Track(AlarmClock& clock, Alarm::Ring ring) : due(clock, std::move(ring)) {}
        std::optional<UtcTime> next_at;  ///< none: manual only, disabled, or never again
        Alarm due;
        bool is_armed = false;  ///< next_at has been worked out since the start
        Past past;
    };
    struct LaneTrack : Track {
        LaneTrack(Planner& planner, InForce& of, std::string key_of_lane);
        InForce& runbook;
        std::string key;                      ///< as Lane::key()
        const runbook::Lane* lane = nullptr;  ///< of the book in force; null: the book has it no more
    };
    using LaneTracks = std::vector<std::unique_ptr<LaneTrack>>;
    struct InForce : Track {
        explicit InForce(Planner& planner);
        /// Of the schedule; of lanes all of them, ", " between; empty: it has none.
        [[nodiscard]] std::string zone() const;
        /// The next instant of any lane.
        [[nodiscard]] std::optional<UtcTime> coming() const;
        [[nodiscard]] std::span<const std::unique_ptr<LaneTrack>> lane_tracks() const;

        RunbookPointer book;
        Sha256 identity{};  ///< of the texts
        std::int64_t revision = 1;
        UtcTime effective_from{};
        std::string applied_by;      ///< who put it into force; empty: a start of the daemon did
        Boxed<std::string> problem;  ///< why the file's newest text is not in force; empty: it is
        /// In the order of the book's lanes; those that it has no more come last. Null: it never had any.
        std::unique_ptr<LaneTracks> lanes;
    };
    /// An instant that nothing speaks against.
    struct Occurrence {
        UtcTime nominal{};
        Millis jitter{0};
        Millis window{0};
        bool caught_up = false;               ///< the daemon was down when it came
        const runbook::Lane* lane = nullptr;  ///< null: of the plain schedule
    };
    using OnDue = std::function<void(const InForce& runbook, const Occurrence& occurrence, Instant now)>;
    /// Whether a run of the runbook is open that may have devices of the lane (null: any).
    using IsOpen = std::function<bool(const std::string& runbook, const runbook::Lane* lane)>;

    /// `account` is written down with each revision.
    Planner(std::string account, AlarmClock& clock, Outbox& outbox, const Pauses& pauses, IsOpen is_open,
            OnDue on_due);

    /// Where other accounts are served beside this one.
    void look_elsewhere(Elsewhere elsewhere) { elsewhere_ = std::move(elsewhere); }
    /// Another account has the runbook from now on: it ends here as if its file were gone, and what is known
    /// of it is the other's. nullopt: it never was in force here.
    [[nodiscard]] std::optional<Retired> release(const std::string& name, const std::string& actor,
                                                 Instant now);
    /// Whether it is in force here, or once was.
    [[nodiscard]] bool knows(const std::string& name) const {
        return in_force_.contains(name) || retired_.contains(name);
    }

    /// What the store knows: the newest revisions, and which zone rules are recorded.
    void recover(const std::vector<RecoveredRunbook>& runbooks, const std::vector<std::string>& zone_digests,
                 const ReadRevision& read, Instant now);
    /// The recovered revisions' schedules judge the time the daemon was down. To be called once, after
    /// recover, before apply.
    void judge_downtime(Instant now);
    /// These runbooks are in force from now on, and no others but the bad ones' last good revisions. Starts
    /// nothing; unchanged runbooks keep their times.
    void apply(std::vector<runbook::Runbook> runbooks, const std::vector<BadRunbook>& bad,
               const Author& author, Instant now);
    /// The wall clock was set by more than a minute and is believed now: what it passed over is judged, and
    /// what was missed but lies ahead again is taken back.
    void follow_clock(Instant now);
    /// The newest instant of that lane (null: of the plain schedule) that has no verdict yet and in whose
    /// window a job was created at `created`; nullopt: there is none.
    [[nodiscard]] std::optional<Occurrence> occurrence_at(const std::string& runbook,
                                                          const runbook::Lane* lane, UtcTime created) const;
    /// A run of that instant has been found that the record had lost. What came before it has passed: it was
    /// missed / store_restored, or is skipped / catch_up.
    void take_found(const std::string& runbook, const runbook::Lane* lane, UtcTime nominal, Instant now);
    /// What became of the instants up to `until` is lost (the store was put back): none of them is served.
    /// To be called before the downtime is judged.
    void lose(UtcTime until) { lost_until_ = until; }
    void stop();
    [[nodiscard]] const std::map<std::string, InForce>& in_force() const { return in_force_; }
    [[nodiscard]] const InForce* find(const std::string& name) const;

private:
    /// Why instants were not served when they came.
    enum class Cause { down, stalled, stepped, restored };
    class Walk;

    InForce& place_of(const std::string& name);
    /// Takes the texts out of `runbook`.
    void put_in_force(runbook::Runbook& runbook, const Author& author, Instant now);
    /// Of a runbook that is new here.
    void go_on_from(InForce& runbook, Retired before);
    void record_zones(const runbook::Runbook& runbook, Instant now);
    void retire(const std::string& name, const std::string& actor, Instant now);
    /// One timeline of a runbook, as the planner goes through them.
    struct Part {
        InForce& runbook;
        Track& track;
        const runbook::Lane* lane;  // null: the plain one
        [[nodiscard]] runbook::LaneView view() const { return {*runbook.book, lane}; }
    };
    [[nodiscard]] static std::vector<Part> parts_of(InForce& runbook);
    /// Puts the book in its place, with a track for each of its lanes.
    void set_book(InForce& runbook, RunbookPointer book);
    static void restore_lanes(InForce& runbook, const RecoveredRunbook& stored);
    static void supersede(InForce& runbook, Instant now);
    void arm_all(InForce& runbook, UtcTime after, Instant now);
    static void arm(const Part& part, UtcTime after, Instant now);
    void ring(const Part& part, Instant now);
    void judge(const Part& part, UtcTime after, Cause cause, Instant now);
    void take_back(const Part& part, Instant now);
    void serve_if_due(InForce& runbook, Instant now);

    std::string account_;
    AlarmClock& clock_;
    Outbox& outbox_;
    const Pauses& pauses_;
    IsOpen is_open_;
    OnDue on_due_;
    Elsewhere elsewhere_;
    std::map<std::string, InForce> in_force_;
    std::map<std::string, Retired> retired_;
    std::set<std::string> known_zones_;  // digests
    std::optional<UtcTime> lost_until_;
};

}  // namespace runbookd::engine
