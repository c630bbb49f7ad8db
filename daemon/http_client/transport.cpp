#include "http_client/transport.hpp"

#include <algorithm>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include "http_client/connection.hpp"

namespace runbookd::http_client {

namespace asio = boost::asio;
namespace ssl = asio::ssl;

namespace {

Result<std::unique_ptr<ssl::context>> make_tls(const std::string& ca_file) {
    auto tls = std::make_unique<ssl::context>(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
    tls->set_verify_mode(ssl::verify_peer);
    boost::system::error_code error;
    if (ca_file.empty())
        tls->set_default_verify_paths(error);
    else
        tls->load_verify_file(ca_file, error);
    if (error)
        return fail(
            ErrorCode::invalid_input,
            "the account's ca: " + (ca_file.empty() ? std::string("the system's certificates") : ca_file) +
                " cannot be read as PEM certificates (" + error.message() + ")");
    return tls;
}

tl::unexpected<TransportFailure> not_sent(std::string message) {
    TransportFailure failure;
    failure.delivery = Delivery::not_sent;
    failure.message = std::move(message);
    return tl::unexpected<TransportFailure>(std::move(failure));
}

}  // namespace

Transport::Transport(async::Timers& timers, const Clock& clock, BaseUrl base, TransportSettings settings)
    : timers_(timers),
      clock_(clock),
      base_(std::move(base)),
      settings_(std::move(settings)),
      resolver_(timers, clock, settings_.lookup) {}

Transport::~Transport() = default;

Result<std::unique_ptr<Transport>> Transport::create(async::Timers& timers, const Clock& clock, BaseUrl base,
                                                     TransportSettings settings) {
    std::unique_ptr<Transport> transport(new Transport(timers, clock, std::move(base), std::move(settings)));
    if (transport->base_.scheme == Scheme::http) return transport;
    auto tls = make_tls(transport->settings_.ca_file);
    if (!tls) return tl::unexpected<Error>(tls.error());
    transport->tls_ = std::move(*tls);
    return transport;
}

Millis Transport::left_until(SteadyTime until) const {
    return std::max(until - clock_.now().steady, Millis{0});
}

std::unique_ptr<Connection> Transport::take_idle() {
    // Servers close what is long idle, and the news of it may be on its way while we look.
    const auto too_old = clock_.now().steady - settings_.idle_timeout;
    std::erase_if(idle_, [&](const Idle& idle) { return idle.since < too_old; });
    while (!idle_.empty()) {
        auto connection = std::move(idle_.back().connection);
        idle_.pop_back();
        if (connection->is_quiet()) return connection;
    }
    return nullptr;
}

void Transport::keep(std::unique_ptr<Connection> connection) {
    if (!connection->is_reusable() || idle_.size() >= settings_.idle_connections) return;
    Idle idle;
    idle.connection = std::move(connection);
    idle.since = clock_.now().steady;
    idle_.push_back(std::move(idle));
}

Millis Transport::bounded(Millis step, SteadyTime until) const { return std::min(step, left_until(until)); }

asio::awaitable<std::string> Transport::open(Connection& connection, SteadyTime until) {
    const auto& proxy = settings_.proxy;
    const auto host = proxy ? proxy->host : base_.host;
    const auto port = proxy ? proxy->port : base_.port;
    const auto whom = proxy ? "the proxy " + proxy->origin() : base_.origin();
    const auto to_resolve = bounded(settings_.connect_timeout, until);
    const auto found = co_await resolver_.resolve(host, port, to_resolve);
    if (!found) co_return found.error();
    const auto to_connect = bounded(settings_.connect_timeout, until);
    const auto trouble = co_await connection.connect(*found, whom, to_connect);
    if (!trouble.empty()) co_return trouble;
    if (proxy) {
        const auto to_tunnel = bounded(settings_.connect_timeout, until);
        const auto refusal = co_await connection.tunnel(*proxy, to_tunnel);
        if (!refusal.empty()) co_return refusal;
    }
    const auto to_agree = bounded(settings_.tls_timeout, until);
    co_return co_await connection.shake_hands(to_agree);
}

asio::awaitable<Exchange> Transport::send(Request request, std::string authorization, SteadyTime until) {
    auto connection = take_idle();
    if (!connection) {
        connection = std::make_unique<Connection>(timers_, base_, tls_.get());
        const auto trouble = co_await open(*connection, until);
        if (!trouble.empty()) co_return not_sent(trouble);
    }
    const auto stopping = co_await asio::this_coro::cancellation_state;
    if (stopping.cancelled() != asio::cancellation_type::none)
        co_return not_sent("stopped before it was sent");
    const auto left = left_until(until);
    if (left == Millis{0}) co_return not_sent("the time for the call was over before it was sent");
    ExchangeLimits limits;
    limits.response_bytes = settings_.max_response_bytes;
    limits.first_byte = settings_.first_byte_timeout;
    limits.whole = left;
    auto exchange = co_await connection->exchange(std::move(request), std::move(authorization), limits);
    // Whatever made this one fall silent may have cut the others' way as well, without a word.
    if (!exchange && exchange.error().timed_out) idle_.clear();
    keep(std::move(connection));
    co_return exchange;
}

}  // namespace runbookd::http_client
