#include "engine/quick_jobs.hpp"

#include <algorithm>
#include <utility>

#include "base/glob.hpp"
#include "base/spelling.hpp"
#include "engine/named.hpp"
#include "engine/targeting.hpp"
#include "engine/variables.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Millis kDeviceStateGood = seconds{50};
constexpr Millis kPatience = seconds{60};
constexpr Millis kWindow = hours{1};
// How far ahead the end of a blackout is looked for.
constexpr Millis kFarAhead = hours{24 * 366};

}  // namespace

QuickJobs::QuickJobs(std::string account, Books& books, AlarmClock& clock, Outbox& outbox, Line& line,
                     Fleet& fleet, FleetReader& reader, UlidSource& ulids, const Pauses& pauses,
                     const Holds& holds, OnStarted on_started)
    : account_(std::move(account)),
      books_(books),
      clock_(clock),
      outbox_(outbox),
      line_(line),
      fleet_(fleet),
      reader_(reader),
      ulids_(ulids),
      pauses_(pauses),
      holds_(holds),
      on_started_(std::move(on_started)) {}

void QuickJobs::order(QuickJobOrder order, Answer answer, Instant now) {
    const auto number = ++last_number_;
    auto& pending = pending_.try_emplace(number, clock_, [this, number](Instant at) { give_up(number, at); })
                        .first->second;
    pending.order = std::move(order);
    pending.answer = std::move(answer);
    pending.asked_at = now.steady;
    pending.gives_up.set(now.steady + kPatience);
    if (advance(number, pending, now) == Step::done) pending_.erase(number);
}

void QuickJobs::pump(Instant now) {
    for (auto place = pending_.begin(); place != pending_.end();) {
        const auto current = place++;
        if (current->second.run || current->second.is_reading) continue;
        if (advance(current->first, current->second, now) == Step::done) pending_.erase(current);
    }
}

QuickJobs::Step QuickJobs::advance(std::uint64_t number, Pending& pending, Instant now) {
    const auto refuse = [&](Error error) {
        pending.answer(tl::unexpected<Error>(std::move(error)));
        return Step::done;
    };
    if (const auto* const pause = pauses_.find_all(now.utc)) return refuse(refusal(*pause));
    if (!fleet_.devices_read_at() || !fleet_.components_read_at()) return Step::waits;
    if (may_be_new(pending)) return Step::waits;
    const auto device = device_named(fleet_, pending.order.device);
    if (!device) return refuse(device.error());
    const auto component = component_named(fleet_, pending.order.component);
    if (!component) return refuse(component.error());
    if (auto checked = check(pending.order, **component); !checked) return refuse(std::move(checked.error()));
    const auto& seen = **device;
    if (const auto* const pause = holds_.pause_of(seen.device, (*component)->uid, now.utc))
        return refuse(refusal(*pause));
    if (const auto hold = holds_.of_device(seen.device, now.utc, now.utc + kFarAhead))
        return refuse({ErrorCode::refused_by_rule,
                       "nothing may be created on device '" + seen.device.hostname + "' until " +
                           format_utc(hold->recheck.value_or(now.utc)) + ": not_during of " + hold->message});
    if (now.steady - seen.read_at > kDeviceStateGood) {
        if (line_.is_open(Budget::Kind::read, now)) read_device(number, pending, seen.device.uid, now);
        return Step::waits;
    }
    if (const auto rule = exclusion_rule(seen.device, fleet_); !rule.empty())
        return refuse(
            {ErrorCode::conflict, "device '" + seen.device.hostname + "' runs no components (" + rule + ")"});
    if (!seen.device.online)
        return refuse(
            {ErrorCode::device_offline,
             "device '" + seen.device.hostname + "' is offline" +
                 (seen.device.last_seen ? ", last seen " + format_utc(*seen.device.last_seen) : "")});
    // What is planned now would go out by itself later, when nobody waits for its answer any more.
    if (line_.is_held(now)) return Step::waits;
    start(pending, seen.device, **component, now);
    return Step::waits;
}

Result<void> QuickJobs::check(const QuickJobOrder& order, const Component& component) {
    const auto checked = check_variables(component, literals(order.variables));
    const bool has_errors = checked.has_errors();
    // A person may leave an input empty, as in Datto's own form; the job API calls such an input required.
    if (!has_errors && (order.trigger != Trigger::api || checked.issues.empty())) return {};
    Error error{has_errors ? ErrorCode::invalid_variable : ErrorCode::missing_variable,
                has_errors ? checked.errors() : checked.warnings()};
    for (const auto& issue : checked.issues)
        if (is_error(issue.problem) == has_errors) error.names.push_back(issue.variable);
    return tl::unexpected<Error>(std::move(error));
}

