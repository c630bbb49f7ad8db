#pragma once
// One HTTP/1.1 connection to one host, plain or TLS, perhaps through a proxy's tunnel. Nothing here
// retries.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <optional>

#include "async/timers.hpp"
#include "http_client/http_types.hpp"
#include "http_client/proxy.hpp"
#include "http_client/resolve.hpp"
#include "http_client/url.hpp"

namespace runbookd::http_client {

/// How long, and how much, an answer may be.
struct ExchangeLimits {
    std::size_t response_bytes = 0;  ///< as they come, and again once unpacked
    Millis first_byte{};             ///< from the end of the request
    Millis whole{};
};

class Connection {
public:
    /// `tls` is null for plain http; it is needed only while this is constructed.
    Connection(async::Timers& timers, BaseUrl base, boost::asio::ssl::context* tls);

    // These three return what went wrong, for a person, or "". Nothing of any request has been sent either
    // way.

    /// `whom`: whose endpoints they are, for the message.
    boost::asio::awaitable<std::string> connect(Endpoints endpoints, std::string whom, Millis within);
    /// Once connected to the proxy: lets it connect on to the host.
    boost::asio::awaitable<std::string> tunnel(Proxy proxy, Millis within);
    /// TLS, with the certificate verified against the host's name. At once where the connection is plain.
    boost::asio::awaitable<std::string> shake_hands(Millis within);

    /// Sends the request and reads its answer. `authorization` is the header's whole value; empty:
    /// there is none.
    boost::asio::awaitable<Exchange> exchange(Request request, std::string authorization,
                                              ExchangeLimits limits);

    /// Whether the last answer left the connection fit for another request.
    [[nodiscard]] bool is_reusable() const { return reusable_; }
    /// Looks, without waiting, whether the other side has closed or said something unasked: then a request
    /// must not be written here, since nobody could tell afterwards whether it arrived.
    [[nodiscard]] bool is_quiet();

private:
    void close();

    async::Timers& timers_;
    BaseUrl base_;
    boost::asio::ip::tcp::socket socket_;
    std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
    boost::beast::flat_buffer unread_;
    bool reusable_ = false;
};

}  // namespace runbookd::http_client
