#include "datto/http/loopback_server.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <sstream>

namespace runbookd::tests {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

std::string http_answer(int status, const std::string& body, const std::string& headers) {
    return "HTTP/1.1 " + std::to_string(status) + " Said\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

ServerAnswer json_answer(const std::string& body) {
    ServerAnswer answer;
    answer.bytes = http_answer(200, body, "Content-Type: application/json\r\n");
    return answer;
}

LoopbackServer::LoopbackServer(asio::io_context& loop, Handler handler, asio::ssl::context* tls)
    : loop_(loop),
      handler_(std::move(handler)),
      tls_(tls),
      acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()),
      tasks_(loop.get_executor(), [](const std::string&, std::exception_ptr) {}) {
    tasks_.spawn("accept", [this] { return accept(); });
}

LoopbackServer::~LoopbackServer() {
    stop_listening();
    close_all();
    tasks_.cancel();
    loop_.restart();
    while (tasks_.size() > 0) loop_.run_one();
}

std::string LoopbackServer::url(const std::string& host) const {
    return (tls_ == nullptr ? "http://" : "https://") + host + ":" + std::to_string(port_);
}

int LoopbackServer::count(const std::string& path) const {
    const auto same = [&](const SeenRequest& one) {
        return one.target.substr(0, one.target.find('?')) == path;
    };
    return static_cast<int>(std::count_if(seen_.begin(), seen_.end(), same));
}

void LoopbackServer::close_all() {
    boost::system::error_code ignored;
    for (auto& socket : sockets_) socket.close(ignored);
}

void LoopbackServer::stop_listening() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

asio::awaitable<void> LoopbackServer::accept() {
    for (;;) {
        auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
        ++connections_;
        if (turning_away_) continue;
        auto& kept = sockets_.emplace_back(std::move(socket));
        tasks_.spawn("serve", [this, &kept, number = connections_] { return serve(kept, number); });
    }
}

asio::awaitable<void> LoopbackServer::serve(tcp::socket& socket, int number) {
    if (tls_ == nullptr) {
        co_await talk(socket, socket, number);
        co_return;
    }
    asio::ssl::stream<tcp::socket&> stream(socket, *tls_);
    auto [error] =
        co_await stream.async_handshake(asio::ssl::stream_base::server, asio::as_tuple(asio::use_awaitable));
    boost::system::error_code ignored;
    if (error)
        socket.close(ignored);
    else
        co_await talk(stream, socket, number);
}

template <class Stream>
asio::awaitable<void> LoopbackServer::talk(Stream& stream, tcp::socket& socket, int number) {
    boost::beast::flat_buffer buffer;
    for (;;) {
        http::request<http::string_body> request;
        auto [error, bytes] =
            co_await http::async_read(stream, buffer, request, asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
        SeenRequest seen;
        seen.connection = number;
        seen.method = std::string(request.method_string());
        seen.target = std::string(request.target());
        seen.authorization = std::string(request[http::field::authorization]);
        seen.body = request.body();
        std::ostringstream head;
        head << request.base();
        seen.head = head.str();
        seen_.push_back(seen);
        const auto answer = handler_(seen);
        const auto buffer_out = asio::buffer(answer.bytes);
        auto [write_error, written] =
            co_await asio::async_write(stream, buffer_out, asio::as_tuple(asio::use_awaitable));
        boost::system::error_code ignored;
        if (answer.then == Then::reset) socket.set_option(asio::socket_base::linger(true, 0), ignored);
        if (answer.then == Then::close || answer.then == Then::reset || write_error) socket.close(ignored);
        if (!socket.is_open()) co_return;
    }
}

}  // namespace runbookd::tests
