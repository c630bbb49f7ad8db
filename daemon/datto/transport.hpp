#pragma once
// Requests to one host over a few kept connections. An idle connection is used again only while the other
// side is seen to hold it open; a request of which a byte was written is never written twice.
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "async/timers.hpp"
#include "datto/http_types.hpp"
#include "datto/url.hpp"

namespace boost::asio::ssl {
class context;
}

namespace runbookd::datto {

class Connection;

struct TransportSettings {
    Millis connect_timeout;
    Millis tls_timeout;
    Millis idle_timeout;
    std::size_t max_response_bytes;
    std::size_t idle_connections;
};

class Transport {
public:
    /// Trusts the certificates in `ca_file` (PEM) and no others; the system's where it is empty.
    /// Errors: permission, invalid_input (the file).
    [[nodiscard]] static Result<std::unique_ptr<Transport>> create(async::Timers& timers, const Clock& clock,
                                                                   BaseUrl base, const std::string& ca_file,
                                                                   TransportSettings settings);
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
    [[nodiscard]] std::unique_ptr<Connection> take_idle();
    void keep(std::unique_ptr<Connection> connection);
    [[nodiscard]] Millis left_until(SteadyTime until) const;

    async::Timers& timers_;
    const Clock& clock_;
    BaseUrl base_;
    TransportSettings settings_;
    std::unique_ptr<boost::asio::ssl::context> tls_;  // null for plain http
    std::vector<Idle> idle_;                          // oldest first
};

}  // namespace runbookd::datto
