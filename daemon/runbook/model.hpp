#pragma once
// A runbook as the engine understands it: which devices, which component, which variables, when. The config
// room builds these from YAML and has checked them; a value here needs no further checking.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/boxed.hpp"
#include "base/time.hpp"
#include "cron/zone.hpp"
#include "cron/zone_rules.hpp"
#include "runbook/amount.hpp"
#include "runbook/approval.hpp"
#include "runbook/guard.hpp"
#include "runbook/lanes.hpp"
#include "runbook/notify.hpp"
#include "runbook/retry.hpp"
#include "runbook/rollout.hpp"
#include "runbook/selector.hpp"
#include "runbook/start_rules.hpp"
#include "runbook/steps.hpp"
#include "runbook/success.hpp"
#include "runbook/triggers.hpp"
#include "schedule/blackouts.hpp"
#include "schedule/timeline.hpp"
#include "templates/template.hpp"

namespace runbookd::runbook {

/// What happens to a target whose device is offline.
enum class OfflinePolicy {
    wait,      ///< waits until it comes online, as long as the window is open; then expired / offline
    skip,      ///< decided skipped / offline
    dispatch,  ///< created all the same: Datto holds the job until the device checks in
};

/// When the last create of a run may go out.
enum class FinishBy {
    none,    ///< until the window closes
    window,  ///< until `timeout` before that, so that what is created also ends inside the window
};

/// What happens to a device that has an undecided target of this runbook already.
enum class OverlapPolicy {
    skip,      ///< decided skipped / overlap
    queue,     ///< waits for that one, as long as its own window is open
    allow,     ///< both
    skip_run,  ///< no run begins while another of this runbook is open: the occurrence is skipped / overlap
    stop_previous,  ///< what was not sent of that one is cancelled / overlap, and what was sent is waited for
};

/// Whose creates go first where the API's budget is short.
enum class Priority : std::uint8_t { high, normal, low };

/// What becomes of a target whose create got no answer and whose job was not found.
enum class OnUnknown : std::uint8_t {
    hold,        ///< decided unknown: it may have run
    redispatch,  ///< gets another job as long as the window is open: it may run twice
};

/// The rules that a revision was resolved with: kept, so that they can be computed with again when the system
/// has newer ones.
using cron::ZoneRules;

/// What a runbook says, as the engine understands it. Kept for every runbook in force, so small.
struct Meaning {
    std::string name;
    std::string description;
    std::string file;  ///< where it was read from, for messages
    std::string account;
    std::optional<schedule::Timeline> schedule;  ///< absent: it has lanes, or is manual only
    Boxed<Lanes> lanes;  ///< where its schedule is another for each customer or zone; then no `schedule`
    Boxed<Triggers> triggers;  ///< absent: nothing but its schedule and people start it
    Millis window{std::chrono::hours{1}};
    schedule::Blackouts not_during;  ///< of what belongs to no lane
    /// The account's, when this was read: they decide which occurrences are skipped. Null: it has none.
    std::shared_ptr<const schedule::Blackouts> account_not_during;
    bool enabled = true;
    FinishBy finish_by = FinishBy::none;
    OverlapPolicy overlap = OverlapPolicy::skip;
    OfflinePolicy offline = OfflinePolicy::wait;
    Priority priority = Priority::normal;
    OnUnknown on_unknown = OnUnknown::hold;
    Guard guard;
    Targets targets;
    std::string component;  ///< exact name (ignoring case) or uid; empty: it has steps
    Boxed<Steps> steps;     ///< several jobs on each device; empty: the component is all
    std::map<std::string, templates::Template> variables;
    /// In which templates show dates: the schedule's (its first entry's), else the account's; a lane has its
    /// own. Likewise whose days a ramp counts. Null: nobody asks.
    std::shared_ptr<const cron::Zone> zone;
    Millis timeout{std::chrono::hours{1}};
    Boxed<Success> success;          ///< beyond Datto's own status; empty: that is all
    bool collects_rows = false;      ///< lines `::row {json}` of its jobs' stdout go into the record
    Boxed<Retry> retry;              ///< empty: one job is all
    Amount tolerate;                 ///< so many targets may fail before the run is `failed`
    Boxed<Rollout> rollout;          ///< empty: all in one wave
    std::int64_t max_in_flight = 0;  ///< jobs of one run at once; 0: no limit
    /// No job goes to a device on which any other is open.
    bool one_job_per_device = false;
    std::shared_ptr<const NotifyRules> notify;  ///< null: nobody is told anything
    Boxed<Once> once;                           ///< empty: what has succeeded is taken again
    Boxed<Ramp> ramp;                           ///< empty: all devices at once
    Boxed<Approval> approval;                   ///< empty: nobody has to say yes

    /// How long from its begin a window lets jobs be created: shorter than it by the longest timeout with
    /// finish_by: window.
    [[nodiscard]] Millis create_span() const { return create_span_of(window); }
    /// Of an occurrence of that entry, which may bring its own window.
    [[nodiscard]] Millis window_of(const schedule::Entry& entry) const {
        return entry.window > Millis{0} ? Millis{entry.window} : window;
    }
    [[nodiscard]] Millis create_span(const schedule::Entry& entry) const {
        return create_span_of(window_of(entry));
    }
    [[nodiscard]] bool is_scheduled() const { return schedule.has_value() || lanes; }
    /// How long a job of that one of its steps (counted from 1; of its component: 1) may take.
    [[nodiscard]] Millis timeout_of(std::int64_t step) const;
    /// What such a job must have said; null: nothing beyond Datto's own status.
    [[nodiscard]] const Success* success_of(std::int64_t step) const;
    /// The longest that a job of it may take.
    [[nodiscard]] Millis longest_timeout() const { return steps ? steps->longest_timeout(timeout) : timeout; }
    /// How long after the last create of a run its devices may take to come to their end.
    [[nodiscard]] Millis ends_within() const {
        return longest_timeout() + (steps ? steps->waits() : Millis{0});
    }
    /// The jobs that a device gets where none fails.
    [[nodiscard]] std::int64_t jobs_per_device() const { return steps ? steps->jobs() : 1; }
    /// Whether a device waits for its earlier target to be decided.
    [[nodiscard]] bool queues() const {
        return overlap == OverlapPolicy::queue || overlap == OverlapPolicy::stop_previous;
    }
    /// The filters that its targets and its waves name, each once, as written.
    [[nodiscard]] std::vector<std::string> filters() const;

private:
    [[nodiscard]] Millis create_span_of(Millis length) const {
        return finish_by == FinishBy::window ? length - longest_timeout() : length;
    }
};

/// As it was read: with what becomes the record's when it takes effect.
struct Runbook : Meaning {
    std::string yaml;  ///< the document's text: with `resolved`, the revision's identity
    /// JSON object of what the text left to defaults (zone, account, window …), and the digests of `zones`.
    std::string resolved;
    std::vector<std::shared_ptr<const ZoneRules>> zones;  ///< of schedules and blackouts; none for UTC
};

}  // namespace runbookd::runbook
