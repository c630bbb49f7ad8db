#pragma once
// Policy jobs: starts a runbook on a device because of an alert, of what another runbook came to there, of
// its return, or of its first appearance. What is decided here is a run like one that a person starts with
// the device named: the starter, the rules and the dispatcher do the rest. The run is written in the same
// step as what it answers (a decision, a device that is online again), or the record itself says that it was
// started (alerts, new devices): so nothing acts twice and nothing is forgotten, whenever the process dies.
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ulid.hpp"
#include "engine/alarm.hpp"
#include "engine/alert_desk.hpp"
#include "engine/books.hpp"
#include "engine/clock_guard.hpp"
#include "engine/customers.hpp"
#include "engine/fleet.hpp"
#include "engine/fleet_history.hpp"
#include "engine/line.hpp"
#include "engine/outbox.hpp"
#include "engine/planner.hpp"
#include "engine/trigger_memory.hpp"
#include "engine/trigger_watches.hpp"

namespace runbookd::engine {

class Triggers {
public:
    /// What is known; all of it outlives this.
    struct Knowledge {
        const Planner& planner;
        const Fleet& fleet;
        const FleetHistory& history;
        const Customers& customers;
        const ClockGuard& clock;
    };
    struct Hooks {
        /// Why the runbook may not be started now; nullopt: it may.
        std::function<std::optional<Error>(const std::string& runbook, Instant now)> refusal;
        /// Gets each run that was planned and written, once.
        std::function<void(Run& run, Instant now)> on_planned;
    };
    Triggers(std::string account, AlarmClock& alarms, Books& books, Outbox& outbox, Line& line,
             UlidSource& ulids, Knowledge knowledge, Hooks hooks);

    /// What a start found in the store; to be called once the planner has recovered.
    void restore(const RecoveredState& state, const ReadRevision& read, Instant now);
    /// Other revisions may be in force now.
    void follow(Instant now);
    /// Devices that are known now may have been new for long enough.
    void look_for_new_devices(Instant now);
    /// Within the step that records that they are online.
    void on_returned(const std::vector<FleetHistory::Returned>& devices, Instant now);
    /// Within the step that writes it.
    void on_decided(const Run& run, const Target& target, const std::string& reason, Instant now);
    /// Hands over what was planned since the last time.
    void hand_over(Instant now);
    /// Reads alerts, and closes them.
    void pump(Instant now) { alerts_.pump(now); }
    [[nodiscard]] const AlertDesk& alerts() const { return alerts_; }

private:
    /// What starts a run.
    struct Cause {
        Trigger trigger = Trigger::alert;
        std::string uid{};  ///< of the alert or the run; empty: it has none
        std::optional<AlertCause> alert{};
    };
    void on_alerts(std::vector<Alert> alerts, Instant now);
    void act_on_alerts(const std::string& name, const std::vector<TriggerWatches::Watch>& watches,
                       const std::vector<Alert>& alerts, Instant now);
    /// The trigger that acts on the alert; null: none does.
    [[nodiscard]] const runbook::AlertTrigger* find_trigger(const std::string& name,
                                                            const std::vector<TriggerWatches::Watch>& watches,
                                                            const Alert& alert, Instant now) const;
    void look_for_new_devices(const std::string& name, const std::vector<TriggerWatches::Watch>& watches,
                              std::optional<UtcTime>& next, Instant now);
    /// Of these devices those that the runbook's targets take now; all of them while that cannot be told: the
    /// run finds out.
    [[nodiscard]] std::vector<DeviceUid> targets_among(const runbook::Meaning& book,
                                                       const std::vector<DeviceUid>& devices,
                                                       Instant now) const;
    /// Plans a run on those of the devices that are targets; on none: nothing.
    void start(const std::string& name, const std::vector<DeviceUid>& devices, Cause cause, Instant now);
    /// A chance that does not come again was not taken.
    void pass_over(const std::string& name, const Cause& cause, const std::vector<DeviceUid>& devices,
                   const std::string& why, Instant now);
    void write_storm(const RunPlanned& plan, std::int64_t most, Instant now);

    std::string account_;
    Books& books_;
    Outbox& outbox_;
    UlidSource& ulids_;
    Knowledge known_;
    Hooks hooks_;
    TriggerWatches watches_;
    TriggerMemory memory_;
    AlertDesk alerts_;
    Alarm next_settled_;
    std::vector<RunUid> planned_;  // not handed over yet
};

}  // namespace runbookd::engine
