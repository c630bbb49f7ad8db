#include "engine/triggers.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/targeting.hpp"

namespace runbookd::engine {
namespace {

using runbook::DiscoveredTrigger;
using runbook::OnlineTrigger;
using runbook::OutcomeTrigger;

// A device that has settled is acted on at the first moment at which its runbook may: so much later at most.
// Shorter than what a start remembers, so that none is taken for one that was not acted on yet.
constexpr Millis kStillNew = std::chrono::hours{30 * 24};

std::vector<std::string> uids_of(const std::vector<DeviceUid>& devices) {
    std::vector<std::string> uids;
    uids.reserve(devices.size());
    for (const auto& device : devices) uids.push_back(device.str());
    return uids;
}

}  // namespace

Triggers::Triggers(std::string account, AlarmClock& alarms, Books& books, Outbox& outbox, Line& line,
                   UlidSource& ulids, Knowledge knowledge, Hooks hooks)
    : account_(std::move(account)),
      books_(books),
      outbox_(outbox),
      ulids_(ulids),
      known_(knowledge),
      hooks_(std::move(hooks)),
      alerts_(account_, line, outbox, alarms,
              [this](std::vector<Alert> alerts, Instant now) { on_alerts(std::move(alerts), now); }),
      next_settled_(alarms, [this](Instant now) { look_for_new_devices(now); }) {}

void Triggers::restore(const RecoveredState& state, const ReadRevision& read, Instant now) {
    memory_.restore(state);
    memory_.forget_old(now.utc);
    watches_.restore(known_.planner.in_force(), state, read);
}

void Triggers::follow(Instant now) {
    watches_.follow(known_.planner.in_force());
    alerts_.want(watches_.has<runbook::AlertTrigger>());
    look_for_new_devices(now);
}

void Triggers::look_for_new_devices(Instant now) {
    next_settled_.clear();
    if (known_.clock.is_doubted() || !known_.fleet.devices_read_at()) return;
    memory_.forget_old(now.utc);
    std::optional<UtcTime> next;
    for (const auto& [name, watches] : watches_.all()) look_for_new_devices(name, watches, next, now);
    if (next) next_settled_.set(*next, now);
}

void Triggers::look_for_new_devices(const std::string& name,
                                    const std::vector<TriggerWatches::Watch>& watches,
                                    std::optional<UtcTime>& next, Instant now) {
    std::set<DeviceUid> settled;
    for (const auto& watch : watches) {
        const auto* const trigger = std::get_if<DiscoveredTrigger>(&watch.trigger);
        if (trigger == nullptr) continue;
        for (const auto& arrival : known_.history.arrived_after(watch.since)) {
            const auto settles = arrival.first_seen + trigger->settle;
            if (memory_.has_acted_on(name, arrival.device)) continue;
            if (settles > now.utc)
                next = std::min(next.value_or(settles), settles);
            else if (now.utc - settles < kStillNew)
                settled.insert(arrival.device);
        }
    }
    // While something keeps the runbook from starting they wait: the next whole list asks again.
    if (settled.empty() || hooks_.refusal(name, now)) return;
    start(name, {settled.begin(), settled.end()}, Cause{.trigger = Trigger::discovered}, now);
}

void Triggers::on_returned(const std::vector<FleetHistory::Returned>& devices, Instant now) {
    for (const auto& [name, watches] : watches_.all()) {
        std::vector<DeviceUid> back;
        for (const auto& device : devices)
            if (std::any_of(watches.begin(), watches.end(), [&](const TriggerWatches::Watch& watch) {
                    const auto* const trigger = std::get_if<OnlineTrigger>(&watch.trigger);
                    return trigger != nullptr && now.utc - device.last_seen >= trigger->offline_for;
                }))
                back.push_back(device.device);
        if (back.empty()) continue;
        Cause cause{.trigger = Trigger::online};
        if (const auto refused = hooks_.refusal(name, now))
            pass_over(name, cause, back, refused->message, now);
        else
            start(name, back, std::move(cause), now);
    }
}

void Triggers::on_decided(const Run& run, const Target& target, const std::string& reason, Instant now) {
    const auto& alert = run.plan.scope.alert;
    if (alert && run.plan.trigger == Trigger::alert && target.disposition == Disposition::succeeded) {
        memory_.note_success(run.plan.runbook, alert->uid);
        if (alert->resolve) alerts_.resolve(alert->uid);
    }
    // What max_per_hour left out came to nothing: were it to start something, nothing would hold a storm
    // back.
    if (reason == "storm") return;
    for (auto& [name, watches] : watches_.all()) {
        bool acts = false;
        for (auto& watch : watches) {
            const auto* const outcome = std::get_if<OutcomeTrigger>(&watch.trigger);
            if (outcome != nullptr && outcome->runbook == run.plan.runbook)
                acts = count_outcome(watch, target.row.device, target.disposition) || acts;
        }
        if (!acts) continue;
        Cause cause{.trigger = Trigger::outcome, .uid = run.plan.run.str()};
        if (const auto refused = hooks_.refusal(name, now))
            pass_over(name, cause, {target.row.device}, refused->message, now);
        else
            start(name, {target.row.device}, std::move(cause), now);
    }
}

void Triggers::hand_over(Instant now) {
    // What one of them comes to at once may plan another: that one has its turn with the next step.
    for (const auto& uid : std::exchange(planned_, {}))
        if (auto* const run = books_.find_run(uid)) hooks_.on_planned(*run, now);
}

std::vector<DeviceUid> Triggers::targets_among(const runbook::Meaning& book,
                                               const std::vector<DeviceUid>& devices, Instant now) const {
    if (!known_.fleet.devices_read_at() || !book.targets.filters().empty()) return devices;
    RunScope scope;
    std::vector<DeviceUid> targets;
    for (const auto& device : devices)
        if (known_.fleet.find(device) != nullptr) scope.devices.push_back(device.str());
    if (scope.devices.empty()) return targets;
    SelectionFacts facts;
    facts.now = now.utc;
    facts.customers = &known_.customers;
    facts.first_seen = [this](const DeviceUid& device) { return known_.history.first_seen(device); };
    for (const auto& row : select_targets(book.targets, scope, known_.fleet, facts).targets)
        targets.push_back(row.device);
    return targets;
}

void Triggers::start(const std::string& name, const std::vector<DeviceUid>& devices, Cause cause,
                     Instant now) {
    const auto* const runbook = known_.planner.find(name);
    const auto& book = *runbook->book;
    const auto targets = targets_among(book, devices, now);
    if (targets.empty()) return;
    RunPlanned plan;
    plan.run = RunUid{ulids_.next(now.utc)};
    plan.runbook = name;
    plan.revision = runbook->revision;
    plan.account = account_;
    plan.trigger = cause.trigger;
    plan.cause = std::move(cause.uid);
    plan.window_end = now.utc + book.window;
    plan.scope.devices = uids_of(targets);
    plan.scope.alert = std::move(cause.alert);
    const auto room =
        std::max(std::int64_t{0}, book.triggers->max_per_hour - memory_.starts_in_hour(name, now.utc));
    if (room < std::ssize(targets))
        plan.scope.held.assign(plan.scope.devices.begin() + room, plan.scope.devices.end());
    plan.applied_by = runbook->applied_by;
    plan.at = now.utc;
    outbox_.write(plan);
    if (!plan.scope.held.empty() && !memory_.is_storm(name))
        write_storm(plan, book.triggers->max_per_hour, now);
    memory_.add(plan);
    planned_.push_back(plan.run);
    (void)books_.add_run(std::move(plan), runbook->book, now);
}

void Triggers::write_storm(const RunPlanned& plan, std::int64_t most, Instant now) {
    outbox_.write(Noted{"runbook",
                        plan.runbook,
                        "runbook.storm",
                        "",
                        {{"run", plan.run.str()},
                         {"trigger", std::string(to_text(plan.trigger))},
                         {"max_per_hour", std::to_string(most)},
                         {"message", "its triggers have started it on " + std::to_string(most) +
                                         " devices in the last hour; beyond that they are skipped"}},
                        now.utc});
}

void Triggers::pass_over(const std::string& name, const Cause& cause, const std::vector<DeviceUid>& devices,
                         const std::string& why, Instant now) {
    std::map<std::string, std::string> data{{"trigger", std::string(to_text(cause.trigger))},
                                            {"devices", std::to_string(devices.size())},
                                            {"message", why}};
    if (devices.size() == 1) data["device"] = devices.front().str();
    if (!cause.uid.empty()) data["cause"] = cause.uid;
    outbox_.write(Noted{"runbook", name, "runbook.trigger_passed_over", "", std::move(data), now.utc});
}

}  // namespace runbookd::engine
