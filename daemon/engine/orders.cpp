// What people order: runs, quick jobs, pauses.
#include <algorithm>
#include <array>
#include <utility>

#include "engine/engine.hpp"
#include "engine/named.hpp"
#include "engine/targeting.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Millis kShortestPause = seconds{1};
constexpr Millis kLongestPause = hours{24 * 366};
// How far ahead the end of a blackout is looked for.
constexpr Millis kFarAhead = hours{24 * 366};
// Of a run whose window is overridden: as long as the longest that a runbook may have.
constexpr Millis kOverriddenWindow = hours{24 * 31};

Error unknown_to(const Planner& planner, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& [known, in_force] : planner.in_force()) names.push_back(known);
    return unknown_runbook(name, names);
}

Noted override_of(const RunPlanned& plan) {
    std::string rules;
    for (const auto& rule : plan.overrides.rules()) rules += (rules.empty() ? "" : ", ") + rule;
    return {"run",
            plan.run.str(),
            "run.override",
            plan.actor,
            {{"rules", std::move(rules)}, {"reason", plan.overrides.reason}},
            plan.at};
}

}  // namespace

std::optional<Error> Engine::refusal_of(const RunOrder& order, UtcTime at, Instant now) const {
    if (stopping_) return Error{ErrorCode::unavailable, "the daemon is stopping"};
    return rules_against(order, at, now);
}

std::optional<Error> Engine::rules_against(const RunOrder& order, UtcTime at, Instant now) const {
    const auto& name = order.runbook;
    const auto* const runbook = planner_.find(name);
    if (runbook == nullptr) return unknown_to(planner_, name);
    const auto& book = *runbook->book;
    if (!book.enabled)
        return Error{ErrorCode::conflict,
                     "runbook '" + name + "' is disabled; set `enabled: true` in its file and reload"};
    const bool is_later = order.when == RunOrder::When::next_window;
    const auto next = is_later ? runbook->coming() : std::nullopt;
    if (is_later && !next)
        return Error{ErrorCode::conflict, "runbook '" + name +
                                              "' has no next window: no schedule of it fires any more; start "
                                              "it now (--now)"};
    const auto from = next.value_or(at);
    if (const auto* const pause = pauses_.find(name, from)) return refusal(*pause);
    const auto span = order.overrides.window ? kOverriddenWindow : book.create_span();
    const std::array blackouts{&book.not_during, &customers_.rules().account_not_during};
    if (const auto reason =
            order.overrides.not_during ? std::nullopt : schedule::covered_by(blackouts, from, from + span)) {
        const auto hold = schedule::hold_of(blackouts, from, from + kFarAhead);
        return Error{ErrorCode::refused_by_rule,
                     "runbook '" + name + "' may create nothing before its window would end: not_during" +
                         (reason->empty() ? "" : " (" + *reason + ")") +
                         (hold ? " holds until " + format_utc(hold->end) : "")};
    }
    if (from <= now.utc && book.overlap == runbook::OverlapPolicy::skip_run && books_.has_open_run(name))
        return Error{ErrorCode::refused_by_rule,
                     "a run of runbook '" + name + "' is open, and `overlap: skip_run` lets no other begin"};
    return std::nullopt;
}

RunPlanned Engine::plan_of(RunOrder order, Instant now) {
    const auto* const runbook = planner_.find(order.runbook);
    RunPlanned plan;
    plan.run = RunUid{ulids_.next(now.utc)};
    plan.runbook = runbook->book->name;
    plan.revision = runbook->revision;
    plan.account = settings_.account;
    plan.trigger = order.cause ? Trigger::retarget : Trigger::manual;
    if (order.cause) plan.cause = order.cause->str();
    plan.actor = std::move(order.actor);
    plan.note = std::move(order.note);
    // The instant itself is not the run's: the schedule's own run has it, and the verdict.
    if (order.when == RunOrder::When::next_window) plan.starts_at = *runbook->coming();
    plan.window_end = plan.starts_at.value_or(now.utc) +
                      (order.overrides.window ? kOverriddenWindow : runbook->book->window);
    plan.scope = std::move(order.scope);
    plan.overrides = std::move(order.overrides);
    plan.applied_by = runbook->applied_by;
    plan.at = now.utc;
    return plan;
}

