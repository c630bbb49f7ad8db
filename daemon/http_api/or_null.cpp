#include "http_api/or_null.hpp"

#include <nlohmann/json.hpp>

namespace runbookd::http_api {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json time_or_null(const std::optional<UtcTime>& at) { return at ? Json(format_utc(*at)) : Json(nullptr); }

Json number_or_null(const std::optional<std::int64_t>& number) {
    return number ? Json(*number) : Json(nullptr);
}

}  // namespace runbookd::http_api
