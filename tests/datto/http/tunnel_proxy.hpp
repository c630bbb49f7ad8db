#pragma once
// A proxy on loopback that knows CONNECT and nothing else, in the test's own loop. It connects to the port
// that the test says, whatever host it is asked for, so that a name which exists nowhere can be reached
// through it.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "async/task_group.hpp"

namespace runbookd::tests {

class TunnelProxy {
public:
    TunnelProxy(boost::asio::io_context& loop, std::uint16_t target_port);
    ~TunnelProxy();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Request line and headers of every connection, as received.
    [[nodiscard]] const std::vector<std::string>& seen() const { return seen_; }
    /// The bytes that came through its tunnels towards the target.
    [[nodiscard]] const std::string& carried() const { return carried_; }
    /// What it answers a CONNECT with in place of a tunnel; empty: it answers nothing at all.
    void answer_instead(std::string answer) {
        instead_ = std::move(answer);
        opens_tunnels_ = false;
    }
    void open_tunnels() { opens_tunnels_ = true; }

private:
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket& client);
    boost::asio::awaitable<void> carry(boost::asio::ip::tcp::socket& from, boost::asio::ip::tcp::socket& to,
                                       std::string* copy);

    boost::asio::io_context& loop_;
    boost::asio::ip::tcp::endpoint target_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    std::string instead_;
    bool opens_tunnels_ = true;
    std::vector<std::string> seen_;
    std::string carried_;
    std::list<boost::asio::ip::tcp::socket> sockets_;
    async::TaskGroup tasks_;
};

}  // namespace runbookd::tests
