// A person calls a run off: what has no job gets none.
#include <utility>

#include "engine/engine.hpp"

namespace runbookd::engine {

void Engine::cancel(CancelOrder order, CancelAnswer answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    auto* const run = books_.find_run(order.run);
    if (run == nullptr)
        return answer(fail(ErrorCode::conflict,
                           "run " + order.run.str() + " is over: there is nothing left to be stopped"));
    std::map<std::string, std::string> data;
    if (!order.reason.empty()) data["reason"] = order.reason;
    outbox_.write(Noted{"run", order.run.str(), "run.cancelled", order.actor, std::move(data), now.utc});
    const auto count = [&](Disposition d) { return run->counts[static_cast<std::size_t>(d)]; };
    CalledOff done;
    done.was_planned = run->status == RunStatus::planned;
    if (done.was_planned) {
        if (run->plan.nominal)
            outbox_.write(OccurrenceDecided{run->plan.runbook, run->plan.revision.value_or(1), run->plan.zone,
                                            *run->plan.nominal, *run->plan.nominal, 1, Verdict::skipped,
                                            "by_person", run->plan.run, now.utc, run->plan.customer});
        approvals_.forget(*run);
        books_.finish(*run, RunStatus::cancelled, "by_person", now);
    } else {
        run->is_halted = run->is_called_off = true;  // what runs now is neither tried again nor gone on with
        dispatcher_.call_off(*run, {Disposition::cancelled, "by_person", std::move(order.reason)}, now);
        done.cancelled = count(Disposition::cancelled);
        done.still_running = count(Disposition::pending);
    }
    outbox_.when_durable([answer = std::move(answer), done](Instant) { answer(done); });
    pump(now);
}

}  // namespace runbookd::engine
