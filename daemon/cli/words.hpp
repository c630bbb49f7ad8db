#pragma once
// JSON values of the daemon as a person reads them.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/list_columns.hpp"

namespace runbookd::cli {

/// The text at `key`; a number or boolean as written; null or absent: empty; an object or array as compact
/// JSON.
[[nodiscard]] std::string text_at(const nlohmann::ordered_json& object, const char* key);
/// The whole number at `key`; 0 where there is none.
[[nodiscard]] std::int64_t number_at(const nlohmann::ordered_json& object, const char* key);
/// "2026-12-01T02:00:03.000Z" as "2026-12-01 02:00:03"; other texts stay.
[[nodiscard]] std::string short_time(const std::string& iso);
/// 2345 as "2.3s", 65000 as "1m5s".
[[nodiscard]] std::string short_duration(std::int64_t milliseconds);
/// What `status` says of the fleet's age: "2026-12-01 02:00:03 UTC, 4m12s ago"; empty: it was not read yet.
[[nodiscard]] std::string fleet_read_words(const nlohmann::ordered_json& status);
/// A run's counts: "58 succeeded, 2 failed"; what is zero is left out.
[[nodiscard]] std::string outcome_of(const nlohmann::ordered_json& run);
[[nodiscard]] std::string cell_of(const nlohmann::ordered_json& object, const ListColumn& column);

}  // namespace runbookd::cli
