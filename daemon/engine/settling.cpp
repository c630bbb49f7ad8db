// A person's word on a job that nobody knows about, which is the last.
#include <utility>

#include "engine/engine.hpp"

namespace runbookd::engine {

void Engine::settle(SettleOrder order, Settled answer, Instant now) {
    enter(now);
    if (stopping_) return answer(fail(ErrorCode::unavailable, "the daemon is stopping"));
    if (books_.is_revised(order.run, order.device))
        return answer(fail(ErrorCode::conflict, "job " + order.job.str() + " has been settled meanwhile"));
    const bool has_another = order.word == SettleOrder::Word::redispatch;
    RunOrder another;
    if (has_another) {
        another.runbook = order.runbook;
        another.scope.devices = {order.device.str()};
        another.scope.variables = std::move(order.variables);
        another.note = order.reason;
        another.actor = order.actor;
        another.cause = order.run;
        // What would be refused must not leave half of it said.
        if (auto refused = refusal_of(another, now.utc, now))
            return answer(tl::unexpected<Error>(std::move(*refused)));
        if (may_still_run(order.runbook).contains(order.device))
            return answer(fail(ErrorCode::conflict, "another job of runbook '" + order.runbook +
                                                        "' may still run on the device; wait for its end"));
    }
    const bool is_good = order.word == SettleOrder::Word::ran;
    books_.revise(order.runbook,
                  {order.run, order.device, order.job, is_good ? Disposition::succeeded : Disposition::failed,
                   "by_person", std::move(order.reason), std::move(order.actor), now.utc},
                  now);
    if (has_another) {
        return start_run(
            std::move(another),
            [answer = std::move(answer)](Result<RunUid> run) {
                if (run)
                    answer(std::optional(*run));
                else
                    answer(tl::unexpected<Error>(std::move(run.error())));
            },
            now);
    }
    outbox_.when_durable([answer = std::move(answer)](Instant) { answer(std::optional<RunUid>{}); });
    pump(now);
}

}  // namespace runbookd::engine
