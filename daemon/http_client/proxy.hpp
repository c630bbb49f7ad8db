#pragma once
// Which proxy, if any, stands between here and a host. A proxy only carries: requests go through it in a
// tunnel (CONNECT), encrypted for that host.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http_client/url.hpp"

namespace runbookd::http_client {

struct Proxy {
    std::string host;  ///< lower case; an IPv6 address without brackets
    std::uint16_t port = 0;
    std::string authorization;  ///< the Proxy-Authorization header's value; empty: none. Never in a message

    /// For messages: never with user name and password.
    [[nodiscard]] std::string origin() const;
};

/// "http://[user:password@]host[:port]"; the port is 80 where none is given. Errors: invalid_input, with a
/// sentence that repeats nothing of the text, for it may hold a password.
[[nodiscard]] Result<Proxy> parse_proxy_url(std::string_view text);

/// What the environment says, as other programs read it; empty: not set.
struct ProxyEnvironment {
    std::string https_proxy;  ///< https_proxy, or else HTTPS_PROXY
    std::string no_proxy;     ///< no_proxy, or else NO_PROXY
};

/// Whether `no_proxy` names the address: a list, separated by commas, of names (which stand for all that end
/// in them, with or without a dot in front), addresses, either with a port behind a colon, or "*".
[[nodiscard]] bool is_direct(std::string_view no_proxy, std::string_view host, std::uint16_t port);

/// `configured` is the account's `proxy:`; where it is empty the environment decides. Loopback is reached
/// directly unless `configured` says otherwise, and plain http always: it must not leave this machine.
/// Errors: invalid_input.
[[nodiscard]] Result<std::optional<Proxy>> choose_proxy(const BaseUrl& base, const std::string& configured,
                                                        const ProxyEnvironment& environment);

}  // namespace runbookd::http_client
