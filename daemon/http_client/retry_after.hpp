#pragma once
// How long the other side asks to be left alone.
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace runbookd::http_client {

/// From a Retry-After header: seconds, or an HTTP date (RFC 9110; the IMF-fixdate form) against `now`. Never
/// negative, at most a day; nullopt where it is neither.
[[nodiscard]] std::optional<Millis> read_retry_after(std::string_view header, UtcTime now);

}  // namespace runbookd::http_client
