#pragma once
// JSON values as texts and answers. Device output may hold any bytes: what is not UTF-8 becomes U+FFFD.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "http_api/message.hpp"

namespace runbookd::http_api {

[[nodiscard]] std::string to_text(const nlohmann::ordered_json& value);
[[nodiscard]] Response json_response(const nlohmann::ordered_json& value, unsigned status = 200);

}  // namespace runbookd::http_api
