#pragma once
// TCP on loopback in front of a daemon's Unix socket, for programs that know addresses only; it can lose
// answers on the way. Runs on a thread of its own.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

namespace runbookd::end_to_end {

class Bridge {
public:
    explicit Bridge(std::filesystem::path socket);
    ~Bridge();
    Bridge(const Bridge&) = delete;
    Bridge& operator=(const Bridge&) = delete;

    [[nodiscard]] unsigned short port() const { return port_; }
    /// The answers to the next `count` POSTs do not come through: their connections end instead.
    void lose_answers(int count) { to_lose_ = count; }
    /// How many it has lost.
    [[nodiscard]] int lost() const { return lost_; }

private:
    class Link;
    void accept();

    std::filesystem::path socket_;
    boost::asio::io_context loop_;
    boost::asio::ip::tcp::acceptor acceptor_;
    unsigned short port_ = 0;
    std::atomic<int> to_lose_ = 0;
    std::atomic<int> lost_ = 0;
    std::thread thread_;
};

}  // namespace runbookd::end_to_end
