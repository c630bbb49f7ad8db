#include "http_client/proxy.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "base/glob.hpp"

namespace runbookd::http_client {
namespace {

namespace urls = boost::urls;

constexpr std::uint16_t kDefaultPort = 80;

tl::unexpected<Error> bad(const std::string& why) { return fail(ErrorCode::invalid_input, why); }

std::string base64(std::string_view text) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        const auto part = text.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8U | (i < part.size() ? static_cast<unsigned char>(part[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            out += i <= part.size() ? kLetters[bits >> (18U - 6U * i) & 0x3FU] : '=';
    }
    return out;
}

/// A whole number from 1 to 65535; none: it is no port.
std::optional<std::uint16_t> read_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// An entry's host and its port, if it has one. An IPv6 address with a port stands in brackets.
std::pair<std::string_view, std::optional<std::uint16_t>> parts_of(std::string_view entry) {
    if (entry.starts_with('[')) {
        const auto end = entry.find(']');
        if (end == std::string_view::npos) return {entry, std::nullopt};
        const auto rest = entry.substr(end + 1);
        return {entry.substr(1, end - 1), rest.starts_with(':') ? read_port(rest.substr(1)) : std::nullopt};
    }
    const auto colon = entry.find(':');
    const bool is_port =
        colon != std::string_view::npos && entry.find(':', colon + 1) == std::string_view::npos;
    if (!is_port) return {entry, std::nullopt};
    return {entry.substr(0, colon), read_port(entry.substr(colon + 1))};
}

bool entry_names(std::string_view entry, std::string_view host, std::uint16_t port) {
    if (entry == "*") return true;
    auto [name, own_port] = parts_of(entry);
    if (own_port && *own_port != port) return false;
    if (name.starts_with("*.")) name.remove_prefix(1);
    if (name.starts_with('.')) name.remove_prefix(1);
    if (name.empty()) return false;
    if (equals_ignoring_case(name, host)) return true;
    return host.size() > name.size() && host[host.size() - name.size() - 1] == '.' &&
           equals_ignoring_case(host.substr(host.size() - name.size()), name);
}

}  // namespace

std::string Proxy::origin() const {
    const auto shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return "http://" + shown + ":" + std::to_string(port);
}

Result<Proxy> parse_proxy_url(std::string_view text) {
    // As other programs take it from the environment: a bare host and port.
    const auto whole =
        text.find("://") == std::string_view::npos ? "http://" + std::string(text) : std::string(text);
    const auto parsed = urls::parse_uri(whole);
    if (!parsed) return bad("the proxy's address is not a URL; expected something like http://proxy:3128");
    if (parsed->scheme_id() != urls::scheme::http) return bad("the proxy's address must begin with http://");
    const auto path = parsed->encoded_path();
    if ((!path.empty() && path != "/") || parsed->has_query() || parsed->has_fragment())
        return bad("the proxy's address must end after host and port");
    Proxy proxy;
    proxy.host = ascii_lower(parsed->host_address());
    if (proxy.host.empty()) return bad("the proxy's address names no host");
    const auto port_text = parsed->port();
    const auto port = parsed->has_port() ? read_port(std::string_view(port_text.data(), port_text.size()))
                                         : std::optional(kDefaultPort);
    if (!port) return bad("the proxy's port must be from 1 to 65535");
    proxy.port = *port;
    if (!parsed->has_userinfo()) return proxy;
    const auto user = parsed->user();
    if (user.find(':') != std::string::npos) return bad("the proxy's user name must not hold a colon");
    proxy.authorization = "Basic " + base64(user + ":" + parsed->password());
    return proxy;
}

bool is_direct(std::string_view no_proxy, std::string_view host, std::uint16_t port) {
    for (std::size_t at = 0; at <= no_proxy.size();) {
        const auto end = std::min(no_proxy.find(',', at), no_proxy.size());
        if (entry_names(trimmed(no_proxy.substr(at, end - at)), host, port)) return true;
        at = end + 1;
    }
    return false;
}

Result<std::optional<Proxy>> choose_proxy(const BaseUrl& base, const std::string& configured,
                                          const ProxyEnvironment& environment) {
    if (!configured.empty()) {
        if (base.scheme == Scheme::http)
            return bad("a proxy is for https addresses; plain http stays on this machine");
        auto proxy = parse_proxy_url(configured);
        if (!proxy) return tl::unexpected<Error>(std::move(proxy.error()));
        return std::optional(std::move(*proxy));
    }
    if (base.scheme == Scheme::http || is_loopback(base.host) || environment.https_proxy.empty() ||
        is_direct(environment.no_proxy, base.host, base.port))
        return std::optional<Proxy>();
    auto proxy = parse_proxy_url(environment.https_proxy);
    if (!proxy) return bad("the environment's https_proxy: " + proxy.error().message);
    return std::optional(std::move(*proxy));
}

}  // namespace runbookd::http_client