bool QuickJobs::may_be_new(const Pending& pending) {
    // What the lists do not show may have been made since they were read: look once more before saying no.
    const auto& order = pending.order;
    if (*fleet_.devices_read_at() < pending.asked_at && fleet_.find(DeviceUid{order.device}) == nullptr &&
        fleet_.find_by_hostname(order.device).empty()) {
        reader_.need_devices(pending.asked_at);
        return true;
    }
    const auto* const component = fleet_.find_component(order.component);
    if (*fleet_.components_read_at() < pending.asked_at &&
        (component == nullptr || !check(order, *component))) {
        reader_.need_components(pending.asked_at);
        return true;
    }
    return false;
}

bool QuickJobs::wants_to_read() const {
    return std::any_of(pending_.begin(), pending_.end(),
                       [](const auto& entry) { return !entry.second.run && !entry.second.is_reading; });
}

void QuickJobs::read_device(std::uint64_t number, Pending& pending, const DeviceUid& device, Instant now) {
    pending.is_reading = true;
    line_.send(ReadDevice{device},
               [this, number, device, sent_at = now.steady](const ApiResult& result, Instant) {
                   on_device(number, device, sent_at, result);
               });
}

void QuickJobs::on_device(std::uint64_t number, const DeviceUid& device, SteadyTime sent_at,
                          const ApiResult& result) {
    if (const auto* answer = result ? std::get_if<Device>(&*result) : nullptr) {
        auto fresh = *answer;
        fresh.uid = device;  // however its own page spells it
        fleet_.update(std::move(fresh), sent_at);
    }
    const auto found = pending_.find(number);
    if (found == pending_.end()) return;
    found->second.is_reading = false;
    if (result) return;
    const auto& failure = result.error();
    if (failure.kind == FailureKind::not_found)
        found->second.answer(fail(ErrorCode::not_found, "Datto knows the device no more"));
    else if (failure.kind == FailureKind::forbidden || failure.kind == FailureKind::rejected)
        found->second.answer(fail(ErrorCode::unavailable, "the device cannot be read: " + failure.message));
    else
        return;  // the line's trouble: asked again when it opens
    pending_.erase(found);
}

void QuickJobs::start(Pending& pending, const Device& device, const Component& component, Instant now) {
    RunPlanned plan;
    plan.run = RunUid{ulids_.next(now.utc)};
    plan.runbook = kQuickJobRunbook;
    plan.account = account_;
    plan.trigger = pending.order.trigger;
    plan.actor = pending.order.actor;
    plan.window_end = now.utc + kWindow;
    plan.scope = {{device.uid.str()}, {}, pending.order.variables, component.uid.str(), {}};
    plan.at = now.utc;
    plan.key = pending.order.key;
    outbox_.write(plan);
    const auto uid = plan.run;
    auto& run = books_.add_run(std::move(plan), nullptr, now);
    run.components = {{component.uid, component.name}};
    books_.freeze(run, {as_target(device, holds_.customer_of(device))}, {}, now);
    pending.run = uid;
    on_started_(run, now);
}

void QuickJobs::on_durable(const JobUid& uid) {
    const auto* const job = books_.find_job(uid);
    if (job == nullptr) return;
    for (auto place = pending_.begin(); place != pending_.end(); ++place) {
        if (place->second.run != job->run) continue;
        place->second.answer(
            QuickJobStarted{uid, job->run, job->device, job->component_uid, job->created_at});
        pending_.erase(place);
        return;
    }
}

void QuickJobs::give_up(std::uint64_t number, Instant now) {
    auto found = pending_.extract(number);
    if (found.empty()) return;
    auto& pending = found.mapped();
    const auto why = why_not_yet();
    if (pending.run) {
        const auto& run = pending.run->str();
        Error error{ErrorCode::unavailable,
                    "run " + run + " is recorded and goes out when it can; not yet: " + why};
        error.names = {run};
        return pending.answer(tl::unexpected<Error>(std::move(error)));
    }
    Error error{ErrorCode::unavailable, "nothing was started: " + why};
    if (is_limited()) {
        error.code = ErrorCode::rate_limited;
        if (const auto opens = line_.opens_at(Budget::Kind::read, now))
            error.retry_after = *opens - now.steady;
    }
    pending.answer(tl::unexpected<Error>(std::move(error)));
}

bool QuickJobs::is_limited() const {
    if (!line_.problem().empty()) return line_.is_throttled();
    return fleet_.devices_read_at() && fleet_.components_read_at();
}

std::string QuickJobs::why_not_yet() const {
    if (!line_.problem().empty()) return line_.problem();
    return is_limited() ? "no room in the API budget"
                        : "the account's devices and components are still being read";
}

}  // namespace runbookd::engine
