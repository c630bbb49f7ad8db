#include "end_to_end/harness/unix_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>

namespace runbookd::end_to_end {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Request = http::request<http::string_body>;

Request request_of(http::verb verb, const std::string& target, const std::string& body) {
    Request request(verb, target, 11);
    request.set(http::field::host, "runbookd");
    if (!body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = body;
    request.prepare_payload();
    return request;
}

template <class Socket, class Endpoint>
Answer call(const Endpoint& endpoint, const Request& request) {
    asio::io_context loop;
    Socket socket(loop);
    boost::system::error_code error;
    socket.connect(endpoint, error);
    if (error) return {};
    // A server may answer before it has read all, and then reads no more: the answer counts.
    http::write(socket, request, error);
    boost::beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(socket, buffer, response, error);
    if (error) return {};
    return {static_cast<int>(response.result_int()), response.body()};
}

Answer over_unix(const std::filesystem::path& path, const Request& request) {
    using Protocol = asio::local::stream_protocol;
    return call<Protocol::socket>(Protocol::endpoint(path.string()), request);
}

}  // namespace

nlohmann::json Answer::json() const { return nlohmann::json::parse(body); }

Answer http_get(const std::filesystem::path& socket, const std::string& target) {
    return over_unix(socket, request_of(http::verb::get, target, ""));
}

Answer http_post(const std::filesystem::path& socket, const std::string& target, const std::string& body,
                 const std::string& idempotency_key) {
    auto request = request_of(http::verb::post, target, body);
    if (!idempotency_key.empty()) request.set("Idempotency-Key", idempotency_key);
    return over_unix(socket, request);
}

Answer http_put(unsigned short port, const std::string& target, const std::string& body) {
    using Protocol = asio::ip::tcp;
    return call<Protocol::socket>(Protocol::endpoint(asio::ip::address_v4::loopback(), port),
                                  request_of(http::verb::put, target, body));
}

}  // namespace runbookd::end_to_end
