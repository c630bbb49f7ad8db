#pragma once
// How failures are told to clients: {"errorCode", "message", "details"} with a status (design section 8).
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http_api/message.hpp"

namespace runbookd::http_api {

/// An answer with an errorCode of its own, such as JOB_NOT_FOUND.
[[nodiscard]] Response error_response(unsigned status, std::string_view error_code, std::string_view message);
[[nodiscard]] Response error_response(unsigned status, std::string_view error_code, std::string_view message,
                                      const nlohmann::ordered_json& details);
/// The answer to an Error of ours: INVALID_REQUEST 400, NOT_FOUND 404, CONFLICT 409, REFUSED_BY_RULE 409,
/// NOT_SUPPORTED 501, PERMISSION_DENIED 403, DEVICE_OFFLINE 400, MISSING_VARIABLE and INVALID_VARIABLE 400
/// (details: names), UNAVAILABLE 503, INTERNAL 500.
[[nodiscard]] Response error_response(const Error& error);
/// INVALID_REQUEST 400.
[[nodiscard]] Response invalid_request(std::string_view message);

}  // namespace runbookd::http_api
