#include "sandbox/http_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sstream>

#include "sandbox/reason.hpp"

namespace runbookd::sandbox {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::uint64_t kMostBody = 4 * 1024 * 1024;
constexpr Millis kAfterAcceptError{100};  // such as too many open files

using WireRequest = http::request<http::string_body>;
using WireReply = http::response<http::string_body>;

Request read_request(const WireRequest& wire) {
    Request request;
    request.method = std::string(wire.method_string());
    const std::string target(wire.target());
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = target.substr(question + 1);
    request.host = std::string(wire[http::field::host]);
    request.authorization = std::string(wire[http::field::authorization]);
    request.content_type = std::string(wire[http::field::content_type]);
    request.idempotency_key = std::string(wire["Idempotency-Key"]);
    request.body = wire.body();
    return request;
}

WireReply wire_reply(const WireRequest& request, Reply reply) {
    WireReply wire;
    wire.version(request.version());
    wire.result(static_cast<unsigned>(reply.status));
    wire.reason(std::string(reason_phrase(reply.status)));
    wire.keep_alive(request.keep_alive());
    if (!reply.body.empty()) wire.set(http::field::content_type, reply.content_type);
    for (const auto& [name, value] : reply.headers) wire.set(name, value);
    wire.body() = std::move(reply.body);
    wire.prepare_payload();
    return wire;
}

/// The reply's bytes up to the middle of its body.
std::string half_of(const WireReply& reply) {
    std::ostringstream text;
    text << reply.base() << reply.body().substr(0, reply.body().size() / 2);
    return text.str();
}

/// Makes the close that follows a reset instead of an orderly end.
void close_with_reset(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

}  // namespace

HttpServer::Session::Session(tcp::socket connected)
    : socket(std::move(connected)), delay(socket.get_executor()) {}

HttpServer::HttpServer(asio::io_context& loop, Answer answer, OnError on_error)
    : loop_(loop), answer_(std::move(answer)), on_error_(std::move(on_error)), acceptor_(loop) {}

Result<void> HttpServer::listen(const tcp::endpoint& at) {
    const auto where = at.address().to_string() + ':' + std::to_string(at.port());
    error_code error;
    acceptor_.open(at.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(at, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        return fail(ErrorCode::unavailable, where + ": cannot listen there (" + error.message() +
                                                "); stop what uses the port, or give another with --listen");
    }
    asio::co_spawn(loop_, accept(), [this](std::exception_ptr failure) {
        if (failure) on_error_(failure);
    });
    return {};
}

tcp::endpoint HttpServer::endpoint() const { return acceptor_.local_endpoint(); }

void HttpServer::stop() {
    stopped_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    for (auto& session : sessions_) {
        session.delay.cancel();
        session.socket.close(ignored);
    }
}

asio::awaitable<void> HttpServer::accept() {
    asio::steady_timer pause(loop_);
    while (!stopped_) {
        error_code error;
        auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (stopped_) break;
        if (!error) {
            start(std::move(socket));
            continue;
        }
        pause.expires_after(kAfterAcceptError);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

void HttpServer::start(tcp::socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    sessions_.emplace_back(std::move(socket));
    const auto session = std::prev(sessions_.end());
    asio::co_spawn(loop_, serve(session), [this, session](std::exception_ptr failure) {
        sessions_.erase(session);
        if (failure) on_error_(failure);
    });
}

asio::awaitable<void> HttpServer::serve(SessionAt session) {
    auto& socket = session->socket;
    boost::beast::flat_buffer buffer;
    error_code error;
    while (!stopped_) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(kMostBody);
        co_await http::async_read(socket, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
        if (error) break;
        const auto request = parser.release();
        auto reply = answer_(read_request(request));
        if (reply.delay.count() > 0) {
            session->delay.expires_after(reply.delay);
            co_await session->delay.async_wait(asio::redirect_error(asio::use_awaitable, error));
            if (stopped_) break;
        }
        const auto ending = reply.ending;
        if (ending == Ending::reset) {
            close_with_reset(socket);
            break;
        }
        const auto wire = wire_reply(request, std::move(reply));
        if (ending == Ending::cut) {
            const auto half = half_of(wire);
            co_await asio::async_write(socket, asio::buffer(half),
                                       asio::redirect_error(asio::use_awaitable, error));
            break;
        }
        co_await http::async_write(socket, wire, asio::redirect_error(asio::use_awaitable, error));
        if (error || !wire.keep_alive()) break;
    }
    error_code ignored;
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    socket.close(ignored);
}

}  // namespace runbookd::sandbox