void Engine::start_run(RunOrder order, std::function<void(Result<RunUid>)> answer, Instant now) {
    enter(now);
    if (auto refused = refusal_of(order, now.utc, now))
        return answer(tl::unexpected<Error>(std::move(*refused)));
    if (auto doubt = ambiguity(order.scope, fleet_))
        return answer(fail(ErrorCode::conflict, std::move(*doubt)));
    for (const auto& name : order.scope.customers)
        if (customers_.find(name) == nullptr)
            return answer(fail(ErrorCode::not_found, customers_.unknown(name)));
    auto book = planner_.find(order.runbook)->book;
    auto plan = plan_of(std::move(order), now);
    outbox_.write(plan);
    if (plan.overrides.any()) outbox_.write(override_of(plan));
    outbox_.when_durable([answer = std::move(answer), uid = plan.run](Instant) { answer(uid); });
    starter_.add(books_.add_run(std::move(plan), std::move(book), now), now);
    pump(now);
}

void Engine::preview(PreviewOrder order, Previews::Answer answer, Instant now) {
    enter(now);
    previews_.ask(std::move(order), std::move(answer), now);
    pump(now);
}

void Engine::quick_job(QuickJobOrder order, QuickJobs::Answer answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    quick_jobs_.order(std::move(order), std::move(answer), now);
    pump(now);
}

void Engine::look_for_device(std::string device, DeviceLookups::Answer answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    lookups_.ask(std::move(device), std::move(answer), now);
    pump(now);
}

void Engine::pause(PauseOrder order, Done answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    const auto span = order.until - now.utc;
    if (span < kShortestPause || span > kLongestPause)
        return answer(fail(ErrorCode::invalid_input, "a pause lasts from 1 s to 366 d, not " +
                                                         format_duration(std::max(span, Millis{0}))));
    if (order.reason.empty())
        return answer(fail(ErrorCode::invalid_input, "a pause needs a reason, for those who find it"));
    pauses_.set(
        {std::move(order.scope), now.utc, order.until, std::move(order.reason), std::move(order.actor)}, now);
    outbox_.when_durable([answer = std::move(answer)](Instant) { answer({}); });
    pump(now);
}

void Engine::resume(const PauseScope& scope, const std::string& actor, Done answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    if (!pauses_.end(scope, actor, now))
        return answer(
            fail(ErrorCode::not_found, scope.kind == PauseKind::all
                                           ? "not everything is paused; a runbook is resumed by its name"
                                           : scope.words() + " is not paused by itself"));
    outbox_.when_durable([answer = std::move(answer)](Instant) { answer({}); });
    pump(now);
}

void Engine::follow_pause(const PauseScope& scope, std::optional<Pause> pause, Instant now) {
    enter(now);
    if (stopping_) return;
    pauses_.follow(scope, std::move(pause), now);
    pump(now);
}

Result<PauseScope> Engine::resolve(const PauseScope& asked) const {
    switch (asked.kind) {
        case PauseKind::all: return asked;
        case PauseKind::runbook:
            if (planner_.find(asked.name) != nullptr) return asked;
            return tl::unexpected<Error>(unknown_to(planner_, asked.name));
        case PauseKind::customer:
            if (customers_.find(asked.name) != nullptr) return asked;
            return fail(ErrorCode::not_found, customers_.unknown(asked.name));
        case PauseKind::device:
            return device_named(fleet_, asked.name).map([&](const Fleet::Seen* seen) {
                return PauseScope{asked.kind, seen->device.uid.str()};
            });
        case PauseKind::component:
            return component_named(fleet_, asked.name).map([&](const Component* component) {
                return PauseScope{asked.kind, component->uid.str()};
            });
    }
    return asked;
}

std::set<DeviceUid> Engine::may_still_run(const std::string& runbook) const {
    std::set<DeviceUid> devices;
    for (const auto& [uid, job] : books_.jobs())
        if (job->runbook == runbook) devices.insert(job->device);
    return devices;
}

void Engine::release_creates(Instant now) { dispatcher_.release(now); }

}  // namespace runbookd::engine
