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

}  // namespace

Result<std::string> check_base_url(std::string_view text) {
    const auto bad = [](const std::string& why) { return fail(ErrorCode::invalid_input, why); };
    const auto scheme_end = text.find("://");
    const auto scheme = ascii_lower(text.substr(0, std::min(scheme_end, text.size())));
    if (scheme_end == std::string_view::npos || (scheme != "https" && scheme != "http")) {
        return bad("the address must begin with https://");
    }
    auto authority = text.substr(scheme_end + 3);
    if (authority.ends_with('/')) authority.remove_suffix(1);
    if (authority.find('@') != std::string_view::npos)
        return bad("the address must not hold a user name or password");
    if (authority.find_first_of("/?#") != std::string_view::npos) {
        return bad("the address must end after host and port; runbookd adds the path /api/v2 itself");
    }
    const auto bracket = authority.find(']');
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto host = authority.substr(0, colon);
    if (!is_host(host)) return bad("the address holds no valid host name");
    if (colon != std::string_view::npos) {
        const auto port = authority.substr(colon + 1);
        if (!is_number_up_to(port, 65535) || is_number_up_to(port, 0))
            return bad("the port must be from 1 to 65535");
    }
    if (scheme == "http" && !is_loopback(host)) {
        return bad(
            "plain http would send key and secret in clear text; use https (http is for this machine only)");
    }
    return scheme + "://" + std::string(authority);
}

}  // namespace runbookd::config
