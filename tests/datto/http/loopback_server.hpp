#pragma once
// A scripted HTTP server on loopback, in the test's own loop: answers each request with the bytes that the
// test says, and closes, resets or falls silent where it says so.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "async/task_group.hpp"

namespace runbookd::tests {

struct SeenRequest {
    int connection = 0;  ///< which connection it came on, from 1
    std::string method;
    std::string target;
    std::string authorization;
    std::string body;
    std::string head;  ///< request line and headers as received
};

enum class Then { keep, close, reset, fall_silent };
struct ServerAnswer {
    std::string bytes;  ///< head and body, raw
    Then then = Then::keep;
};

/// A well-formed answer; `headers` are whole lines, each ending in CRLF.
std::string http_answer(int status, const std::string& body, const std::string& headers = "");
ServerAnswer json_answer(const std::string& body);

class LoopbackServer {
public:
    using Handler = std::function<ServerAnswer(const SeenRequest&)>;
    LoopbackServer(boost::asio::io_context& loop, Handler handler, boost::asio::ssl::context* tls = nullptr);
    ~LoopbackServer();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const;
    [[nodiscard]] const std::vector<SeenRequest>& seen() const { return seen_; }
    [[nodiscard]] int connections() const { return connections_; }
    /// How often a request for exactly this path (without its query) has come.
    [[nodiscard]] int count(const std::string& path) const;
    /// From now on, connections are closed as soon as they are accepted.
    void turn_away() { turning_away_ = true; }
    void close_all();
    void stop_listening();

private:
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket& socket, int number);
    template <class Stream>
    boost::asio::awaitable<void> talk(Stream& stream, boost::asio::ip::tcp::socket& socket, int number);

    boost::asio::io_context& loop_;
    Handler handler_;
    boost::asio::ssl::context* tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    bool turning_away_ = false;
    int connections_ = 0;
    std::vector<SeenRequest> seen_;
    std::list<boost::asio::ip::tcp::socket> sockets_;
    async::TaskGroup tasks_;
};

}  // namespace runbookd::tests
