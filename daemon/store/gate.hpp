#pragma once
// What a coroutine on the loop waits at until another thread's work is done. Loop thread only.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace runbookd::store {

class Gate {
public:
    explicit Gate(const boost::asio::any_io_executor& loop)
        : opened_(loop, boost::asio::steady_timer::time_point::max()) {}

    void open() {
        is_open_ = true;
        opened_.cancel();
    }
    /// Ends by exception when the coroutine is cancelled; what the other thread does goes on.
    boost::asio::awaitable<void> wait() {
        while (!is_open_) {
            boost::system::error_code woken;
            co_await opened_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
        }
    }

private:
    boost::asio::steady_timer opened_;  // never expires; cancelled by open()
    bool is_open_ = false;
};

}  // namespace runbookd::store
