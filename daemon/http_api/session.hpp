#pragma once
// One connection: reads requests, has them answered, writes the answers. One coroutine; loop thread only.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <functional>
#include <string>

#include "async/timers.hpp"
#include "http_api/message.hpp"
#include "http_api/router.hpp"

namespace runbookd::http_api {

/// How much, and how long. Past a limit of time the connection is closed.
struct SessionLimits {
    Millis idle{std::chrono::minutes{2}};       ///< between two requests
    Millis reading{std::chrono::seconds{15}};   ///< a request's first byte to its last
    Millis answering{std::chrono::minutes{2}};  ///< what was asked for may still happen after that
    Millis writing{std::chrono::minutes{1}};
    std::size_t header_bytes = 16 * 1024;
    std::size_t body_bytes = 1024 * 1024;
};

class Session {
public:
    using Socket = boost::asio::generic::stream_protocol::socket;
    using OnProblem = std::function<void(const std::string&)>;
    using Redact = std::function<std::string(std::string)>;

    /// `router`, `timers` and `limits` outlive it. `actor` is who is at the other end; `server_name` goes
    /// into every answer; `on_problem` gets what a handler threw (the client is told INTERNAL only);
    /// `redact`, which may be empty, goes over every body.
    Session(Socket socket, std::string actor, std::string server_name, const Router& router,
            async::Timers& timers, const SessionLimits& limits, OnProblem on_problem, Redact redact);

    /// Until the other end closes, a limit is passed, or it is told to end.
    boost::asio::awaitable<void> run();
    /// Ends it: at once when no request is being answered, else after that answer.
    void end();

private:
    boost::asio::awaitable<bool> serve_one();
    boost::asio::awaitable<bool> wait_for_request();
    boost::asio::awaitable<Response> answer(Request request);
    boost::asio::awaitable<bool> write(Response response, unsigned version, bool keep_alive);
    void close();

    Socket socket_;
    std::string actor_;
    std::string server_name_;
    const Router& router_;
    async::Timers& timers_;
    const SessionLimits& limits_;
    OnProblem on_problem_;
    Redact redact_;
    boost::beast::flat_buffer buffer_;
    bool is_busy_ = false;
    bool is_ending_ = false;
};

}  // namespace runbookd::http_api
