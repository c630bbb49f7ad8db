#pragma once
// What calls are refused with: the shapes of errors, and when a caller may come back.
#include <optional>

#include "base/time.hpp"
#include "sandbox/exchange.hpp"
#include "sandbox/unknowns.hpp"

namespace runbookd::sandbox {

/// {"timestamp", "status", "error", "path"}: ErrorResponse of the API's Build 235.
[[nodiscard]] Reply error_reply(int status, const Request& request, Instant now);

/// A gateway's page.
[[nodiscard]] Reply html_reply(int status);

/// A refusal for now, in the shape that the fleet gives it; `wait` is when the caller may come back.
[[nodiscard]] Reply refusal_reply(const RefusalShape& shape, const Request& request, Instant now,
                                  Millis wait);

/// "Tue, 01 Dec 2026 02:00:00 GMT" (RFC 9110, IMF-fixdate).
[[nodiscard]] std::string http_date(UtcTime at);

}  // namespace runbookd::sandbox
