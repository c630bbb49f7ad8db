#pragma once
// A host's addresses, within a time: the system's resolver cannot be interrupted while it is at work, so the
// question is left to itself when time is up, and whoever asks for the same host meanwhile waits for the same
// answer. A resolver that hangs is not asked over and over, and one that works again is noticed at once.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "async/timers.hpp"
#include "base/clock.hpp"

namespace runbookd::http_client {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

/// Asks for a name's addresses, and calls back on the loop, once, whenever it is; perhaps never.
using Lookup = std::function<void(
    const std::string& host, std::uint16_t port,
    std::function<void(const boost::system::error_code& error, Endpoints found)> answered)>;
/// The system's resolver, on a thread of its own.
[[nodiscard]] Lookup system_lookup(const boost::asio::any_io_executor& loop);

class Resolver {
public:
    Resolver(async::Timers& timers, const Clock& clock, Lookup lookup);
    ~Resolver();

    /// The error says why, for a person. An address as `host` is taken as it is.
    boost::asio::awaitable<tl::expected<Endpoints, std::string>> resolve(std::string host, std::uint16_t port,
                                                                         Millis within);

private:
    struct Question;
    /// The question that is under way, unless it has been for so long that it seems lost; else a new one.
    [[nodiscard]] std::shared_ptr<Question> question_for(const std::string& host, std::uint16_t port);

    async::Timers& timers_;
    const Clock& clock_;
    Lookup lookup_;
    std::map<std::pair<std::string, std::uint16_t>, std::shared_ptr<Question>> asked_;
};

}  // namespace runbookd::http_client
