#pragma once
// The account's address, and the addresses that the API hands back for a next page.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runbookd::datto {

enum class Scheme : std::uint8_t { http, https };

struct BaseUrl {
    Scheme scheme = Scheme::https;
    std::string host;  ///< lower case; an IPv6 address without brackets
    std::uint16_t port = 443;
    std::string path;  ///< before "/api" and "/auth"; usually empty; never ends in '/'

    /// As the Host header wants it: brackets around IPv6, the port where it is not the scheme's own.
    [[nodiscard]] std::string authority() const;
    [[nodiscard]] std::string origin() const;
};

/// This machine, as an address or by its usual name. `host` is as BaseUrl has it.
[[nodiscard]] bool is_loopback(const std::string& host);

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

/// Percent-encodes everything but RFC 3986's unreserved characters: safe as a path segment, in a query and in
/// a form.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace runbookd::datto
