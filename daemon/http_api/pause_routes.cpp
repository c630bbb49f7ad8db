// POST: pausing and resuming, of one runbook (`/v1/runbooks/{name}/…`) and of all (`/v1/…`).
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

/// Of the design, not built yet.
const std::vector<std::string> kLaterScopes{"customer", "device", "component"};

/// The runbook in the path; empty: all.
std::string runbook_of(const Request& request) {
    const auto found = request.captured.find("name");
    return found == request.captured.end() ? std::string{} : found->second;
}

Response told(const std::string& runbook, const std::optional<UtcTime>& until) {
    Json body;
    body["runbook"] = runbook.empty() ? Json(nullptr) : Json(runbook);
    body["until"] = until ? Json(format_utc(*until)) : Json(nullptr);
    return json_response(body);
}

Result<ports::PauseRequest> read_pause(const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return tl::unexpected(known.error());
    const auto body = read_object(request, {"for", "reason"}, kLaterScopes);
    if (!body) return tl::unexpected(body.error());
    const auto span = required_span(*body, "for");
    if (!span) return tl::unexpected(span.error());
    auto reason = required_text(*body, "reason");
    if (!reason) return tl::unexpected(reason.error());
    return ports::PauseRequest{runbook_of(request), *span, std::move(*reason), request.actor};
}

/// Nothing needs to be said; what is said must be an object without keys.
Result<void> read_resume(const Request& request) {
    auto known = only_known(request, {});
    if (!known || request.body.empty()) return known;
    const auto body = read_object(request, {}, kLaterScopes);
    if (!body) return tl::unexpected(body.error());
    return {};
}

asio::awaitable<Response> pause(Services services, Request request) {
    auto asked = read_pause(request);
    if (!asked) co_return error_response(asked.error());
    const auto accepted = co_await services.control.pause(std::move(*asked));
    co_return accepted ? told(accepted->runbook, accepted->until) : error_response(accepted.error());
}

asio::awaitable<Response> resume(Services services, Request request) {
    const auto read = read_resume(request);
    if (!read) co_return error_response(read.error());
    const auto runbook = runbook_of(request);
    const auto done = co_await services.control.resume(runbook, request.actor);
    co_return done ? told(runbook, std::nullopt) : error_response(done.error());
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
