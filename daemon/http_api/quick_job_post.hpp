#pragma once
// The POST of a quick job, in either shape: at most one job for each Idempotency-Key, whatever becomes of the
// connection, the request or the daemon.
#include <boost/asio/awaitable.hpp>
#include <functional>

#include "http_api/message.hpp"
#include "http_api/routes.hpp"

namespace runbookd::http_api {

/// How a shape words what came of it.
struct QuickJobWords {
    Response (*accepted)(const ports::QuickJobAccepted& job) = nullptr;
    std::function<Response(const Error& error)> refused;
};

/// Starts the job that was asked for. A request with a key is looked up first, in memory and then in the
/// record: one that has started a job is answered with it, one that has started a run which has no job yet,
/// or of which that is not known, is CONFLICT 409.
boost::asio::awaitable<Response> post_quick_job(Services services, Request request,
                                                ports::QuickJobRequest asked, QuickJobWords words);

}  // namespace runbookd::http_api
