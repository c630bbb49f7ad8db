#include "webhooks/sender.hpp"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "http_client/retry_after.hpp"
#include "http_client/transport.hpp"
#include "http_client/url.hpp"

namespace runbookd::webhooks {

namespace asio = boost::asio;

namespace {

constexpr Millis kTlsTimeout = std::chrono::seconds{10};
constexpr Millis kIdleTimeout = std::chrono::seconds{15};
/// Nothing of the answer but its status is read; a longer one has not been understood.
constexpr std::size_t kLongestAnswer = std::size_t{256} * 1024;

ports::Told not_told(std::string error) {
    ports::Told told;
    told.error = std::move(error);
    return told;
}

void replace_all(std::string& text, const std::string& what) {
    constexpr std::string_view kInstead = "the webhook's host";
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + kInstead.size()))
        text.replace(at, what.size(), kInstead);
}

/// The host may be a secret as well as the path.
std::string without_address(std::string message, const http_client::BaseUrl& origin) {
    for (const auto& spelling : {origin.origin(), origin.authority(), origin.host})
        replace_all(message, spelling);
    return message;
}

}  // namespace

/// A target, with the connection that is kept to it.
struct Sender::Reached {
    http_client::BaseUrl origin;
    std::string path;  // and query
    notices::Format format = notices::Format::json;
    std::unique_ptr<http_client::Transport> transport;
    std::string trouble;  // why there is no transport
};

Sender::Sender(async::Timers& timers, const Clock& clock, SenderSettings settings)
    : timers_(timers), clock_(clock), settings_(std::move(settings)) {
    if (!settings_.lookup) settings_.lookup = http_client::system_lookup(timers.executor());
}

Sender::~Sender() = default;

std::shared_ptr<Sender::Reached> Sender::reach(const Target& target) const {
    auto reached = std::make_shared<Reached>();
    reached->format = target.format;
    auto url = http_client::parse_url(target.url);
    if (!url) {
        reached->trouble = "the webhook's address " + url.error().message;
        return reached;
    }
    if (url->origin.scheme == http_client::Scheme::http && !http_client::is_loopback(url->origin.host)) {
        reached->trouble = "the webhook's address would be sent in clear; it must begin with https://";
        return reached;
    }
    reached->origin = std::move(url->origin);
    reached->path = std::move(url->target);
    auto proxy = http_client::choose_proxy(reached->origin, "", settings_.environment);
    if (!proxy) {
        reached->trouble = proxy.error().message;
        return reached;
    }
    http_client::TransportSettings how;
    how.proxy = std::move(*proxy);
    how.lookup = settings_.lookup;
    how.connect_timeout = settings_.connect_timeout;
    how.tls_timeout = kTlsTimeout;
    how.first_byte_timeout = settings_.call_timeout;
    how.idle_timeout = kIdleTimeout;
    how.max_response_bytes = kLongestAnswer;
    how.idle_connections = 1;
    auto transport = http_client::Transport::create(timers_, clock_, reached->origin, std::move(how));
    if (transport)
        reached->transport = std::move(*transport);
    else
        reached->trouble = transport.error().message;
    return reached;
}

void Sender::renew(const std::map<std::string, Target>& targets) {
    targets_.clear();
    for (const auto& [name, target] : targets) targets_[name] = reach(target);
}

asio::awaitable<ports::Told> Sender::tell(std::string to, std::string uid, std::string payload) {
    const auto found = targets_.find(to);
    if (found == targets_.end()) co_return not_told("'notify' in the settings has no such target any more");
    const auto target = found->second;
    if (!target->transport) co_return not_told(target->trouble);
    http_client::Request request;
    request.method = http_client::Method::post;
    request.target = target->path;
    request.content_type = "application/json";
    request.body = notices::body_of(payload, target->format);
    if (settings_.redact) request.body = settings_.redact(std::move(request.body));
    request.idempotency_key = std::move(uid);
    const auto until = clock_.now().steady + settings_.call_timeout;
    // A cancelled request still says what became of it.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    const std::string no_authorization;
    auto answer = co_await target->transport->send(std::move(request), no_authorization, until);
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (!answer) co_return not_told(without_address(std::move(answer.error().message), target->origin));
    ports::Told told;
    told.arrived = answer->status >= 200 && answer->status < 300;
    if (told.arrived) co_return told;
    // What else it says may repeat the address.
    told.error = "it answered " + std::to_string(answer->status);
    told.retry_after = http_client::read_retry_after(answer->retry_after, clock_.now().utc);
    co_return told;
}

}  // namespace runbookd::webhooks
