#pragma once
// Addresses of http and https: the part that says whom to connect to, and the part that says what is asked
// for.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runbookd::http_client {

enum class Scheme : std::uint8_t { http, https };

struct BaseUrl {
    Scheme scheme = Scheme::https;
    std::string host;  ///< lower case; an IPv6 address without brackets
    std::uint16_t port = 443;
    std::string path;  ///< before all that is asked for there; usually empty; never ends in '/'

    /// As the Host header wants it: brackets around IPv6, the port where it is not the scheme's own.
    [[nodiscard]] std::string authority() const;
    [[nodiscard]] std::string origin() const;
};

/// An address in its two parts.
struct Url {
    BaseUrl origin;  ///< without a path
    std::string path;
    std::string target;  ///< path and query, encoded, as a request names them; begins with '/'
    bool has_query = false;
    bool has_fragment = false;  ///< which is in neither part
};

/// This machine, as an address or by its usual name. `host` is as BaseUrl has it.
[[nodiscard]] bool is_loopback(const std::string& host);

/// Errors: invalid_input, with the end of a sentence ("names no host") that repeats nothing of the text, for
/// it may be a secret.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// Percent-encodes everything but RFC 3986's unreserved characters: safe as a path segment, in a query and in
/// a form.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace runbookd::http_client
