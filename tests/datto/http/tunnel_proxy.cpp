#include "datto/http/tunnel_proxy.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace runbookd::tests {

namespace asio = boost::asio;
using asio::ip::tcp;

TunnelProxy::TunnelProxy(asio::io_context& loop, std::uint16_t target_port)
    : loop_(loop),
      target_(asio::ip::address_v4::loopback(), target_port),
      acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()),
      tasks_(loop.get_executor(), [](const std::string&, std::exception_ptr) {}) {
    tasks_.spawn("accept", [this] { return accept(); });
}

TunnelProxy::~TunnelProxy() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (auto& socket : sockets_) socket.close(ignored);
    tasks_.cancel();
    loop_.restart();
    while (tasks_.size() > 0) loop_.run_one();
}

asio::awaitable<void> TunnelProxy::accept() {
    for (;;) {
        auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
        auto& kept = sockets_.emplace_back(std::move(socket));
        tasks_.spawn("serve", [this, &kept] { return serve(kept); });
    }
}

asio::awaitable<void> TunnelProxy::serve(tcp::socket& client) {
    std::string head;
    auto buffer = asio::dynamic_buffer(head, 65'536);
    auto [error, bytes] =
        co_await asio::async_read_until(client, buffer, "\r\n\r\n", asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    seen_.push_back(head);
    const std::string answer = opens_tunnels_ ? "HTTP/1.1 200 Connection established\r\n\r\n" : instead_;
    auto& target = sockets_.emplace_back(loop_);
    if (opens_tunnels_) {
        auto [refused] = co_await target.async_connect(target_, asio::as_tuple(asio::use_awaitable));
        if (refused) co_return;
    }
    const auto out = asio::buffer(answer);
    auto [write_error, written] =
        co_await asio::async_write(client, out, asio::as_tuple(asio::use_awaitable));
    if (write_error || !target.is_open()) co_return;
    tasks_.spawn("back", [this, &client, &target] { return carry(target, client, nullptr); });
    co_await carry(client, target, &carried_);
}

asio::awaitable<void> TunnelProxy::carry(tcp::socket& from, tcp::socket& to, std::string* copy) {
    std::array<char, 4096> part{};
    for (;;) {
        const auto room = asio::buffer(part);
        auto [error, bytes] = co_await from.async_read_some(room, asio::as_tuple(asio::use_awaitable));
        if (copy != nullptr) copy->append(part.data(), bytes);
        const auto out = asio::buffer(part.data(), bytes);
        auto [write_error, written] =
            co_await asio::async_write(to, out, asio::as_tuple(asio::use_awaitable));
        boost::system::error_code ignored;
        if (error || write_error) to.shutdown(tcp::socket::shutdown_send, ignored);
        if (error || write_error) co_return;
    }
}

}  // namespace runbookd::tests
