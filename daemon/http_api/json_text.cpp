#include "http_api/json_text.hpp"

#include <nlohmann/json.hpp>

namespace runbookd::http_api {

std::string to_text(const nlohmann::ordered_json& value) {
    return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Response json_response(const nlohmann::ordered_json& value, unsigned status) {
    Response response;
    response.status = status;
    response.body = to_text(value);
    return response;
}

}  // namespace runbookd::http_api
