#include "config/base_url.hpp"

#include <algorithm>
#include <charconv>

#include "base/glob.hpp"

namespace runbookd::config {
namespace {

bool is_number_up_to(std::string_view text, int most) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number >= 0 && number <= most;
}

/// Four numbers, the first 127: "127.example.org" is a name like any other.
bool is_loopback_v4(std::string_view host) {
    if (!host.starts_with("127.")) return false;
    int parts = 0;
    for (;;) {
        const auto dot = host.find('.');
        if (!is_number_up_to(host.substr(0, dot), 255)) return false;
        ++parts;
        if (dot == std::string_view::npos) return parts == 4;
        host.remove_prefix(dot + 1);
    }
}

bool is_port(std::string_view text) { return is_number_up_to(text, 65535) && !is_number_up_to(text, 0); }

bool is_loopback(std::string_view host) {
    return equals_ignoring_case(host, "localhost") || host == "[::1]" || is_loopback_v4(host);
}

bool is_host_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

bool is_host(std::string_view host) {
    if (host.starts_with('[')) {
        return host.size() > 3 && host.ends_with(']') &&
               host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
    }
    return !host.empty() && std::all_of(host.begin(), host.end(), is_host_letter);
}

tl::unexpected<Error> bad(const std::string& why) { return fail(ErrorCode::invalid_input, why); }

struct Address {
    std::string scheme;  ///< in small letters
    std::string_view host;
    std::string text;  ///< without a slash at the end
};

/// "scheme://host[:port][/]" and nothing else. `path_advice`: what to say about a path.
Result<Address> parse_address(std::string_view text, const std::string& schemes,
                              const std::string& path_advice) {
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return bad("the address must begin with " + schemes);
    auto authority = text.substr(scheme_end + 3);
    if (authority.ends_with('/')) authority.remove_suffix(1);
    if (authority.find('@') != std::string_view::npos)
        return bad("the address must not hold a user name or password");
    if (authority.find_first_of("/?#") != std::string_view::npos)
        return bad("the address must end after host and port" + path_advice);
    const auto bracket = authority.find(']');
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto host = authority.substr(0, colon);
    if (!is_host(host)) return bad("the address holds no valid host name");
    if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1)))
        return bad("the port must be from 1 to 65535");
    auto scheme = ascii_lower(text.substr(0, scheme_end));
    auto whole = scheme + "://" + std::string(authority);
    return Address{std::move(scheme), host, std::move(whole)};
}

}  // namespace

Result<std::string> check_base_url(std::string_view text) {
    const auto scheme = ascii_lower(text.substr(0, std::min(text.find("://"), text.size())));
    if (scheme != "https" && scheme != "http") return bad("the address must begin with https://");
    auto address = parse_address(text, "https://", "; runbookd adds the path /api/v2 itself");
    if (!address) return tl::unexpected(address.error());
    if (address->scheme == "http" && !is_loopback(address->host)) {
        return bad(
            "plain http would send key and secret in clear text; use https (http is for this machine only)");
    }
    return std::move(address->text);
}

Result<void> check_proxy_url(std::string_view text) {
    // User and password stand before the last '@'; whoever connects reads them.
    const auto scheme_end = text.find("://");
    const auto at = text.rfind('@');
    auto without = std::string(text);
    if (scheme_end != std::string_view::npos && at != std::string_view::npos && at > scheme_end)
        without = std::string(text.substr(0, scheme_end + 3)) + std::string(text.substr(at + 1));
    const auto address = parse_address(without, "http://", "");
    if (!address) return tl::unexpected(address.error());
    if (address->scheme != "http") return bad("a proxy's address must begin with http://");
    return {};
}

Result<ListenAddress> check_listen_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || !is_port(text.substr(colon + 1)))
        return bad("this is no address with a port from 1 to 65535");
    const auto host = text.substr(0, colon);
    if (!is_host(host)) return bad("there is no valid host name or address before the port");
    return ListenAddress{std::string(text), is_loopback(host)};
}

}  // namespace runbookd::config
