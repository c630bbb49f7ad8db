// POST: what starts something.
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

Result<ports::RunRequest> read_run_request(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_object(request, {"runbook", "devices", "customers", "sites", "variables", "note"},
                                  {"at", "override", "reason"});
    if (!body) return tl::unexpected(body.error());
    auto runbook = required_text(*body, "runbook");
    if (!runbook) return tl::unexpected(runbook.error());
    auto devices = texts_field(*body, "devices");
    if (!devices) return tl::unexpected(devices.error());
    auto sites = texts_field(*body, "sites");
    if (!sites) return tl::unexpected(sites.error());
    auto variables = variables_field(*body);
    if (!variables) return tl::unexpected(variables.error());
    auto note = text_field(*body, "note");
    if (!note) return tl::unexpected(note.error());
    auto customers = texts_field(*body, "customers");
    if (!customers) return tl::unexpected(customers.error());
    return ports::RunRequest{std::move(*runbook),   std::move(*devices), std::move(*sites),
                             std::move(*variables), std::move(*note),    request.actor,
                             std::move(*customers)};
}

Result<ports::QuickJobRequest> read_quick_job(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_object(request, {"device", "component", "variables"});
    if (!body) return tl::unexpected(body.error());
    auto device = required_text(*body, "device");
    if (!device) return tl::unexpected(device.error());
    auto component = required_text(*body, "component");
    if (!component) return tl::unexpected(component.error());
    auto variables = variables_field(*body);
    if (!variables) return tl::unexpected(variables.error());
    ports::QuickJobRequest asked;
    asked.device = std::move(*device);
    asked.component = std::move(*component);
    asked.variables = std::move(*variables);
    asked.actor = request.actor;
    return asked;
}

asio::awaitable<Response> start_run(Services services, Request request) {
    auto asked = read_run_request(request);
    if (!asked) co_return error_response(asked.error());
    const auto accepted = co_await services.control.start_run(std::move(*asked));
    if (!accepted) co_return error_response(accepted.error());
    Json body;
    body["run_uid"] = accepted->run.str();
    body["status"] = accepted->status;
    co_return json_response(body, 201);
}

asio::awaitable<Response> start_quick_job(Services services, Request request) {
    auto asked = read_quick_job(request);
    if (!asked) co_return error_response(asked.error());
    const auto accepted = co_await services.control.quick_job(std::move(*asked));
    if (!accepted) co_return error_response(accepted.error());
    Json body;
    body["job_uid"] = accepted->job.str();
    body["run_uid"] = accepted->run.str();
    body["status"] = accepted->status;
    co_return json_response(body, 201);
}

}  // namespace

void add_command_routes(Router& router, Services services) {
    router.add(Method::post, "/v1/runs", once(services.keys, [services](Request request) {
                   return start_run(services, std::move(request));
               }));
    router.add(Method::post, "/v1/quickjobs", once(services.keys, [services](Request request) {
                   return start_quick_job(services, std::move(request));
               }));
}

}  // namespace runbookd::http_api
