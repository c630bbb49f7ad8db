#pragma once
// What may be unknown, or not there, as JSON: the value, else null.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace runbookd::http_api {

/// Null where it is empty.
[[nodiscard]] nlohmann::ordered_json text_or_null(const std::string& text);
/// As the views spell it: 2026-12-01T02:00:00.000Z.
[[nodiscard]] nlohmann::ordered_json time_or_null(const std::optional<UtcTime>& at);
[[nodiscard]] nlohmann::ordered_json number_or_null(const std::optional<std::int64_t>& number);

}  // namespace runbookd::http_api
