#include "runtime/settle.hpp"

#include <utility>

namespace runbookd::runtime {
namespace {

using Asked = ports::SettleRequest::Word;
using Word = engine::SettleOrder::Word;

}  // namespace

Result<void> check(const ports::SettleRequest& request, const ports::SettledJob& job) {
    if (request.reason.empty())
        return fail(ErrorCode::invalid_input,
                    "a word on a job needs a reason, for those who read the record");
    const auto is = job.hostname + " of run " + job.run_uid + " is " + job.disposition +
                    (job.reason.empty() ? "" : " / " + job.reason);
    if (job.revised_at_ms)
        return fail(ErrorCode::conflict, "job " + job.job_uid + " is settled: " + is + ", since " +
                                             format_utc(from_unix_ms(*job.revised_at_ms)));
    if (job.disposition != "unknown")
        return fail(ErrorCode::conflict, "job " + job.job_uid + " is not unknown: " + is);
    if (request.word == Asked::redispatch && job.runbook == engine::kQuickJobRunbook)
        return fail(ErrorCode::refused_by_rule,
                    "job " + job.job_uid +
                        " was a quick job: settle it as not run, and `runbookctl quickjob` starts another");
    return {};
}

engine::SettleOrder order_of(ports::SettleRequest request, ports::SettledJob job) {
    engine::SettleOrder order;
    order.job = JobUid{std::move(job.job_uid)};
    order.run = RunUid{std::move(job.run_uid)};
    order.device = DeviceUid{std::move(job.device_uid)};
    order.runbook = std::move(job.runbook);
    order.variables = std::move(job.variables);
    switch (request.word) {
        case Asked::ran: order.word = Word::ran; break;
        case Asked::not_run: order.word = Word::not_run; break;
        case Asked::redispatch: order.word = Word::redispatch; break;
    }
    order.reason = std::move(request.reason);
    order.actor = std::move(request.actor);
    return order;
}

}  // namespace runbookd::runtime
