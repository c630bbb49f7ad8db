#include "http_client/url.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "base/glob.hpp"

namespace runbookd::http_client {
namespace {

namespace urls = boost::urls;

constexpr std::uint16_t default_port(Scheme scheme) { return scheme == Scheme::https ? 443 : 80; }

Result<BaseUrl> origin_of(const urls::url_view& url) {
    BaseUrl origin;
    if (url.scheme_id() == urls::scheme::http)
        origin.scheme = Scheme::http;
    else if (url.scheme_id() != urls::scheme::https)
        return fail(ErrorCode::invalid_input, "must begin with https:// (or http:// to loopback)");
    origin.host = ascii_lower(url.host_address());
    if (origin.host.empty()) return fail(ErrorCode::invalid_input, "names no host");
    if (url.has_userinfo()) return fail(ErrorCode::invalid_input, "must not hold a user name or password");
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

Result<Url> parse_url(std::string_view text) {
    const auto parsed = urls::parse_uri(text);
    if (!parsed) return fail(ErrorCode::invalid_input, "is not a URL");
    auto origin = origin_of(*parsed);
    if (!origin) return tl::unexpected<Error>(std::move(origin.error()));
    Url url;
    url.origin = std::move(*origin);
    const auto path = parsed->encoded_path();
    url.path.assign(path.data(), path.size());
    url.target = url.path.starts_with('/') ? url.path : "/" + url.path;
    url.has_query = parsed->has_query();
    if (url.has_query) {
        const auto query = parsed->encoded_query();
        url.target.append("?").append(query.data(), query.size());
    }
    url.has_fragment = parsed->has_fragment();
    return url;
}

std::string percent_encoded(std::string_view text) { return urls::encode(text, urls::unreserved_chars); }

}  // namespace runbookd::http_client
