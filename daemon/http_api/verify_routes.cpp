// GET: whether the record explains every instant.
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/json_text.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;

asio::awaitable<Response> verify(Services services, Request request) {
    const auto known = only_known(request, {"since"});
    if (!known) co_return error_response(known.error());
    const auto since = query_time(request, "since");
    if (!since) co_return error_response(since.error());
    const auto report = co_await services.verification.verify(*since);
    if (!report) co_return error_response(report.error());
    co_return json_response(verify_view(*report));
}

}  // namespace

void add_verify_routes(Router& router, Services services) {
    router.add(Method::get, "/v1/verify",
               [services](Request request) { return verify(services, std::move(request)); });
}

}  // namespace runbookd::http_api
