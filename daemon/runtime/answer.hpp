#pragma once
// Awaits one callback: the bridge from the engine's answers to a coroutine that asked.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace runbookd::runtime {

/// Shared by the coroutine that waits and the callback that answers, for either may go first: the one that
/// asked may hang up, and the answer then goes nowhere.
template <class T>
class Answer {
public:
    explicit Answer(const boost::asio::any_io_executor& loop) : state_(std::make_shared<State>(loop)) {}

    [[nodiscard]] std::function<void(T)> callback() const {
        return [state = state_](T value) {
            state->value.emplace(std::move(value));
            state->arrived.cancel();
        };
    }
    /// To be awaited once. nullopt: cancelled before the answer came.
    boost::asio::awaitable<std::optional<T>> wait() const {
        const auto state = state_;
        boost::system::error_code woken;
        if (!state->value)
            co_await state->arrived.async_wait(
                boost::asio::redirect_error(boost::asio::use_awaitable, woken));
        co_return std::move(state->value);
    }

private:
    struct State {
        explicit State(const boost::asio::any_io_executor& loop)
            : arrived(loop, boost::asio::steady_timer::time_point::max()) {}
        std::optional<T> value;
        boost::asio::steady_timer arrived;  // never expires; cancelled when the answer is there
    };
    std::shared_ptr<State> state_;
};

}  // namespace runbookd::runtime
