#include "datto/addresses.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

namespace runbookd::datto {
namespace {

namespace urls = boost::urls;

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

}  // namespace

Result<BaseUrl> parse_base_url(std::string_view text) {
    const auto named = [&] { return "the account's url '" + std::string(text) + "' "; };
    const auto parsed = urls::parse_uri(text);
    if (!parsed)
        return fail(ErrorCode::invalid_input,
                    named() + "is not a URL; expected something like https://merlot-api.centrastage.net");
    // A password in the URL must not come back in the message.
    if (parsed->has_userinfo())
        return fail(ErrorCode::invalid_input,
                    "the account's url must not hold a user name or password; use key and secret");
    auto url = http_client::parse_url(text);
    if (!url) return fail(ErrorCode::invalid_input, named() + url.error().message);
    if (url->has_query || url->has_fragment)
        return fail(ErrorCode::invalid_input, named() + "must end before any '?' or '#'");
    if (url->origin.scheme == Scheme::http && !is_loopback(url->origin.host))
        return fail(ErrorCode::invalid_input, named() + "sends the keys in clear; use https://");
    url->origin.path = base_path(std::move(url->path));
    return std::move(url->origin);
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
    urls::url resolved;
    if (!urls::resolve(*here, *reference, resolved)) return refused("it is not a URL");
    const auto text = resolved.buffer();
    auto url = http_client::parse_url(std::string_view(text.data(), text.size()));
    if (!url) return refused("it " + url.error().message);
    // Compared as the token's owner must: nothing else counts.
    const auto& origin = url->origin;
    if (origin.scheme != base.scheme || origin.host != base.host || origin.port != base.port)
        return refused("it leaves " + base.origin() + " for " + origin.origin());
    return std::move(url->target);
}

std::string with_missing_parameter(std::string target, std::string_view name, std::string_view value) {
    const auto question = target.find('?');
    const auto wanted = std::string(name) + "=";
    for (auto at = question; at != std::string::npos; at = target.find('&', at + 1))
        if (target.compare(at + 1, wanted.size(), wanted) == 0) return target;
    target += question == std::string::npos ? "?" : "&";
    return target + wanted + percent_encoded(value);
}

}  // namespace runbookd::datto
