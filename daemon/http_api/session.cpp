#include "http_api/session.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "http_api/errors.hpp"

namespace runbookd::http_api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kLongestKey = 255;

Method method_of(http::verb verb) {
    if (verb == http::verb::get) return Method::get;
    if (verb == http::verb::post) return Method::post;
    return Method::other;
}

/// What to tell somebody whose bytes were not a request; nullopt: the connection ended, nobody listens.
std::optional<Response> answer_to_broken(const beast::error_code& error) {
    if (error == http::error::body_limit)
        return error_response(413, "INVALID_REQUEST", "the body is too large; at most 1 MiB");
    if (error == http::error::header_limit)
        return error_response(431, "INVALID_REQUEST", "the headers are too large; at most 16 KiB");
    // What is left of Beast's own errors, apart from an end in the middle, are broken messages.
    if (error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message)
        return invalid_request("this is not an HTTP request");
    return std::nullopt;
}

}  // namespace

Session::Session(Socket socket, std::string actor, std::string server_name, const Router& router,
                 async::Timers& timers, const SessionLimits& limits, OnProblem on_problem, Redact redact)
    : socket_(std::move(socket)),
      actor_(std::move(actor)),
      server_name_(std::move(server_name)),
      router_(router),
      timers_(timers),
      limits_(limits),
      on_problem_(std::move(on_problem)),
      redact_(std::move(redact)) {}

asio::awaitable<void> Session::run() {
    bool goes_on = true;
    // Cancellation then shows as an error of the operation under way, like every other end of a connection.
    co_await asio::this_coro::throw_if_cancelled(false);
    while (goes_on) {
        goes_on = co_await serve_one();
        const auto state = co_await asio::this_coro::cancellation_state;
        if (is_ending_ || state.cancelled() != asio::cancellation_type::none) goes_on = false;
    }
    close();
}

void Session::end() {
    is_ending_ = true;
    if (!is_busy_) close();
}

void Session::close() {
    beast::error_code ignored;
    socket_.close(ignored);
}

asio::awaitable<bool> Session::wait_for_request() {
    beast::error_code error;
    if (buffer_.size() > 0) co_return true;
    const async::Deadline deadline(timers_, limits_.idle, [this] { close(); });
    co_await socket_.async_wait(Socket::wait_read, asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
}

asio::awaitable<bool> Session::serve_one() {
    const bool is_there = co_await wait_for_request();
    if (!is_there) co_return false;
    is_busy_ = true;
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser.body_limit(limits_.body_bytes);
    beast::error_code error;
    {
        const async::Deadline deadline(timers_, limits_.reading, [this] { close(); });
        co_await http::async_read_header(socket_, buffer_, parser,
                                         asio::redirect_error(asio::use_awaitable, error));
        if (!error && beast::iequals(parser.get()[http::field::expect], "100-continue")) {
            http::response<http::empty_body> go_on(http::status::continue_, parser.get().version());
            co_await http::async_write(socket_, go_on, asio::redirect_error(asio::use_awaitable, error));
        }
        if (!error)
            co_await http::async_read(socket_, buffer_, parser,
                                      asio::redirect_error(asio::use_awaitable, error));
    }
    if (error) {
        auto reply = answer_to_broken(error);
        if (!reply) co_return false;
        co_await write(std::move(*reply), 11, false);
        co_return false;
    }
    auto message = parser.release();
    Request request;
    request.method = method_of(message.method());
    request.actor = actor_;
    request.idempotency_key = std::string(message["Idempotency-Key"]);
    request.body = std::move(message.body());
    const auto target = message.target();
    const bool is_readable = read_target(std::string_view(target.data(), target.size()), request);
    const bool keep_alive = message.keep_alive() && !is_ending_;
    Response reply;
    if (!is_readable)
        reply = invalid_request("the request's path or query is malformed, or names a parameter twice");
    else if (request.idempotency_key.size() > kLongestKey)
        reply = invalid_request("the Idempotency-Key is longer than 255 bytes");
    else
        reply = co_await answer(std::move(request));
    const bool written = co_await write(std::move(reply), message.version(), keep_alive);
    is_busy_ = false;
    co_return written&& keep_alive;
}

asio::awaitable<Response> Session::answer(Request request) {
    auto route = router_.find(request);
    if (auto* refusal = std::get_if<Response>(&route)) co_return std::move(*refusal);
    const Handler& handler = *std::get<const Handler*>(route);
    const async::Deadline deadline(timers_, limits_.answering, [this] { close(); });
    std::string thrown;
    try {
        auto answering = handler(std::move(request));
        Response response = co_await std::move(answering);
        co_return response;
    } catch (const std::exception& error) {
        thrown = error.what();
    }
    if (on_problem_) on_problem_("a request could not be answered: " + thrown);
    co_return error_response(500, "INTERNAL", "the daemon failed to answer this; its log says why");
}

asio::awaitable<bool> Session::write(Response response, unsigned version, bool keep_alive) {
    http::response<http::string_body> message(static_cast<http::status>(response.status), version);
    message.set(http::field::server, server_name_);
    message.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) message.insert(name, value);
    message.keep_alive(keep_alive);
    message.body() = redact_ ? redact_(std::move(response.body)) : std::move(response.body);
    message.prepare_payload();
    beast::error_code error;
    const async::Deadline deadline(timers_, limits_.writing, [this] { close(); });
    co_await http::async_write(socket_, message, asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
}

}  // namespace runbookd::http_api
