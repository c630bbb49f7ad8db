#pragma once
// Requests to one host over a few kept connections, through a proxy's tunnels where there is one. An idle
// connection is used again only while the other side is seen to hold it open; a request of which a byte was
// written is never written twice.
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/timers.hpp"
#include "http_client/http_types.hpp"
#include "http_client/proxy.hpp"
#include "http_client/resolve.hpp"
#include "http_client/url.hpp"

namespace boost::asio::ssl {
class context;
}

namespace runbookd::http_client {

class Connection;

struct TransportSettings {
    std::string ca_file;  ///< PEM certificates to trust and no others; empty: the system's
    std::optional<Proxy> proxy;
    Lookup lookup;
    Millis connect_timeout{};
    Millis tls_timeout{};
    Millis first_byte_timeout{};
    Millis idle_timeout{};
    std::size_t max_response_bytes = 0;
    std::size_t idle_connections = 0;
};

class Transport {
public:
    /// Errors: invalid_input (the CA file).
    [[nodiscard]] static Result<std::unique_ptr<Transport>> create(async::Timers& timers, const Clock& clock,
                                                                   BaseUrl base, TransportSettings settings);
    ~Transport();

    /// `until`: when all of it must be over. Must run in a coroutine that does not throw when cancelled;
    /// cancelling ends it with a failure.
    boost::asio::awaitable<Exchange> send(Request request, std::string authorization, SteadyTime until);

private:
    struct Idle {
        std::unique_ptr<Connection> connection;
        SteadyTime since;
    };
    Transport(async::Timers& timers, const Clock& clock, BaseUrl base, TransportSettings settings);
    boost::asio::awaitable<std::string> open(Connection& connection, SteadyTime until);
    /// Of one step of opening: at most `step`, and no more than is left of the whole call.
    [[nodiscard]] Millis bounded(Millis step, SteadyTime until) const;
    [[nodiscard]] std::unique_ptr<Connection> take_idle();
    void keep(std::unique_ptr<Connection> connection);
    [[nodiscard]] Millis left_until(SteadyTime until) const;

    async::Timers& timers_;
    const Clock& clock_;
    BaseUrl base_;
    TransportSettings settings_;
    std::unique_ptr<boost::asio::ssl::context> tls_;  // null for plain http
    Resolver resolver_;
    std::vector<Idle> idle_;  // oldest first
};

}  // namespace runbookd::http_client
