#pragma once
// Steers runs on their way: whatever is decided of their targets may stop the rest, or let the next wave
// begin.
#include <string>

#include "engine/breaker.hpp"
#include "engine/waves.hpp"

namespace runbookd::engine {

class Rollouts {
public:
    /// Both outlive this; `on_begun` as in Waves.
    Rollouts(Books& books, AlarmClock& clock, Outbox& outbox, Waves::OnBegun on_begun)
        : books_(books), breaker_(books, outbox), waves_(books, clock, std::move(on_begun)) {}

    void restore(const std::vector<GroupTally>& groups) { breaker_.restore(groups); }
    /// A run has started, or was before a restart. It may be over after that.
    void take_up(Run& run, Instant now);
    /// Takes in what was decided since the last call; whether there was anything.
    bool pump(Instant now);
    [[nodiscard]] Result<void> promote(Run& run, const std::string& actor, Instant now) {
        return waves_.promote(run, actor, now);
    }

private:
    Books& books_;
    Breaker breaker_;
    Waves waves_;
};

}  // namespace runbookd::engine
