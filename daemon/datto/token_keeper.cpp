#include "datto/token_keeper.hpp"

#include <algorithm>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace runbookd::datto {

namespace asio = boost::asio;

namespace {

constexpr Millis kRenewAhead = std::chrono::minutes{10};
/// The share of a short life that is kept as margin.
constexpr int kMarginOfLife = 10;

tl::unexpected<engine::ApiFailure> not_sent(const char* why) {
    engine::ApiFailure failure;
    failure.kind = engine::FailureKind::not_sent;
    failure.message = why;
    return tl::unexpected<engine::ApiFailure>(std::move(failure));
}

}  // namespace

TokenKeeper::TokenKeeper(async::Timers& timers, const Clock& clock, Fetch fetch)
    : timers_(timers),
      clock_(clock),
      fetch_(std::move(fetch)),
      settled_(timers.executor(), asio::steady_timer::time_point::max()) {}

bool TokenKeeper::is_fresh() const { return !text_.empty() && clock_.now().steady < renew_at_; }
bool TokenKeeper::is_usable() const { return !text_.empty() && clock_.now().steady < ends_at_; }

void TokenKeeper::drop(const std::string& refused) {
    if (text_ == refused) text_.clear();
}

void TokenKeeper::settle() {
    fetching_ = false;
    settled_.cancel();
}

asio::awaitable<void> TokenKeeper::renew(SteadyTime until) {
    fetching_ = true;
    try {
        const auto fetched = co_await fetch_(until);
        const auto stopping = co_await asio::this_coro::cancellation_state;
        const bool stopped = stopping.cancelled() != asio::cancellation_type::none;
        if (fetched) {
            const auto now = clock_.now().steady;
            text_ = fetched->text;
            ends_at_ = now + fetched->life;
            renew_at_ = ends_at_ - std::min(kRenewAhead, Millis{fetched->life / kMarginOfLife});
            failure_.reset();
            ++fetches_ended_;
        } else if (!stopped) {
            failure_ = fetched.error();
            ++fetches_ended_;
        }
    } catch (...) {
        settle();
        throw;
    }
    settle();
}

asio::awaitable<tl::expected<std::string, engine::ApiFailure>> TokenKeeper::get(SteadyTime until) {
    const auto ended_before = fetches_ended_;
    while (!is_fresh() && fetches_ended_ == ended_before) {
        const auto stopping = co_await asio::this_coro::cancellation_state;
        if (stopping.cancelled() != asio::cancellation_type::none)
            co_return not_sent("stopped while a token was fetched");
        const auto left = until - clock_.now().steady;
        if (left <= Millis{0}) co_return not_sent("no token came within the time for the call");
        if (!fetching_) {
            co_await renew(until);
            continue;
        }
        const async::Deadline deadline(timers_, left, [this] { settled_.cancel(); });
        boost::system::error_code woken;
        co_await settled_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    if (is_usable()) co_return text_;
    if (failure_) co_return tl::unexpected<engine::ApiFailure>(*failure_);
    co_return not_sent("the token that was fetched has ended already");
}

}  // namespace runbookd::datto
