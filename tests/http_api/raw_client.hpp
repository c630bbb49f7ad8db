#pragma once
// A client that sends any bytes and shows the bytes that came back, for one connection.
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>

namespace runbookd::testing {

class RawClient {
public:
    explicit RawClient(const std::string& path) : socket_(loop_) {
        socket_.connect(boost::asio::local::stream_protocol::endpoint(path));
    }
    /// False: the other end closed before all was taken.
    bool send(const std::string& bytes) {
        boost::system::error_code error;
        boost::asio::write(socket_, boost::asio::buffer(bytes), error);
        return !error;
    }
    void end_sending() { socket_.shutdown(boost::asio::socket_base::shutdown_send); }
    /// Everything until the other end closes.
    std::string receive_all() {
        std::string bytes;
        boost::system::error_code ignored;
        boost::asio::read(socket_, boost::asio::dynamic_buffer(bytes), ignored);
        return bytes;
    }
    /// As much as came with one read.
    std::string receive_some() {
        std::string bytes(65536, '\0');
        boost::system::error_code ignored;
        bytes.resize(socket_.read_some(boost::asio::buffer(bytes), ignored));
        return bytes;
    }

private:
    boost::asio::io_context loop_;
    boost::asio::local::stream_protocol::socket socket_;
};

struct Reply {
    int status = 0;
    std::string head, body;
};

/// One request on a connection of its own.
inline Reply exchange(const std::string& path, const std::string& method, const std::string& target,
                      const std::string& body = "", const std::string& headers = "") {
    RawClient client(path);
    client.send(method + " " + target + " HTTP/1.1\r\nHost: runbookd\r\nConnection: close\r\n" + headers +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    const auto bytes = client.receive_all();
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string::npos) return {};
    return {std::stoi(bytes.substr(9, 3)), bytes.substr(0, end), bytes.substr(end + 4)};
}

}  // namespace runbookd::testing
