#include "http_api/errors.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "http_api/json_text.hpp"

namespace runbookd::http_api {
namespace {

struct Told {
    unsigned status;
    std::string_view error_code;
};

Told told_as(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_input: return {400, "INVALID_REQUEST"};
        case ErrorCode::not_found: return {404, "NOT_FOUND"};
        case ErrorCode::conflict: return {409, "CONFLICT"};
        case ErrorCode::not_supported: return {501, "NOT_SUPPORTED"};
        case ErrorCode::permission: return {403, "PERMISSION_DENIED"};
        case ErrorCode::device_offline: return {400, "DEVICE_OFFLINE"};
        case ErrorCode::missing_variable: return {400, "MISSING_VARIABLE"};
        case ErrorCode::invalid_variable: return {400, "INVALID_VARIABLE"};
        case ErrorCode::unavailable: return {503, "UNAVAILABLE"};
        case ErrorCode::rate_limited: return {429, "RATE_LIMITED"};
        case ErrorCode::refused_by_rule: return {409, "REFUSED_BY_RULE"};
        case ErrorCode::internal: break;
    }
    return {500, "INTERNAL"};
}

/// As Retry-After counts: rounded up, and at least one. The limits are those of a minute.
std::int64_t whole_seconds(const std::optional<Millis>& span) {
    constexpr Millis kWindow{60'000};
    return std::max<std::int64_t>((span.value_or(kWindow).count() + 999) / 1000, 1);
}

}  // namespace

Response error_response(unsigned status, std::string_view error_code, std::string_view message,
                        const nlohmann::ordered_json& details) {
    nlohmann::ordered_json body;
    body["errorCode"] = error_code;
    body["message"] = message;
    body["details"] = details;
    Response response;
    response.status = status;
    response.body = to_text(body);
    return response;
}

Response error_response(unsigned status, std::string_view error_code, std::string_view message) {
    const auto no_details = nlohmann::ordered_json::object();
    return error_response(status, error_code, message, no_details);
}

Response error_response(const Error& error) {
    const auto told = told_as(error.code);
    auto details = nlohmann::ordered_json::object();
    if (!error.names.empty()) details["names"] = error.names;
    auto response = error_response(told.status, told.error_code, error.message, details);
    if (error.code == ErrorCode::rate_limited)
        response.headers.emplace_back("Retry-After", std::to_string(whole_seconds(error.retry_after)));
    return response;
}

Response invalid_request(std::string_view message) { return error_response(400, "INVALID_REQUEST", message); }

}  // namespace runbookd::http_api
