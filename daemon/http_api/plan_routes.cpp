// What would happen: nothing does by asking.
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/json_text.hpp"
#include "http_api/plan_view.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/run_fields.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;

Result<ports::PlanRequest> read_plan_request(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_object(request, {"runbook", "devices", "customers", "sites", "variables", "at"});
    if (!body) return tl::unexpected(body.error());
    auto fields = read_run_fields(*body);
    if (!fields) return tl::unexpected(fields.error());
    const auto at = text_field(*body, "at");
    if (!at) return tl::unexpected(at.error());
    ports::PlanRequest asked;
    asked.runbook = std::move(fields->runbook);
    asked.devices = std::move(fields->devices);
    asked.customers = std::move(fields->customers);
    asked.sites = std::move(fields->sites);
    asked.variables = std::move(fields->variables);
    asked.actor = request.actor;
    if (at->empty()) return asked;
    const auto time = parse_utc(*at);
    if (!time) return fail(ErrorCode::invalid_input, "at: " + time.error().message);
    asked.at = *time;
    return asked;
}

asio::awaitable<Response> plan(Services services, Request request) {
    auto asked = read_plan_request(request);
    if (!asked) co_return error_response(asked.error());
    const auto preview = co_await services.planning.plan(std::move(*asked));
    if (!preview) co_return error_response(preview.error());
    co_return json_response(plan_view(*preview));
}

asio::awaitable<Response> check(Services services, Request request) {
    const auto known = only_known(request, {});
    if (!known) co_return error_response(known.error());
    const auto body = read_object(request, {"yaml", "name"});
    if (!body) co_return error_response(body.error());
    auto yaml = required_text(*body, "yaml");
    if (!yaml) co_return error_response(yaml.error());
    auto name = text_field(*body, "name");
    if (!name) co_return error_response(name.error());
    ports::CheckRequest asked{std::move(*yaml), std::move(*name)};
    const auto findings = co_await services.planning.check(std::move(asked));
    if (!findings) co_return error_response(findings.error());
    co_return json_response(check_view(*findings));
}

asio::awaitable<Response> forecast(Services services, Request request) {
    const auto known = only_known(request, {"until"});
    if (!known) co_return error_response(known.error());
    const auto until = query_time(request, "until");
    if (!until) co_return error_response(until.error());
    const auto forecast = co_await services.planning.forecast(*until);
    if (!forecast) co_return error_response(forecast.error());
    co_return json_response(forecast_view(*forecast));
}

}  // namespace

void add_plan_routes(Router& router, Services services) {
    router.add(Method::post, "/v1/plan",
               [services](Request request) { return plan(services, std::move(request)); });
    router.add(Method::post, "/v1/check",
               [services](Request request) { return check(services, std::move(request)); });
    router.add(Method::get, "/v1/forecast",
               [services](Request request) { return forecast(services, std::move(request)); });
}

}  // namespace runbookd::http_api
