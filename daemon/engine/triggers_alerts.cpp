// Alerts: which of the account's open ones start what.
#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "engine/output_cut.hpp"
#include "engine/triggers.hpp"

namespace runbookd::engine {
namespace {

using runbook::AlertTrigger;

// What is kept of an alert's text, for the templates of its run.
constexpr std::size_t kDiagnosticsAtMost = 4096;

AlertCause cause_of(const Alert& alert, const AlertTrigger& trigger) {
    return {alert.uid,           alert.priority,
            alert.context_class, cut_output(alert.diagnostics, kDiagnosticsAtMost).text,
            alert.raised_at,     trigger.resolve};
}

bool may_act(const Alert& alert) {
    return !alert.resolved && !alert.muted && alert.raised_at && !alert.uid.empty() && !alert.device.empty();
}

}  // namespace

void Triggers::on_alerts(std::vector<Alert> alerts, Instant now) {
    for (const auto& alert : alerts)
        if (!alert.resolved && memory_.is_to_be_resolved(alert.uid)) alerts_.resolve(alert.uid);
    // Which devices there are, and what time it is, must be known; a minute later there is another list.
    if (known_.clock.is_doubted() || !known_.fleet.devices_read_at()) return;
    std::erase_if(alerts, [](const Alert& alert) { return !may_act(alert); });
    std::stable_sort(alerts.begin(), alerts.end(),
                     [](const Alert& a, const Alert& b) { return *a.raised_at < *b.raised_at; });
    memory_.forget_old(now.utc);
    for (const auto& [name, watches] : watches_.all()) act_on_alerts(name, watches, alerts, now);
}

void Triggers::act_on_alerts(const std::string& name, const std::vector<TriggerWatches::Watch>& watches,
                             const std::vector<Alert>& alerts, Instant now) {
    std::vector<const Alert*> candidates;
    std::set<DeviceUid> devices;
    for (const auto& alert : alerts) {
        if (memory_.has_acted_on(name, alert.uid) || find_trigger(name, watches, alert, now) == nullptr)
            continue;
        candidates.push_back(&alert);
        devices.insert(alert.device);
    }
    // Those that something holds up stay open, and are seen again.
    if (candidates.empty() || hooks_.refusal(name, now)) return;
    const auto targets =
        targets_among(*known_.planner.find(name)->book, {devices.begin(), devices.end()}, now);
    const std::set<DeviceUid> are_targets(targets.begin(), targets.end());
    for (const auto* const alert : candidates) {
        // Another alert of the device may have acted just now.
        const auto* const trigger = find_trigger(name, watches, *alert, now);
        if (trigger == nullptr || !are_targets.contains(alert->device)) continue;
        start(name, {alert->device},
              {.trigger = Trigger::alert, .uid = alert->uid.str(), .alert = cause_of(*alert, *trigger)}, now);
        if (hooks_.refusal(name, now)) return;  // skip_run: that one is open now
    }
}

const AlertTrigger* Triggers::find_trigger(const std::string& name,
                                           const std::vector<TriggerWatches::Watch>& watches,
                                           const Alert& alert, Instant now) const {
    // Older ones may have acted beyond what a start remembers.
    const auto oldest = now.utc - TriggerMemory::kRemembered;
    const auto last = memory_.last_by_alert(name, alert.device);
    for (const auto& watch : watches) {
        const auto* const trigger = std::get_if<AlertTrigger>(&watch.trigger);
        if (trigger == nullptr || !runbook::matches(*trigger, alert.priority, alert.context_class)) continue;
        if (*alert.raised_at <= std::max(watch.since, oldest)) continue;
        const bool is_cooling =
            trigger->cooldown > Millis{0} && last && *alert.raised_at < *last + trigger->cooldown;
        if (!is_cooling) return trigger;
    }
    return nullptr;
}

}  // namespace runbookd::engine
