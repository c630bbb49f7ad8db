#pragma once
// The account's address, and the addresses that the API hands back for a next page.
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "datto/http.hpp"

namespace runbookd::datto {

/// Reads the account's `url:`. A trailing "/", "/api" or "/api/v2" is taken off, since API pages show it both
/// ways. Errors: invalid_input; also for plain http to anything but loopback, which would show the keys to
/// the network.
[[nodiscard]] Result<BaseUrl> parse_base_url(std::string_view text);

/// Where the next page is, as path and query, from a nextPageUrl that may be absolute or relative to
/// `current` (path and query of the page that named it). Errors: invalid_input where it leaves the account's
/// scheme, host or port: the token must not follow it there.
[[nodiscard]] Result<std::string> next_page_target(const BaseUrl& base, std::string_view current,
                                                   std::string_view next_page_url);

/// Adds a query parameter (value as it is meant, not yet encoded) unless `target` already names it.
[[nodiscard]] std::string with_missing_parameter(std::string target, std::string_view name,
                                                 std::string_view value);

}  // namespace runbookd::datto
