// POST: a person calls a run off.
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/idempotency.hpp"
#include "http_api/json_text.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

Result<ports::CancelRequest> read_cancel(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_optional_object(request, {"reason"});
    if (!body) return tl::unexpected(body.error());
    auto reason = text_field(*body, "reason");
    if (!reason) return tl::unexpected(reason.error());
    return ports::CancelRequest{request.captured.at("uid"), std::move(*reason), request.actor};
}

asio::awaitable<Response> cancel(Services services, Request request) {
    auto asked = read_cancel(request);
    if (!asked) co_return error_response(asked.error());
    const auto accepted = co_await services.control.cancel(std::move(*asked));
    if (!accepted) co_return error_response(accepted.error());
    Json view;
    view["run_uid"] = accepted->run.str();
    view["runbook"] = accepted->runbook;
    view["was_planned"] = accepted->was_planned;
    view["cancelled"] = accepted->cancelled;
    view["still_running"] = accepted->still_running;
    co_return json_response(view, 200);
}

}  // namespace

void add_cancel_routes(Router& router, Services services) {
    router.add(Method::post, "/v1/runs/{uid}/cancel", once(services.keys, [services](Request request) {
                   return cancel(services, std::move(request));
               }));
}

}  // namespace runbookd::http_api
