#pragma once
// `verify` once a day: what it finds is in the log, and with whoever listens.
#include <boost/asio/awaitable.hpp>
#include <functional>

#include "async/timers.hpp"
#include "base/clock.hpp"
#include "log/log.hpp"
#include "ports/control.hpp"
#include "ports/verification.hpp"

namespace runbookd::runtime {

class DailyVerify {
public:
    using OnResult = std::function<void(const ports::VerifyStatus& result)>;

    /// All outlive this.
    DailyVerify(ports::Verification& verification, const Clock& clock, async::Timers& timers,
                const log::Log& log, OnResult on_result);

    /// A task: a few minutes after its beginning, then every 24 h, over the last 35 days. Ends when it is
    /// cancelled.
    boost::asio::awaitable<void> run();

private:
    boost::asio::awaitable<void> look();

    ports::Verification& verification_;
    const Clock& clock_;
    async::Timers& timers_;
    const log::Log& log_;
    OnResult on_result_;
};

}  // namespace runbookd::runtime
