#pragma once
// The account's token: fetched when first needed, once however many calls wait for it, and again before it
// ends.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "async/timers.hpp"
#include "datto/replies.hpp"
#include "engine/api.hpp"

namespace runbookd::datto {

class TokenKeeper {
public:
    using Fetched = tl::expected<Token, engine::ApiFailure>;
    /// Asks the API for a token, once, until the given time; never throws for what the other side does.
    using Fetch = std::function<boost::asio::awaitable<Fetched>(SteadyTime until)>;

    TokenKeeper(async::Timers& timers, const Clock& clock, Fetch fetch);

    /// The token's text. Those who ask while one is being fetched get the same outcome, also a failure; where
    /// the one who fetches is cancelled, the next takes over. A renewal that fails leaves the old token in
    /// use until its end. Must run in a coroutine that does not throw when cancelled.
    boost::asio::awaitable<tl::expected<std::string, engine::ApiFailure>> get(SteadyTime until);

    /// The API refused `refused`: it is used no more, unless a newer one has taken its place already.
    void drop(const std::string& refused);

    /// The text held, or "": for cutting it out of messages.
    [[nodiscard]] const std::string& held() const { return text_; }

private:
    [[nodiscard]] bool is_fresh() const;
    [[nodiscard]] bool is_usable() const;
    boost::asio::awaitable<void> renew(SteadyTime until);
    void settle();

    async::Timers& timers_;
    const Clock& clock_;
    Fetch fetch_;
    std::string text_;
    SteadyTime renew_at_{};
    SteadyTime ends_at_{};
    std::optional<engine::ApiFailure> failure_;  // of the last fetch that came to an end
    bool fetching_ = false;
    std::uint64_t fetches_ended_ = 0;
    boost::asio::steady_timer settled_;  // never expires; cancelled when a fetch ends
};

}  // namespace runbookd::datto
