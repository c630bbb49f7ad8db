// POST: a store that was put back to an earlier state is the one to go on from.
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/json_text.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;

asio::awaitable<Response> accept_restore(Services services, Request request) {
    const auto known = only_known(request, {});
    if (!known) co_return error_response(known.error());
    const auto done = co_await services.control.accept_restore(request.actor);
    if (!done) co_return error_response(done.error());
    const bool waits = !services.control.status().held.empty();
    const nlohmann::ordered_json accepted{{"status", waits ? "waits_for_search" : "accepted"}};
    co_return json_response(accepted);
}

}  // namespace

void add_restore_routes(Router& router, Services services) {
    router.add(Method::post, "/v1/store/accept-restore",
               [services](Request request) { return accept_restore(services, std::move(request)); });
}

}  // namespace runbookd::http_api
