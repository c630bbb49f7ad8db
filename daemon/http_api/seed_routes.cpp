// The seed's shape (design section 8), so that scripts written against it work unchanged.
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "http_api/component_search.hpp"
#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/json_text.hpp"
#include "http_api/quick_job_post.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

Result<ports::QuickJobRequest> read_quick_job(const Request& request) {
    const auto body = read_object(request, {"componentUid", "variables"});
    if (!body) return tl::unexpected(body.error());
    auto component = required_text(*body, "componentUid");
    if (!component) return tl::unexpected(component.error());
    auto variables = variables_field(*body);
    if (!variables) return tl::unexpected(variables.error());
    ports::QuickJobRequest asked;
    asked.device = request.captured.at("deviceUid");
    asked.component = std::move(*component);
    asked.variables = std::move(*variables);
    asked.actor = request.actor;
    asked.from_api = true;
    return asked;
}

std::optional<engine::Device> known_device(const ports::Control& control, const std::string& device) {
    const auto fleet = control.fleet();
    for (const auto& known : fleet.devices)
        if (equals_ignoring_case(known.uid.str(), device) || equals_ignoring_case(known.hostname, device))
            return known;
    return std::nullopt;
}

Response device_offline(const std::string& device, const std::optional<engine::Device>& known,
                        const std::string& message) {
    Json details;
    details["deviceUid"] = known ? known->uid.str() : device;
    details["lastSeen"] = known && known->last_seen ? Json(to_unix_ms(*known->last_seen)) : Json(nullptr);
    return error_response(400, "DEVICE_OFFLINE", message, details);
}

/// The device runs no components, or it is not clear which is meant: with its uid, which tells this conflict
/// from one about an Idempotency-Key.
Response device_conflict(const std::string& device, const std::optional<engine::Device>& known,
                         const std::string& message) {
    Json details;
    details["deviceUid"] = known ? known->uid.str() : device;
    return error_response(409, "CONFLICT", message, details);
}

Response component_not_found(const ports::Control& control, const std::string& component,
                             const std::string& message) {
    Json details;
    details["componentUid"] = component;
    details["suggestions"] = components_near(control.components(), component);
    return error_response(404, "COMPONENT_NOT_FOUND", message, details);
}

/// MISSING_VARIABLE or INVALID_VARIABLE: with the names, and the component's own that are nearest to the
/// wrong ones.
Response bad_variables(const ports::Control& control, const std::string& component, const Error& error) {
    const bool is_missing = error.code == ErrorCode::missing_variable;
    Json details;
    details["componentUid"] = component;
    details["names"] = error.names;
    if (!is_missing) {
        details["suggestions"] = Json::array();
        for (const auto& known : search_components(control.components(), component))
            for (const auto& name : error.names)
                for (const auto& close : inputs_near(known, name))
                    if (close != name) details["suggestions"].push_back(close);
    }
    return error_response(400, is_missing ? "MISSING_VARIABLE" : "INVALID_VARIABLE", error.message, details);
}

/// The error has words only: which of the two was not found shows in the fleet.
Response refusal(const ports::Control& control, const Request& request, const std::string& component,
                 const Error& error) {
    const auto& device = request.captured.at("deviceUid");
    const auto known = known_device(control, device);
    if (error.code == ErrorCode::device_offline) return device_offline(device, known, error.message);
    if (error.code == ErrorCode::missing_variable || error.code == ErrorCode::invalid_variable)
        return bad_variables(control, component, error);
    if (error.code == ErrorCode::conflict) return device_conflict(device, known, error.message);
    if (error.code != ErrorCode::not_found) return error_response(error);
    if (known) return component_not_found(control, component, error.message);
    Json details;
    details["deviceUid"] = device;
    return error_response(404, "DEVICE_NOT_FOUND", error.message, details);
}

Response accepted_job(const ports::QuickJobAccepted& accepted) {
    Json body;
    body["jobUid"] = accepted.job.str();
    // The seed knows no state before `queued`; that the intent is durable is what it means by it.
    body["status"] = "queued";
    body["deviceUid"] = accepted.device.str();
    body["componentUid"] = accepted.component.str();
    body["createdAt"] = to_unix_ms(accepted.created_at);
    return json_response(body);
}

asio::awaitable<Response> create_quick_job(Services services, Request request) {
    auto asked = read_quick_job(request);
    if (!asked) co_return error_response(asked.error());
    QuickJobWords words;
    words.accepted = accepted_job;
    words.refused = [services, request, component = asked->component](const Error& error) {
        return refusal(services.control, request, component, error);
    };
    auto response = post_quick_job(services, std::move(request), std::move(*asked), std::move(words));
    co_return co_await std::move(response);
}

asio::awaitable<Response> show_job(Services services, Request request) {
    const auto uid = request.captured["jobUid"];
    const auto rows = co_await services.history.job_by_uid(uid);
    if (!rows && rows.error().code != ErrorCode::not_found) co_return error_response(rows.error());
    if (!rows || rows->rows.empty()) {
        Json details;
        details["jobUid"] = uid;
        co_return error_response(404, "JOB_NOT_FOUND", "no job has the uid '" + uid + "'", details);
    }
    co_return json_response(seed_job_view(*rows));
}

}  // namespace

void add_seed_routes(Router& router, Services services) {
    router.add(Method::post, "/api/v2/device/{deviceUid}/quickjob",
               [services](Request request) { return create_quick_job(services, std::move(request)); });
    router.add(Method::get, "/api/v2/job/{jobUid}",
               [services](Request request) { return show_job(services, std::move(request)); });
}

}  // namespace runbookd::http_api
