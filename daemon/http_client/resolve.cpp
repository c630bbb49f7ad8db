#include "http_client/resolve.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

namespace runbookd::http_client {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Beyond what any resolver takes with its default time-outs and retries.
constexpr Millis kSeemsLost = std::chrono::minutes{2};

tl::unexpected<std::string> failed(const std::string& host, const std::string& why) {
    return tl::unexpected<std::string>("the name " + host + " could not be resolved: " + why);
}

}  // namespace

Lookup system_lookup(const asio::any_io_executor& loop) {
    // Kept by the question as well, which may be answered when nobody waits any more.
    auto resolver = std::make_shared<tcp::resolver>(loop);
    return [resolver](const std::string& host, std::uint16_t port, auto answered) {
        resolver->async_resolve(
            host, std::to_string(port),
            [resolver, answered = std::move(answered)](const boost::system::error_code& error,
                                                       const tcp::resolver::results_type& found) {
                Endpoints endpoints;
                for (const auto& entry : found) endpoints.push_back(entry.endpoint());
                answered(error, std::move(endpoints));
            });
    };
}

/// Outlives whichever end leaves first, those who wait or the one who answers.
struct Resolver::Question {
    Question(const asio::any_io_executor& loop, SteadyTime when)
        : answered(loop, asio::steady_timer::time_point::max()), asked_at(when) {}
    asio::steady_timer answered;  // never expires; cancelled by the answer and by every deadline
    SteadyTime asked_at;
    std::optional<boost::system::error_code> error;
    Endpoints endpoints;
};

Resolver::Resolver(async::Timers& timers, const Clock& clock, Lookup lookup)
    : timers_(timers), clock_(clock), lookup_(std::move(lookup)) {}
Resolver::~Resolver() = default;

std::shared_ptr<Resolver::Question> Resolver::question_for(const std::string& host, std::uint16_t port) {
    auto& asked = asked_[{host, port}];
    const auto now = clock_.now().steady;
    if (asked && !asked->error && now - asked->asked_at < kSeemsLost) return asked;
    asked = std::make_shared<Question>(timers_.executor(), now);
    lookup_(host, port, [question = asked](const boost::system::error_code& error, Endpoints found) {
        question->error = error;
        question->endpoints = std::move(found);
        question->answered.cancel();
    });
    return asked;
}

asio::awaitable<tl::expected<Endpoints, std::string>> Resolver::resolve(std::string host, std::uint16_t port,
                                                                        Millis within) {
    boost::system::error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return Endpoints(1, tcp::endpoint(address, port));

    const auto question = question_for(host, port);
    const async::Deadline deadline(timers_, within, [&question] { question->answered.cancel(); });
    while (!question->error) {
        const auto stopping = co_await asio::this_coro::cancellation_state;
        if (stopping.cancelled() != asio::cancellation_type::none)
            co_return failed(host, "stopped while waiting");
        if (deadline.expired()) co_return failed(host, "no answer in time");
        boost::system::error_code woken;
        co_await question->answered.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    if (*question->error) co_return failed(host, question->error->message());
    if (question->endpoints.empty()) co_return failed(host, "it has no address");
    co_return question->endpoints;
}

}  // namespace runbookd::http_client
