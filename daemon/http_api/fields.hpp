#pragma once
// Reading what a request says: query parameters and JSON bodies, strictly, with messages that name the field.
#include <cstdint>
#include <initializer_list>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "http_api/message.hpp"
#include "ports/history.hpp"

namespace runbookd::http_api {

/// The largest `limit` that a list answers.
inline constexpr std::int64_t kLargestLimit = 100'000;
inline constexpr std::int64_t kLargestOffset = 100'000'000;

/// Errors (all invalid_input): a query parameter that is not in `known`, with the nearest that is.
[[nodiscard]] Result<void> only_known(const Request& request, std::initializer_list<const char*> known);
[[nodiscard]] std::optional<std::string> query_value(const Request& request, const char* name);
/// `limit`, 1 to kLargestLimit; absent: `otherwise`.
[[nodiscard]] Result<std::int64_t> query_limit(const Request& request, std::int64_t otherwise);
/// `offset`: how many are passed over, 0 to kLargestOffset; absent: 0.
[[nodiscard]] Result<std::int64_t> query_offset(const Request& request);
/// An ISO time; absent: none.
[[nodiscard]] Result<std::optional<UtcTime>> query_time(const Request& request, const char* name);
/// runbook, customer, site, device, status, since, until (ISO times), limit, run: the filters of every list.
[[nodiscard]] Result<ports::Query> read_query(const Request& request, ports::View view);

/// A body that is a JSON object with no keys but `known` ones. A key in `later` is refused as not supported
/// yet.
[[nodiscard]] Result<nlohmann::ordered_json> read_object(const Request& request,
                                                         std::vector<std::string> known,
                                                         const std::vector<std::string>& later = {});
/// The same of a body that may be left out: an empty object then.
[[nodiscard]] Result<nlohmann::ordered_json> read_optional_object(const Request& request,
                                                                  std::vector<std::string> known);
/// The text at `key`; absent or null: empty. Errors: not a text.
[[nodiscard]] Result<std::string> text_field(const nlohmann::ordered_json& object, const char* key);
/// As text_field, but it must be there and not be empty.
[[nodiscard]] Result<std::string> required_text(const nlohmann::ordered_json& object, const char* key);
/// A span such as "2h", which must be there.
[[nodiscard]] Result<Millis> required_span(const nlohmann::ordered_json& object, const char* key);
[[nodiscard]] Result<std::vector<std::string>> texts_field(const nlohmann::ordered_json& object,
                                                           const char* key);
/// An object of texts; numbers and booleans are taken as they were written.
[[nodiscard]] Result<std::map<std::string, std::string>> variables_field(
    const nlohmann::ordered_json& object);

}  // namespace runbookd::http_api
