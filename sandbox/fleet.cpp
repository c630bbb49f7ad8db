#include "sandbox/fleet.hpp"

#include <algorithm>

namespace runbookd::sandbox {
namespace {

Millis divided(Millis span, double speed) {
    return Millis{static_cast<Millis::rep>(static_cast<double>(span.count()) / speed)};
}

void divide(SpanRange& range, double speed) {
    range.least = divided(range.least, speed);
    range.most = divided(range.most, speed);
}

void divide(OnlinePattern& pattern, double speed) {
    pattern.after = divided(pattern.after, speed);
    // A span must not vanish, nor a period swallow it.
    if (pattern.lasting) pattern.lasting = std::max(divided(*pattern.lasting, speed), Millis{1});
    if (pattern.every) pattern.every = std::max(divided(*pattern.every, speed), *pattern.lasting + Millis{1});
}

void divide(AlertRule& rule, double speed) {
    rule.after = divided(rule.after, speed);
    // A span of nothing would never come to an end.
    if (rule.every) rule.every = std::max(divided(*rule.every, speed), Millis{1});
    if (rule.resolves) rule.resolves = divided(*rule.resolves, speed);
}

}  // namespace

JobStatus Simulation::pick_outcome(double fraction) const {
    double sum = 0;
    for (const auto& [status, share] : outcome) {
        sum += share;
        if (fraction < sum) return status;
    }
    return outcome.back().first;
}

Fleet at_speed(Fleet fleet, double speed) {
    divide(fleet.pickup, speed);
    divide(fleet.activity_log.lag, speed);
    fleet.expiry = divided(fleet.expiry, speed);
    fleet.results_404_for = divided(fleet.results_404_for, speed);
    auto& order = fleet.unknowns.order;
    for (auto* lag : {&order.completed, &order.result, &order.output}) divide(*lag, speed);
    for (auto& traits : fleet.traits) {
        divide(traits.online, speed);
        traits.appears_after = divided(traits.appears_after, speed);
    }
    for (auto& rule : fleet.alerts) divide(rule, speed);
    for (auto& component : fleet.components) {
        if (component.reboots) divide(component.reboots->down_for, speed);
        auto* simulation = std::get_if<Simulation>(&component.work);
        if (!simulation) continue;
        divide(simulation->duration, speed);
        if (simulation->timeout) simulation->timeout = divided(*simulation->timeout, speed);
    }
    return fleet;
}

}  // namespace runbookd::sandbox
