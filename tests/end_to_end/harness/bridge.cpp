#include "end_to_end/harness/bridge.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <string_view>
#include <utility>

namespace runbookd::end_to_end {

namespace asio = boost::asio;
using asio::ip::tcp;
using Local = asio::local::stream_protocol;

/// One connection and the one behind it; lives as long as a handler of either is waiting.
class Bridge::Link : public std::enable_shared_from_this<Link> {
public:
    Link(Bridge& bridge, tcp::socket client)
        : bridge_(bridge), client_(std::move(client)), daemon_(bridge.loop_) {}

    void start() {
        boost::system::error_code error;
        daemon_.connect(Local::endpoint(bridge_.socket_.string()), error);
        if (error) return close();
        carry_there();
        carry_back();
    }

private:
    void carry_there() {
        client_.async_read_some(
            asio::buffer(there_),
            [self = shared_from_this()](const boost::system::error_code& error, std::size_t n) {
                if (error) return self->close();
                const std::string_view part(self->there_.data(), n);
                if (part.starts_with("POST ") && self->bridge_.to_lose_ > 0) {
                    --self->bridge_.to_lose_;
                    self->is_to_lose_ = true;
                }
                self->pass_on(self->daemon_, part, [self] { self->carry_there(); });
            });
    }
    void carry_back() {
        daemon_.async_read_some(
            asio::buffer(back_),
            [self = shared_from_this()](const boost::system::error_code& error, std::size_t n) {
                if (self->is_to_lose_ && !error) ++self->bridge_.lost_;
                if (error || self->is_to_lose_) return self->close();
                self->pass_on(self->client_, std::string_view(self->back_.data(), n),
                              [self] { self->carry_back(); });
            });
    }
    template <class Socket, class Next>
    void pass_on(Socket& to, std::string_view part, Next next) {
        asio::async_write(
            to, asio::buffer(part.data(), part.size()),
            [self = shared_from_this(), next](const boost::system::error_code& error, std::size_t) {
                if (error) return self->close();
                next();
            });
    }
    void close() {
        boost::system::error_code ignored;
        client_.close(ignored);
        daemon_.close(ignored);
    }

    Bridge& bridge_;
    tcp::socket client_;
    Local::socket daemon_;
    bool is_to_lose_ = false;
    std::array<char, 65536> there_{};
    std::array<char, 65536> back_{};
};

Bridge::Bridge(std::filesystem::path socket)
    : socket_(std::move(socket)),
      acceptor_(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()) {
    accept();
    thread_ = std::thread([this] { loop_.run(); });
}

Bridge::~Bridge() {
    loop_.stop();
    thread_.join();
}

void Bridge::accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket client) {
        if (error) return;
        std::make_shared<Link>(*this, std::move(client))->start();
        accept();
    });
}

}  // namespace runbookd::end_to_end
