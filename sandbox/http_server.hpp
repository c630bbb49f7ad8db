#pragma once
// HTTP/1.1 on a loopback socket: reads requests, has them answered, and commits the endings that a reply asks
// for.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <list>

#include "base/result.hpp"
#include "sandbox/exchange.hpp"

namespace runbookd::sandbox {

class HttpServer {
public:
    using Answer = std::function<Reply(const Request&)>;
    using OnError = std::function<void(std::exception_ptr)>;

    /// `answer` is called on the loop, when a request is complete. `on_error` gets what it throws.
    HttpServer(boost::asio::io_context& loop, Answer answer, OnError on_error);
    /// The loop must not run any more, or stop() was called and it has run out of work.
    ~HttpServer() = default;
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Binds and begins to accept; port 0 takes a free one. Errors: unavailable (in use), saying what to do.
    Result<void> listen(const boost::asio::ip::tcp::endpoint& at);
    [[nodiscard]] boost::asio::ip::tcp::endpoint endpoint() const;
    /// Closes everything; the sessions end on their own.
    void stop();

private:
    struct Session {
        explicit Session(boost::asio::ip::tcp::socket connected);
        boost::asio::ip::tcp::socket socket;
        boost::asio::steady_timer delay;
    };
    using SessionAt = std::list<Session>::iterator;

    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(SessionAt session);
    void start(boost::asio::ip::tcp::socket socket);

    boost::asio::io_context& loop_;
    Answer answer_;
    OnError on_error_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::list<Session> sessions_;
    bool stopped_ = false;
};

}  // namespace runbookd::sandbox
