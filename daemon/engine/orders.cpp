// What people order: runs, quick jobs, pauses.
#include <algorithm>
#include <array>
#include <utility>

#include "base/spelling.hpp"
#include "engine/engine.hpp"
#include "engine/targeting.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Millis kShortestPause = seconds{1};
constexpr Millis kLongestPause = hours{24 * 366};
// How far ahead the end of a blackout is looked for.
constexpr Millis kFarAhead = hours{24 * 366};

Error unknown_runbook(const std::string& name, const Planner& planner) {
    std::vector<std::string> names;
    for (const auto& [known, in_force] : planner.in_force()) names.push_back(known);
    const auto close = nearest(name, names, 1);
    return {ErrorCode::not_found, "runbook '" + name + "' does not exist" +
                                      (close.empty() ? "; `runbookctl runbooks` lists them"
                                                     : "; did you mean '" + close.front() + "'?")};
}

}  // namespace

std::optional<Error> Engine::refusal_of(const std::string& name, Instant now) const {
    const auto* const runbook = planner_.find(name);
    if (stopping_) return Error{ErrorCode::unavailable, "the daemon is stopping"};
    if (runbook == nullptr) return unknown_runbook(name, planner_);
    const auto& book = *runbook->book;
    if (!book.enabled)
        return Error{ErrorCode::conflict,
                     "runbook '" + name + "' is disabled; set `enabled: true` in its file and reload"};
    if (const auto* const pause = pauses_.find(name, now.utc)) return refusal(*pause);
    const std::array blackouts{&book.not_during, &customers_.rules().account_not_during};
    if (const auto reason = schedule::covered_by(blackouts, now.utc, now.utc + book.create_span())) {
        const auto hold = schedule::hold_of(blackouts, now.utc, now.utc + kFarAhead);
        return Error{ErrorCode::refused_by_rule,
                     "runbook '" + name + "' may create nothing before its window would end: not_during" +
                         (reason->empty() ? "" : " (" + *reason + ")") +
                         (hold ? " holds until " + format_utc(hold->end) : "")};
    }
    if (book.overlap == runbook::OverlapPolicy::skip_run && books_.has_open_run(name))
        return Error{ErrorCode::refused_by_rule,
                     "a run of runbook '" + name + "' is open, and `overlap: skip_run` lets no other begin"};
    return std::nullopt;
}

void Engine::start_run(RunOrder order, std::function<void(Result<RunUid>)> answer, Instant now) {
    enter(now);
    if (auto refused = refusal_of(order.runbook, now))
        return answer(tl::unexpected<Error>(std::move(*refused)));
    if (auto doubt = ambiguity(order.scope, fleet_))
        return answer(fail(ErrorCode::conflict, std::move(*doubt)));
    for (const auto& name : order.scope.customers)
        if (customers_.find(name) == nullptr)
            return answer(fail(ErrorCode::not_found, customers_.unknown(name)));
    const auto* const runbook = planner_.find(order.runbook);
    RunPlanned plan;
    plan.run = RunUid{ulids_.next(now.utc)};
    plan.runbook = runbook->book->name;
    plan.revision = runbook->revision;
    plan.account = settings_.account;
    plan.trigger = Trigger::manual;
    plan.actor = std::move(order.actor);
    plan.note = std::move(order.note);
    plan.window_end = now.utc + runbook->book->window;
    plan.scope = std::move(order.scope);
    plan.at = now.utc;
    outbox_.write(plan);
    outbox_.when_durable([answer = std::move(answer), uid = plan.run](Instant) { answer(uid); });
    starter_.add(books_.add_run(std::move(plan), runbook->book, now), now);
    pump(now);
}

void Engine::quick_job(QuickJobOrder order, QuickJobs::Answer answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    quick_jobs_.order(std::move(order), std::move(answer), now);
    pump(now);
}

void Engine::pause(PauseOrder order, Done answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    if (order.runbook != kAllRunbooks && planner_.find(order.runbook) == nullptr)
        return answer(tl::unexpected<Error>(unknown_runbook(order.runbook, planner_)));
    const auto span = order.until - now.utc;
    if (span < kShortestPause || span > kLongestPause)
        return answer(fail(ErrorCode::invalid_input, "a pause lasts from 1 s to 366 d, not " +
                                                         format_duration(std::max(span, Millis{0}))));
    if (order.reason.empty())
        return answer(fail(ErrorCode::invalid_input, "a pause needs a reason, for those who find it"));
    pauses_.set(
        {std::move(order.runbook), now.utc, order.until, std::move(order.reason), std::move(order.actor)},
        now);
    outbox_.when_durable([answer = std::move(answer)](Instant) { answer({}); });
    pump(now);
}

void Engine::resume(const std::string& runbook, const std::string& actor, Done answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    if (!pauses_.end(runbook, actor, now))
        return answer(
            fail(ErrorCode::not_found, runbook == kAllRunbooks
                                           ? "not everything is paused; a runbook is resumed by its name"
                                           : "runbook '" + runbook + "' is not paused by itself"));
    outbox_.when_durable([answer = std::move(answer)](Instant) { answer({}); });
    pump(now);
}

void Engine::release_creates(Instant now) { dispatcher_.release(now); }

}  // namespace runbookd::engine
