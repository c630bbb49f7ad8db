#pragma once
// Tells notices to webhooks: one request each, whose answer says whether it arrived. A webhook's address is a
// secret: whoever knows it can write there.
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "async/timers.hpp"
#include "base/clock.hpp"
#include "http_client/proxy.hpp"
#include "http_client/resolve.hpp"
#include "notices/formats.hpp"
#include "ports/notices.hpp"

namespace runbookd::webhooks {

struct Target {
    std::string url;  ///< https, or http to loopback; never in a message
    notices::Format format = notices::Format::json;
};

struct SenderSettings {
    http_client::ProxyEnvironment environment;
    http_client::Lookup lookup;  ///< of host names; empty: the system's
    /// Goes over every body before it is sent: takes secrets out. Empty: there are none.
    std::function<std::string(std::string)> redact;
    Millis connect_timeout = std::chrono::seconds{10};  ///< name resolution, TCP and a proxy's tunnel, each
    Millis call_timeout = std::chrono::seconds{30};     ///< of all of an attempt
};

class Sender final : public ports::Webhooks {
public:
    /// `timers` and `clock` outlive the sender, and the sender its requests.
    Sender(async::Timers& timers, const Clock& clock, SenderSettings settings);
    ~Sender() override;

    /// Whom there is to tell from now on, by name. Requests that are under way go on. An address that cannot
    /// be used is told at each attempt.
    void renew(const std::map<std::string, Target>& targets);

    /// Arrived: the answer was 2xx; no redirection is followed. When the calling coroutine is cancelled it
    /// ends soon, and the caller's next await throws as usual.
    boost::asio::awaitable<ports::Told> tell(std::string to, std::string uid, std::string payload) override;

private:
    struct Reached;
    [[nodiscard]] std::shared_ptr<Reached> reach(const Target& target) const;

    async::Timers& timers_;
    const Clock& clock_;
    SenderSettings settings_;
    std::map<std::string, std::shared_ptr<Reached>> targets_;
};

}  // namespace runbookd::webhooks
