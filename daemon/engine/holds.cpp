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

}  // namespace

std::optional<Hold> Holds::at(const Run& run, UtcTime at) const {
    // A quick job is held by a pause of all alone.
    const bool is_quick = run.plan.runbook == kQuickJobRunbook;
    if (const auto* const pause = pauses_.find(is_quick ? kAllRunbooks : run.plan.runbook, at))
        return Hold{"paused", "paused by " + pause->actor + ": " + pause->reason, std::nullopt};
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

std::optional<Hold> Holds::of_device(const Run& run, const SiteUid& site, const SharedText& site_name,
                                     UtcTime at) const {
    if (run.plan.overrides.not_during) return std::nullopt;
    const auto* const customer = customers_.of(site, site_name);
    if (customer == nullptr) return std::nullopt;
    return as_hold(customers_.hold_of(*customer, at, run.create_end), "customer " + customer->name.str(), at);
}

std::optional<Hold> Holds::of_device(const Device& device, UtcTime at, UtcTime horizon) const {
    auto hold = as_hold(customers_.rules().account_not_during.at(at, horizon), "the account", at);
    const auto* const customer = customers_.of(device);
    if (hold || customer == nullptr) return hold;
    return as_hold(customers_.hold_of(*customer, at, horizon), "customer " + customer->name.str(), at);
}

}  // namespace runbookd::engine
