// POST: pausing and resuming, of one runbook (`/v1/runbooks/{name}/…`) and of a customer, a device, a
// component or all (`/v1/…`).
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/idempotency.hpp"
#include "http_api/json_text.hpp"
#include "http_api/or_null.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

/// What the scope is called in bodies.
Json view_of(const engine::PauseScope& scope) {
    using Kind = engine::PauseKind;
    const auto name_if = [&](Kind kind) { return scope.kind == kind ? Json(scope.name) : Json(nullptr); };
    Json view;
    view["runbook"] = name_if(Kind::runbook);
    view["customer"] = name_if(Kind::customer);
    view["device_uid"] = name_if(Kind::device);
    view["component_uid"] = name_if(Kind::component);
    return view;
}

Response told(const engine::PauseScope& scope, const std::optional<UtcTime>& until) {
    auto body = view_of(scope);
    body["until"] = time_or_null(until);
    return json_response(body);
}

/// The runbook in the path, or what the body names: one thing or, where it names none, all.
Result<engine::PauseScope> read_scope(const Request& request, const Json& body) {
    engine::PauseScope scope;
    const auto path = request.captured.find("name");
    if (path != request.captured.end()) scope = {engine::PauseKind::runbook, path->second};
    for (const auto& [key, kind] :
         {std::pair{"customer", engine::PauseKind::customer}, std::pair{"device", engine::PauseKind::device},
          std::pair{"component", engine::PauseKind::component}}) {
        auto name = text_field(body, key);
        if (!name) return tl::unexpected(name.error());
        if (name->empty() && !body.contains(key)) continue;
        if (name->empty()) return fail(ErrorCode::invalid_input, std::string("'") + key + "' is empty");
        if (scope.kind != engine::PauseKind::all)
            return fail(ErrorCode::invalid_input,
                        "one runbook, one customer, one device or one component, not several of them");
        scope = {kind, std::move(*name)};
    }
    return scope;
}

Result<ports::PauseRequest> read_pause(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_object(request, {"for", "reason", "customer", "device", "component"});
    if (!body) return tl::unexpected(body.error());
    auto scope = read_scope(request, *body);
    if (!scope) return tl::unexpected(scope.error());
    const auto span = required_span(*body, "for");
    if (!span) return tl::unexpected(span.error());
    auto reason = required_text(*body, "reason");
    if (!reason) return tl::unexpected(reason.error());
    return ports::PauseRequest{std::move(*scope), *span, std::move(*reason), request.actor};
}

/// Nothing needs to be said where everything is meant.
Result<engine::PauseScope> read_resume(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_optional_object(request, {"customer", "device", "component"});
    if (!body) return tl::unexpected(body.error());
    return read_scope(request, *body);
}

asio::awaitable<Response> pause(Services services, Request request) {
    auto asked = read_pause(request);
    if (!asked) co_return error_response(asked.error());
    const auto accepted = co_await services.control.pause(std::move(*asked));
    co_return accepted ? told(accepted->scope, accepted->until) : error_response(accepted.error());
}

asio::awaitable<Response> resume(Services services, Request request) {
    auto asked = read_resume(request);
    if (!asked) co_return error_response(asked.error());
    const auto done = co_await services.control.resume(std::move(*asked), request.actor);
    co_return done ? told(*done, std::nullopt) : error_response(done.error());
}

}  // namespace

void add_pause_routes(Router& router, Services services) {
    for (const auto* path : {"/v1/pause", "/v1/runbooks/{name}/pause"})
        router.add(Method::post, path, once(services.keys, [services](Request request) {
                       return pause(services, std::move(request));
                   }));
    for (const auto* path : {"/v1/resume", "/v1/runbooks/{name}/resume"})
        router.add(Method::post, path, once(services.keys, [services](Request request) {
                       return resume(services, std::move(request));
                   }));
}

}  // namespace runbookd::http_api
