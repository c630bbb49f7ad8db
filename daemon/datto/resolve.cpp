#include "datto/resolve.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>

namespace runbookd::datto {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Outlives whichever end leaves first, the coroutine or the system's resolver.
struct Question {
    explicit Question(const asio::any_io_executor& loop)
        : resolver(loop), answered(loop, asio::steady_timer::time_point::max()) {}
    tcp::resolver resolver;
    asio::steady_timer answered;  // never expires; cancelled by the answer and by the deadline
    std::optional<boost::system::error_code> error;
    Endpoints endpoints;
};

}  // namespace

asio::awaitable<tl::expected<Endpoints, std::string>> resolve(async::Timers& timers, std::string host,
                                                              std::uint16_t port, Millis within) {
    boost::system::error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return Endpoints(1, tcp::endpoint(address, port));

    const auto question = std::make_shared<Question>(timers.executor());
    question->resolver.async_resolve(
        host, std::to_string(port),
        [question](const boost::system::error_code& error, const tcp::resolver::results_type& found) {
            question->error = error;
            for (const auto& entry : found) question->endpoints.push_back(entry.endpoint());
            question->answered.cancel();
        });
    const async::Deadline deadline(timers, within, [&question] { question->answered.cancel(); });
    boost::system::error_code woken;
    co_await question->answered.async_wait(asio::redirect_error(asio::use_awaitable, woken));

    const auto failed = [&host](const std::string& why) {
        return tl::unexpected<std::string>("the name " + host + " could not be resolved: " + why);
    };
    if (!question->error)
        co_return failed(deadline.expired() ? "no answer in time" : "stopped while waiting");
    if (*question->error) co_return failed(question->error->message());
    if (question->endpoints.empty()) co_return failed("it has no address");
    co_return question->endpoints;
}

}  // namespace runbookd::datto
