#pragma once
// Which runbooks are in force, when each is due next, and what became of every instant that has passed.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/alarm.hpp"
#include "engine/outbox.hpp"
#include "engine/records.hpp"
#include "runbook/model.hpp"

namespace runbookd::engine {

using RunbookPointer = std::shared_ptr<const runbook::Runbook>;
/// Reads a stored revision's text again; null: this version cannot.
using ReadRevision = std::function<RunbookPointer(const std::string& runbook, const std::string& yaml)>;

/// A runbook whose file cannot be taken: its last good revision stays in force.
struct BadRunbook {
    std::string name;  ///< as far as it is known: the document's name, or the file's stem
    std::string problem;
};

class Planner {
public:
    struct InForce {
        RunbookPointer book;
        std::int64_t revision = 1;
        UtcTime effective_from{};
        std::string problem;             ///< why the file's newest text is not in force; empty: it is
        std::optional<UtcTime> next_at;  ///< none: manual only, disabled, or never again
        std::unique_ptr<Alarm> due;
    };
    /// A scheduled instant has come, and nothing speaks against it.
    using OnDue = std::function<void(const InForce& runbook, UtcTime nominal, Instant now)>;

    Planner(AlarmClock& clock, Outbox& outbox, OnDue on_due);

    /// What the store knows: the newest revisions, whose schedules judge the time the daemon was down.
    void recover(const std::vector<RecoveredRunbook>& runbooks, const ReadRevision& read, Instant now);
    /// These runbooks are in force from now on, and no others but the bad ones' last good revisions. Starts
    /// nothing; unchanged runbooks keep their times.
    void apply(std::vector<runbook::Runbook> runbooks, const std::vector<BadRunbook>& bad,
               const std::string& actor, Instant now);
    void stop();
    [[nodiscard]] const std::map<std::string, InForce>& in_force() const { return in_force_; }
    [[nodiscard]] const InForce* find(const std::string& name) const;

private:
    void put_in_force(runbook::Runbook runbook, const std::string& actor, Instant now);
    void retire(const std::string& name, const std::string& actor, Instant now);
    void arm(const std::string& name, UtcTime after, Instant now);
    void ring(const std::string& name, Instant now);
    /// Instants in a row that nobody served.
    struct Stretch {
        UtcTime first{}, last{};
        std::int64_t count = 0;
        void take(UtcTime nominal);
    };
    /// Those whose window has closed were missed; the others policy (catch_up: none) passed over.
    struct Unserved {
        Stretch missed, passed_over;
        void take(const runbook::Runbook& book, UtcTime nominal, Instant now);
    };
    void judge_downtime(const InForce& runbook, UtcTime after, Instant now);
    void write_verdicts(const InForce& runbook, const Unserved& unserved, const std::string& cause,
                        Instant now);
    void write_verdict(const InForce& runbook, const Stretch& stretch, Verdict verdict,
                       const std::string& reason, Instant now);
    void mark_judged(const std::string& name, UtcTime nominal);
    void serve_if_due(const std::string& name, Instant now);

    AlarmClock& clock_;
    Outbox& outbox_;
    OnDue on_due_;
    std::map<std::string, InForce> in_force_;
    // Both also of retired runbooks.
    std::map<std::string, std::int64_t> last_revision_;
    std::map<std::string, UtcTime>
        judged_until_;  // the wall clock may go back; an instant does not fire again
};

}  // namespace runbookd::engine
