// POST: what starts something.
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/idempotency.hpp"
#include "http_api/json_text.hpp"
#include "http_api/or_null.hpp"
#include "http_api/quick_job_post.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/run_fields.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

Result<ports::RunRequest> read_run_request(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_object(
        request, {"runbook", "devices", "customers", "sites", "variables", "note", "override", "reason"},
        {"at"});
    if (!body) return tl::unexpected(body.error());
    auto fields = read_run_fields(*body);
    if (!fields) return tl::unexpected(fields.error());
    auto note = text_field(*body, "note");
    if (!note) return tl::unexpected(note.error());
    auto overrides = texts_field(*body, "override");
    if (!overrides) return tl::unexpected(overrides.error());
    auto reason = text_field(*body, "reason");
    if (!reason) return tl::unexpected(reason.error());
    ports::RunRequest asked;
    asked.runbook = std::move(fields->runbook);
    asked.devices = std::move(fields->devices);
    asked.customers = std::move(fields->customers);
    asked.sites = std::move(fields->sites);
    asked.variables = std::move(fields->variables);
    asked.note = std::move(*note);
    asked.actor = request.actor;
    asked.overrides = std::move(*overrides);
    asked.reason = std::move(*reason);
    return asked;
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

Result<ports::RetargetRequest> read_retarget(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_optional_object(request, {"only", "include", "at", "note"});
    if (!body) return tl::unexpected(body.error());
    auto only = texts_field(*body, "only");
    if (!only) return tl::unexpected(only.error());
    const auto include = texts_field(*body, "include");
    if (!include) return tl::unexpected(include.error());
    const auto at = text_field(*body, "at");
    if (!at) return tl::unexpected(at.error());
    auto note = text_field(*body, "note");
    if (!note) return tl::unexpected(note.error());
    for (const auto& word : *include)
        if (word != "unknown")
            return fail(ErrorCode::invalid_input,
                        "'include': only unknown can be included, not '" + word + "'");
    if (!at->empty() && *at != "now" && *at != "next-window")
        return fail(ErrorCode::invalid_input, "'at': '" + *at + "' is neither now nor next-window");
    ports::RetargetRequest asked;
    asked.run = request.captured.at("uid");
    asked.only = std::move(*only);
    asked.with_unknown = !include->empty();
    asked.at_next_window = *at == "next-window";
    asked.note = std::move(*note);
    asked.actor = request.actor;
    return asked;
}

Json retarget_view(const ports::RetargetAccepted& accepted) {
    Json view;
    view["run_uid"] = accepted.run ? Json(accepted.run->str()) : Json(nullptr);
    view["status"] = accepted.run ? "planned" : "nothing_left";
    view["cause_uid"] = accepted.cause.str();
    view["runbook"] = accepted.runbook;
    view["revision"] = number_or_null(accepted.revision);
    view["cause_revision"] = number_or_null(accepted.cause_revision);
    view["starts_at"] = time_or_null(accepted.starts_at);
    view["targets"] = accepted.targets;
    view["left_out"]["may_still_run"] = accepted.may_still_run;
    view["left_out"]["unknown"] = accepted.unknown;
    view["left_out"]["done_since"] = accepted.done_since;
    return view;
}

asio::awaitable<Response> retarget(Services services, Request request) {
    auto asked = read_retarget(request);
    if (!asked) co_return error_response(asked.error());
    const auto accepted = co_await services.control.retarget(std::move(*asked));
    if (!accepted) co_return error_response(accepted.error());
    co_return json_response(retarget_view(*accepted), accepted->run ? 201 : 200);
}

Response accepted_job(const ports::QuickJobAccepted& accepted) {
    Json body;
    body["job_uid"] = accepted.job.str();
    body["run_uid"] = accepted.run.str();
    body["status"] = accepted.status;
    return json_response(body, 201);
}

Response refused_job(const Error& error) { return error_response(error); }

asio::awaitable<Response> start_quick_job(Services services, Request request) {
    auto asked = read_quick_job(request);
    if (!asked) co_return error_response(asked.error());
    QuickJobWords words;
    words.accepted = accepted_job;
    words.refused = refused_job;
    auto response = post_quick_job(services, std::move(request), std::move(*asked), std::move(words));
    co_return co_await std::move(response);
}

}  // namespace

void add_command_routes(Router& router, Services services) {
    router.add(Method::post, "/v1/runs", once(services.keys, [services](Request request) {
                   return start_run(services, std::move(request));
               }));
    router.add(Method::post, "/v1/runs/{uid}/retarget", once(services.keys, [services](Request request) {
                   return retarget(services, std::move(request));
               }));
    router.add(Method::post, "/v1/quickjobs",
               [services](Request request) { return start_quick_job(services, std::move(request)); });
}

}  // namespace runbookd::http_api
