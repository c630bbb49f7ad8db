#pragma once
// Removes what the settings no longer keep: once a day, and when somebody asks for it.
#include <boost/asio/awaitable.hpp>
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

class Retention final : public ports::Retention {
public:
    /// All outlive this.
    Retention(KeptFor kept, ports::Pruning& store, const Clock& clock, async::Timers& timers,
              const log::Log& log);

    /// A task: some minutes after its beginning, then every 24 h. Ends when it is cancelled; at once where
    /// everything is kept for ever.
    boost::asio::awaitable<void> run();

    boost::asio::awaitable<Result<ports::PruneReport>> prune(Mode mode, std::string actor) override;

private:
    [[nodiscard]] ports::Horizons horizons(UtcTime now) const;
    boost::asio::awaitable<void> prune_by_itself();

    KeptFor kept_;
    ports::Pruning& store_;
    const Clock& clock_;
    async::Timers& timers_;
    const log::Log& log_;
};

}  // namespace runbookd::runtime
