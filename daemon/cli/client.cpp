#include "cli/client.hpp"

#include <sys/un.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <optional>

#include "cli/daemon_errors.hpp"

namespace runbookd::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::local::stream_protocol;

namespace {

/// The largest answer that is read: a list of 100,000 rows is a fraction of it.
constexpr std::uint64_t kLargestAnswer = 1ULL << 30;

std::string encode(const std::string& text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars);
}

struct Exchange {
    bool is_connected = false;
    beast::error_code error;
    std::optional<http::response<http::string_body>> answer;
};

asio::awaitable<void> perform(stream_protocol::socket& socket, const stream_protocol::endpoint& endpoint,
                              http::request<http::string_body>& request, Exchange& exchange) {
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(kLargestAnswer);
    co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, exchange.error));
    if (exchange.error) co_return;
    exchange.is_connected = true;
    // A server that refuses early may have answered and stopped reading: its answer counts, not our broken
    // pipe.
    beast::error_code ignored;
    co_await http::async_write(socket, request, asio::redirect_error(asio::use_awaitable, ignored));
    co_await http::async_read(socket, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, exchange.error));
    if (!exchange.error) exchange.answer = parser.release();
}

}  // namespace

Target& Target::segment(const std::string& segment) {
    text_ += "/" + encode(segment);
    return *this;
}

Target& Target::parameter(const std::string& name, const std::string& value) {
    if (value.empty()) return *this;
    text_ += has_parameters_ ? "&" : "?";
    text_ += encode(name) + "=" + encode(value);
    has_parameters_ = true;
    return *this;
}

Result<std::string> Client::get(const Target& target) const { return exchange("GET", target.str(), ""); }

Result<std::string> Client::post(const Target& target, const std::string& body) const {
    return exchange("POST", target.str(), body);
}

Result<std::string> Client::exchange(std::string method, std::string target, std::string body) const {
    http::request<http::string_body> request(http::string_to_verb(method), target, 11);
    request.set(http::field::host, "runbookd");
    request.set(http::field::connection, "close");
    if (!body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = std::move(body);
    request.prepare_payload();
    if (socket_.size() >= sizeof(sockaddr_un::sun_path))
        return fail(ErrorCode::invalid_input, "the socket's path is too long: " + socket_);

    const stream_protocol::endpoint endpoint(socket_);
    Exchange exchange;
    asio::io_context loop;
    stream_protocol::socket socket(loop);
    bool has_ended = false;
    std::exception_ptr thrown;
    asio::co_spawn(loop, perform(socket, endpoint, request, exchange), [&](std::exception_ptr error) {
        has_ended = true;
        thrown = std::move(error);
    });
    loop.run_for(limit_);
    if (thrown) std::rethrow_exception(thrown);
    if (!has_ended)
        return fail(ErrorCode::unavailable,
                    "the daemon at " + socket_ + " did not answer within " + format_duration(limit_) +
                        "; what was asked for may still happen: see `runbookctl runs`");
    if (!exchange.is_connected) return tl::unexpected(connect_error(socket_, exchange.error.value()));
    if (!exchange.answer)
        return fail(ErrorCode::unavailable,
                    "the daemon at " + socket_ + " broke off without an answer (" + exchange.error.message() +
                        "); what was asked for may still happen: see `runbookctl runs`");
    if (exchange.answer->result_int() >= 300)
        return tl::unexpected(told_error(exchange.answer->result_int(), exchange.answer->body()));
    return std::move(exchange.answer->body());
}

}  // namespace runbookd::cli
