#include "datto/url.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "base/glob.hpp"

namespace runbookd::datto {
namespace {

namespace urls = boost::urls;

constexpr std::uint16_t default_port(Scheme scheme) { return scheme == Scheme::https ? 443 : 80; }

bool take_suffix(std::string& text, std::string_view suffix) {
    if (!text.ends_with(suffix)) return false;
    text.resize(text.size() - suffix.size());
    return true;
}

std::string base_path(std::string path) {
    while (take_suffix(path, "/")) {
    }
    if (!take_suffix(path, "/api/v2")) take_suffix(path, "/api");
    return path;
}

/// Scheme, host and port, compared as the token's owner must: nothing else counts.
Result<BaseUrl> origin_of(const urls::url_view_base& url) {
    BaseUrl origin;
    if (url.scheme_id() == urls::scheme::http)
        origin.scheme = Scheme::http;
    else if (url.scheme_id() != urls::scheme::https)
        return fail(ErrorCode::invalid_input, "must begin with https:// (or http:// to loopback)");
    origin.host = ascii_lower(url.host_address());
    if (origin.host.empty()) return fail(ErrorCode::invalid_input, "names no host");
    if (url.has_userinfo())
        return fail(ErrorCode::invalid_input, "must not hold a user name or password; use key and secret");
    const auto port = url.port();
    // Read here: the library takes any digits for a port.
    if (!port.empty()) {
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), origin.port);
        if (error != std::errc{} || end != port.data() + port.size() || origin.port == 0)
            return fail(ErrorCode::invalid_input, "has no valid port");
    } else {
        origin.port = default_port(origin.scheme);
    }
    return origin;
}

}  // namespace

bool is_loopback(const std::string& host) {
    if (host == "localhost") return true;
    boost::system::error_code not_an_address;
    const auto address = boost::asio::ip::make_address(host, not_an_address);
    return !not_an_address && address.is_loopback();
}

std::string BaseUrl::authority() const {
    auto text = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != default_port(scheme)) text += ":" + std::to_string(port);
    return text;
}

std::string BaseUrl::origin() const {
    return (scheme == Scheme::https ? "https://" : "http://") + authority();
}

Result<BaseUrl> parse_base_url(std::string_view text) {
    const auto named = [&] { return "the account's url '" + std::string(text) + "' "; };
    const auto parsed = urls::parse_uri(text);
    if (!parsed)
        return fail(ErrorCode::invalid_input,
                    named() + "is not a URL; expected something like https://merlot-api.centrastage.net");
    auto base = origin_of(*parsed);
    // A password in the URL must not come back in the message.
    if (!base && parsed->has_userinfo())
        return fail(ErrorCode::invalid_input, "the account's url " + base.error().message);
    if (!base) return fail(ErrorCode::invalid_input, named() + base.error().message);
    if (parsed->has_query() || parsed->has_fragment())
        return fail(ErrorCode::invalid_input, named() + "must end before any '?' or '#'");
    if (base->scheme == Scheme::http && !is_loopback(base->host))
        return fail(ErrorCode::invalid_input, named() + "sends the keys in clear; use https://");
    const auto path = parsed->encoded_path();
    base->path = base_path(std::string(path.data(), path.size()));
    return base;
}

Result<std::string> next_page_target(const BaseUrl& base, std::string_view current,
                                     std::string_view next_page_url) {
    const auto refused = [&](const std::string& why) {
        return fail(ErrorCode::invalid_input, "the API's next page address is refused: " + why);
    };
    const auto reference = urls::parse_uri_reference(next_page_url);
    const auto here_text = base.origin() + std::string(current);
    const auto here = urls::parse_uri(here_text);
    if (!reference || !here) return refused("it is not a URL");
    urls::url target;
    if (!urls::resolve(*here, *reference, target)) return refused("it is not a URL");
    const auto origin = origin_of(target);
    if (!origin) return refused("it " + origin.error().message);
    if (origin->scheme != base.scheme || origin->host != base.host || origin->port != base.port)
        return refused("it leaves " + base.origin() + " for " + origin->origin());
    target.remove_fragment();
    const auto resource = target.encoded_resource();
    return (resource.starts_with('/') ? "" : "/") + std::string(resource.data(), resource.size());
}

std::string with_missing_parameter(std::string target, std::string_view name, std::string_view value) {
    const auto question = target.find('?');
    const auto wanted = std::string(name) + "=";
    for (auto at = question; at != std::string::npos; at = target.find('&', at + 1))
        if (target.compare(at + 1, wanted.size(), wanted) == 0) return target;
    target += question == std::string::npos ? "?" : "&";
    return target + wanted + percent_encoded(value);
}

std::string percent_encoded(std::string_view text) { return urls::encode(text, urls::unreserved_chars); }

}  // namespace runbookd::datto
