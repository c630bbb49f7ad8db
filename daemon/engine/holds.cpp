#include "engine/holds.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/quick_jobs.hpp"

namespace runbookd::engine {
namespace {

/// Every blackout that holds a create comes through here.
std::optional<Hold> as_hold(std::optional<schedule::Blackouts::Hold> blackout, const std::string& whose,
                            UtcTime at) {
    if (!blackout) return std::nullopt;
    auto message = whose;
    if (!blackout->reason.empty()) message += (message.empty() ? "" : ": ") + blackout->reason;
    return Hold{"blackout", std::move(message), std::max(blackout->end, at + Millis{1})};
}

Hold as_hold(const Pause& pause, std::optional<UtcTime> recheck) {
    return {"paused", "paused by " + pause.actor + ": " + pause.reason, recheck};
}

}  // namespace

std::optional<Hold> Holds::at(const Run& run, UtcTime at) const {
    const bool is_quick = run.plan.runbook == kQuickJobRunbook;
    const auto* pause = is_quick ? pauses_.find_all(at) : pauses_.find(run.plan.runbook, at);
    // A run of several steps is held where it stands: target by target.
    if (pause == nullptr && run.components.size() == 1)
        pause = pauses_.find_component(run.components.front().uid, at);
    if (pause != nullptr) return as_hold(*pause, std::nullopt);
    if (run.plan.overrides.not_during) return std::nullopt;
    static const schedule::Blackouts kNone;
    const auto& own = run.lane != nullptr   ? run.lane->not_during
                      : run.book != nullptr ? run.book->not_during
                                            : kNone;
    const auto* const customer = run.plan.customer.empty() ? nullptr : customers_.find(run.plan.customer);
    const std::array lists{&own, &customers_.rules().account_not_during,
                           customer != nullptr ? &customer->customer->not_during : &kNone};
    return as_hold(schedule::hold_of(lists, at, run.create_end), "", at);
}

std::optional<Hold> Holds::of_device(const Run& run, const DeviceUid& device, const SiteUid& site,
                                     const SharedText& site_name, UtcTime at) const {
    const auto* const customer = customers_.of(site, site_name);
    const auto& name = customer == nullptr ? std::string() : customer->name.str();
    const auto* pause = pauses_.find_device(device, name, at);
    if (const auto target = run.by_device.find(device); pause == nullptr && target != run.by_device.end())
        pause = pauses_.find_component(run.component_of(run.targets[target->second].step()).uid, at);
    if (pause != nullptr) return as_hold(*pause, std::max(pause->until, at + Millis{1}));
    if (run.plan.overrides.not_during || customer == nullptr) return std::nullopt;
    return as_hold(customers_.hold_of(*customer, at, run.create_end), "customer " + customer->name.str(), at);
}

std::optional<Hold> Holds::of_device(const Device& device, UtcTime at, UtcTime horizon) const {
    auto hold = as_hold(customers_.rules().account_not_during.at(at, horizon), "the account", at);
    const auto* const customer = customers_.of(device);
    if (hold || customer == nullptr) return hold;
    return as_hold(customers_.hold_of(*customer, at, horizon), "customer " + customer->name.str(), at);
}

const Pause* Holds::pause_of(const Device& device, const ComponentUid& component, UtcTime at) const {
    const auto* const pause = pauses_.find_device(device.uid, customers_.name_of(device).str(), at);
    return pause != nullptr ? pause : pauses_.find_component(component, at);
}

}  // namespace runbookd::engine
