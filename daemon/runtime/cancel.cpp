#include "runtime/cancel.hpp"

#include <utility>

namespace runbookd::runtime {

boost::asio::awaitable<Result<ports::RunLeftovers>> find_run(ports::History& history, std::string uid) {
    auto run = co_await history.leftovers(uid);
    if (run || run.error().code != ErrorCode::not_found) co_return run;
    const auto job = co_await history.settling(uid);
    if (job)
        co_return fail(ErrorCode::refused_by_rule,
                       "job " + job->job_uid + " is of run " + job->run_uid +
                           ": a job that Datto has cannot be recalled, and what has none yet is stopped by "
                           "cancelling the run");
    co_return run;
}

}  // namespace runbookd::runtime
