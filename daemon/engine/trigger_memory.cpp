#include "engine/trigger_memory.hpp"

#include <algorithm>

namespace runbookd::engine {
namespace {

constexpr Millis kHour = std::chrono::hours{1};

}  // namespace

void TriggerMemory::restore(const RecoveredState& state) {
    for (const auto& start : state.triggered) {
        add(start.runbook, start.trigger, start.scope, start.at);
        if (start.has_succeeded && start.scope.alert) note_success(start.runbook, start.scope.alert->uid);
    }
}

void TriggerMemory::add(const RunPlanned& plan) { add(plan.runbook, plan.trigger, plan.scope, plan.at); }

void TriggerMemory::add(const std::string& runbook, Trigger trigger, const RunScope& scope, UtcTime at) {
    const auto is_held = [&](const std::string& device) {
        return std::find(scope.held.begin(), scope.held.end(), device) != scope.held.end();
    };
    if (trigger == Trigger::alert && scope.alert)
        alerts_[{runbook, scope.alert->uid}] = {at, scope.alert->resolve, false};
    for (const auto& device : scope.devices) {
        if (trigger == Trigger::discovered) discovered_[{runbook, DeviceUid{device}}] = at;
        if (trigger == Trigger::alert && !is_held(device)) by_alert_[{runbook, DeviceUid{device}}] = at;
    }
    starts_[runbook].push_back({at, std::ssize(scope.devices) - std::ssize(scope.held)});
    if (scope.held.empty())
        storms_.erase(runbook);
    else
        storms_.insert(runbook);
}

void TriggerMemory::forget_old(UtcTime now) {
    std::erase_if(alerts_, [&](const auto& one) { return one.second.at < now - kAlertsRemembered; });
    std::erase_if(by_alert_, [&](const auto& one) { return one.second < now - kAlertsRemembered; });
    std::erase_if(discovered_, [&](const auto& one) { return one.second < now - kRemembered; });
    for (auto& [runbook, starts] : starts_)
        std::erase_if(starts, [&](const Start& start) { return start.at <= now - kHour; });
    std::erase_if(starts_, [](const auto& one) { return one.second.empty(); });
}

std::optional<UtcTime> TriggerMemory::last_by_alert(const std::string& runbook,
                                                    const DeviceUid& device) const {
    const auto found = by_alert_.find({runbook, device});
    return found == by_alert_.end() ? std::nullopt : std::optional(found->second);
}

void TriggerMemory::note_success(const std::string& runbook, const AlertUid& alert) {
    const auto found = alerts_.find({runbook, alert});
    if (found != alerts_.end()) found->second.has_succeeded = true;
}

bool TriggerMemory::is_to_be_resolved(const AlertUid& alert) const {
    return std::any_of(alerts_.begin(), alerts_.end(), [&](const auto& one) {
        return one.first.second == alert && one.second.resolve && one.second.has_succeeded;
    });
}

std::int64_t TriggerMemory::starts_in_hour(const std::string& runbook, UtcTime now) const {
    const auto found = starts_.find(runbook);
    if (found == starts_.end()) return 0;
    std::int64_t devices = 0;
    for (const auto& start : found->second)
        if (start.at > now - kHour) devices += start.devices;
    return devices;
}

}  // namespace runbookd::engine
