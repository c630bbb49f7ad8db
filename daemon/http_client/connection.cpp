#include "http_client/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <tuple>

#include "base/glob.hpp"
#include "http_client/gunzip.hpp"

namespace runbookd::http_client {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::uint32_t kLongestHead = 64 * 1024;
/// Interim answers (100, 103) that may come before the real one.
constexpr int kMostInterim = 8;

http::request<http::string_body> to_message(Request request, const std::string& authorization,
                                            const std::string& host) {
    http::request<http::string_body> message;
    message.version(11);
    message.method(request.method == Method::get   ? http::verb::get
                   : request.method == Method::put ? http::verb::put
                                                   : http::verb::post);
    message.target(request.target);
    message.set(http::field::host, host);
    message.set(http::field::user_agent, "runbookd");
    message.set(http::field::accept, "application/json");
    message.set(http::field::accept_encoding, "gzip");
    if (!request.idempotency_key.empty()) message.set("Idempotency-Key", request.idempotency_key);
    if (!authorization.empty()) message.set(http::field::authorization, authorization);
    if (!request.content_type.empty()) {
        message.set(http::field::content_type, request.content_type);
        message.body() = std::move(request.body);
    }
    message.prepare_payload();
    return message;
}

std::string field_text(const http::response<http::string_body>& message, http::field name) {
    const auto value = message[name];
    return std::string(value.data(), value.size());
}

struct Sent {
    error_code error;
    std::size_t bytes = 0;
};
struct Answer {
    error_code error;
    int status = 0;  // once the head was read
    http::response<http::string_body> message;
};

template <class Stream>
asio::awaitable<Sent> send(Stream& stream, const http::request<http::string_body>& message) {
    Sent sent;
    std::tie(sent.error, sent.bytes) =
        co_await http::async_write(stream, message, asio::as_tuple(asio::use_awaitable));
    co_return sent;
}

/// Waits for the answer to begin.
template <class Stream>
asio::awaitable<error_code> receive_first(Stream& stream, boost::beast::flat_buffer& buffer) {
    constexpr std::size_t kPart = 16 * 1024;
    const auto room = buffer.prepare(kPart);
    auto [error, bytes] = co_await stream.async_read_some(room, asio::as_tuple(asio::use_awaitable));
    buffer.commit(bytes);
    co_return error;
}

template <class Stream>
asio::awaitable<Answer> receive(Stream& stream, boost::beast::flat_buffer& buffer, std::size_t max_bytes) {
    Answer answer;
    for (int interim = 0; interim <= kMostInterim; ++interim) {
        http::response_parser<http::string_body> parser;
        parser.header_limit(kLongestHead);
        parser.body_limit(max_bytes);
        auto [error, bytes] =
            co_await http::async_read(stream, buffer, parser, asio::as_tuple(asio::use_awaitable));
        answer.error = error;
        if (parser.is_header_done()) answer.status = static_cast<int>(parser.get().result_int());
        if (error) break;
        answer.message = parser.release();
        if (answer.status >= 200) break;
    }
    co_return answer;
}

tl::unexpected<TransportFailure> unusable(int status, std::string message) {
    TransportFailure failure;
    failure.delivery = Delivery::unusable;
    failure.status = status;
    failure.message = std::move(message);
    return tl::unexpected<TransportFailure>(std::move(failure));
}

std::string larger_than(std::size_t bytes) {
    return "the answer is larger than " + std::to_string(bytes) + " bytes";
}

/// The answer with its body as it was before it was packed. What is refused says so by its status, whether
/// its body can be read or not.
Exchange unpacked(Answer answer, std::size_t max_bytes) {
    Response response;
    response.status = answer.status;
    response.content_type = field_text(answer.message, http::field::content_type);
    response.retry_after = field_text(answer.message, http::field::retry_after);
    response.body = std::move(answer.message.body());
    const auto packing = field_text(answer.message, http::field::content_encoding);
    if (response.body.empty() || packing.empty() || equals_ignoring_case(packing, "identity"))
        return response;
    const bool is_gzip = equals_ignoring_case(packing, "gzip") || equals_ignoring_case(packing, "x-gzip");
    auto text = is_gzip ? gunzip(response.body, max_bytes)
                        : tl::expected<std::string, GunzipTrouble>(tl::unexpect, GunzipTrouble::damaged);
    const bool is_refusal = response.status < 200 || response.status >= 300;
    if (text || is_refusal) {
        response.body = std::move(text).value_or(std::string());
        return response;
    }
    if (text.error() == GunzipTrouble::too_large) return unusable(response.status, larger_than(max_bytes));
    return unusable(response.status, is_gzip ? "the answer is not the gzip that it says it is"
                                             : "the answer is packed in a way that was not asked for");
}

std::string reason(const error_code& error) {
    if (error == http::error::end_of_stream || error == asio::error::eof ||
        error == asio::ssl::error::stream_truncated)
        return "the other side closed the connection";
    if (error == http::error::partial_message) return "the connection ended inside the answer";
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor)
        return "stopped while waiting";
    return error.message();
}

}  // namespace

Connection::Connection(async::Timers& timers, BaseUrl base, asio::ssl::context* tls)
    : timers_(timers), base_(std::move(base)), socket_(timers.executor()) {
    if (tls != nullptr) tls_.emplace(socket_, *tls);
}

void Connection::close() {
    error_code ignored;
    socket_.close(ignored);
}

