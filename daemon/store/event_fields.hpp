#pragma once
// Fields of an event's data: those that are not known or empty are left out.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace runbookd::store {

inline void put_text(nlohmann::json& data, const char* key, const std::string& text) {
    if (!text.empty()) data[key] = text;
}
inline void put_integer(nlohmann::json& data, const char* key, std::optional<std::int64_t> value) {
    if (value) data[key] = *value;
}
/// As people read it.
inline void put_time(nlohmann::json& data, const char* key, std::optional<UtcTime> time) {
    if (time) data[key] = format_utc(*time);
}

}  // namespace runbookd::store
