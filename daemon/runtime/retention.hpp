#pragma once
// Removes what the settings no longer keep: once a day, and when somebody asks for it.
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>

#include "async/timers.hpp"
#include "base/clock.hpp"
#include "log/log.hpp"
#include "ports/pruning.hpp"

namespace runbookd::runtime {

/// How long what is kept; unset: for ever.
struct KeptFor {
    std::optional<Millis> outputs, history, events;
};

/// What the time is judged by besides the clock: what is removed does not come back.
struct TimeWitness {
    /// The newest time in the record at the start; none: there was none.
    std::optional<UtcTime> newest;
    /// Whether the wall clock is not to be believed now, or the store waits for a person to accept it.
    std::function<bool()> is_doubted;
};

class Retention final : public ports::Retention {
public:
    /// All outlive this.
    Retention(KeptFor kept, ports::Pruning& store, const Clock& clock, async::Timers& timers,
              const log::Log& log, TimeWitness witness);

    /// A task: some minutes after its beginning, then every 24 h. Ends when it is cancelled; at once where
    /// everything is kept for ever.
    boost::asio::awaitable<void> run();

    /// Errors also: conflict (the time is in doubt; a dry run is answered all the same).
    boost::asio::awaitable<Result<ports::PruneReport>> prune(Mode mode, std::string actor) override;

private:
    /// The earlier of what the clock says and what the record had come to at the start, with the time since:
    /// a clock that was set years ahead makes nothing old.
    [[nodiscard]] UtcTime certain_time(Instant now) const;
    [[nodiscard]] ports::Horizons horizons(UtcTime now) const;
    boost::asio::awaitable<void> prune_by_itself();

    KeptFor kept_;
    ports::Pruning& store_;
    const Clock& clock_;
    async::Timers& timers_;
    const log::Log& log_;
    TimeWitness witness_;
    SteadyTime started_at_;
};

}  // namespace runbookd::runtime