asio::awaitable<std::string> Connection::connect(Endpoints endpoints, std::string whom, Millis within) {
    const async::Deadline deadline(timers_, within, [this] { close(); });
    error_code error;
    co_await asio::async_connect(socket_, endpoints, asio::redirect_error(asio::use_awaitable, error));
    const auto failed = "no connection to " + whom + ": ";
    if (deadline.expired()) co_return failed + "not established within " + format_duration(within);
    if (error) co_return failed + reason(error);
    socket_.set_option(tcp::no_delay(true), error);
    socket_.set_option(asio::socket_base::keep_alive(true), error);
    co_return "";
}

asio::awaitable<std::string> Connection::tunnel(Proxy proxy, Millis within) {
    const auto shown = base_.host.find(':') == std::string::npos ? base_.host : "[" + base_.host + "]";
    const auto host = shown + ":" + std::to_string(base_.port);
    auto request = "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: runbookd\r\n";
    if (!proxy.authorization.empty()) request += "Proxy-Authorization: " + proxy.authorization + "\r\n";
    request += "\r\n";
    const auto failed = "the proxy " + proxy.origin() + " gives no way to " + host + ": ";
    const async::Deadline deadline(timers_, within, [this] { close(); });
    const auto late = "no answer within " + format_duration(within);
    const auto bytes_out = asio::buffer(request);
    auto [write_error, written] =
        co_await asio::async_write(socket_, bytes_out, asio::as_tuple(asio::use_awaitable));
    if (write_error) co_return failed + (deadline.expired() ? late : reason(write_error));
    http::response_parser<http::empty_body> parser;
    parser.header_limit(kLongestHead);
    parser.skip(true);  // what follows a success is the tunnel
    auto [error, bytes] =
        co_await http::async_read_header(socket_, unread_, parser, asio::as_tuple(asio::use_awaitable));
    if (error) co_return failed + (deadline.expired() ? late : reason(error));
    const auto status = parser.get().result_int();
    if (status >= 200 && status < 300 && unread_.size() == 0) co_return "";
    close();
    if (status == 407) co_return failed + "it wants a user name and password, or others (407)";
    co_return failed + "it answered " + std::to_string(status);
}

asio::awaitable<std::string> Connection::shake_hands(Millis within) {
    if (!tls_) co_return "";
    error_code not_an_address;
    asio::ip::make_address(base_.host, not_an_address);
    const bool is_name = static_cast<bool>(not_an_address);
    // Server name indication is for names only (RFC 6066). The call behind OpenSSL's macro, which casts in
    // C's way.
    const auto named = !is_name || SSL_ctrl(tls_->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME,
                                            TLSEXT_NAMETYPE_host_name, base_.host.data()) == 1;
    if (!named) co_return "TLS could not be set up for " + base_.host;
    error_code error;
    tls_->set_verify_callback(asio::ssl::host_name_verification(base_.host), error);
    const async::Deadline deadline(timers_, within, [this] { close(); });
    if (!error)
        co_await tls_->async_handshake(asio::ssl::stream_base::client,
                                       asio::redirect_error(asio::use_awaitable, error));
    const auto failed = "no TLS with " + base_.origin() + ": ";
    if (deadline.expired()) co_return failed + "no agreement within " + format_duration(within);
    if (!error) co_return "";
    const auto verdict = SSL_get_verify_result(tls_->native_handle());
    if (verdict == X509_V_OK) co_return failed + reason(error);
    co_return failed + "its certificate is refused: " + X509_verify_cert_error_string(verdict);
}

asio::awaitable<Exchange> Connection::exchange(Request request, std::string authorization,
                                               ExchangeLimits limits) {
    reusable_ = false;
    const auto message = to_message(std::move(request), authorization, base_.authority());
    const async::Deadline deadline(timers_, limits.whole, [this] { close(); });
    const auto failed = [&](Delivery delivery, int status, const error_code& error) {
        TransportFailure failure;
        failure.delivery = delivery;
        failure.status = status;
        failure.timed_out = deadline.expired();
        failure.message =
            failure.timed_out ? "no whole answer within " + format_duration(limits.whole) : reason(error);
        return tl::unexpected<TransportFailure>(std::move(failure));
    };

    Sent sent;
    if (tls_)
        sent = co_await send(*tls_, message);
    else
        sent = co_await send(socket_, message);
    // TLS may have handed on a record of which it then counts nothing; plain TCP's count is the kernel's.
    if (sent.error)
        co_return failed(!tls_ && sent.bytes == 0 ? Delivery::not_sent : Delivery::uncertain, 0, sent.error);

    {
        const async::Deadline first_byte(timers_, limits.first_byte, [this] { close(); });
        error_code error;
        if (tls_)
            error = co_await receive_first(*tls_, unread_);
        else
            error = co_await receive_first(socket_, unread_);
        if (first_byte.expired() && !deadline.expired()) {
            TransportFailure silence;
            silence.timed_out = true;
            silence.message = "no answer began within " + format_duration(limits.first_byte);
            co_return tl::unexpected<TransportFailure>(std::move(silence));
        }
        if (error) co_return failed(Delivery::uncertain, 0, error);
    }
    Answer answer;
    if (tls_)
        answer = co_await receive(*tls_, unread_, limits.response_bytes);
    else
        answer = co_await receive(socket_, unread_, limits.response_bytes);
    if (answer.error == http::error::body_limit)
        co_return unusable(answer.status, larger_than(limits.response_bytes));
    if (answer.error) co_return failed(Delivery::uncertain, answer.status, answer.error);

    reusable_ = answer.message.keep_alive() && unread_.size() == 0;
    co_return unpacked(std::move(answer), limits.response_bytes);
}

bool Connection::is_quiet() {
    error_code error;
    socket_.non_blocking(true, error);
    if (error) return false;
    char byte = 0;
    socket_.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
    return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace runbookd::http_client
