#pragma once
// What keeps a run from creating at an instant inside its window: a pause, or a blackout of its runbook.
#include <optional>
#include <string>

#include "engine/books.hpp"
#include "engine/clock_guard.hpp"
#include "engine/pauses.hpp"

namespace runbookd::engine {

struct Hold {
    std::string reason;              ///< paused, blackout: as a target that is skipped for it says
    std::string message;             ///< for a person
    std::optional<UtcTime> recheck;  ///< when it is worth asking again; unset: an event will tell
};

class Holds {
public:
    /// Both outlive this.
    Holds(const ClockGuard& clock, const Pauses& pauses) : clock_(clock), pauses_(pauses) {}

    /// No create at all may go out: nobody knows what time it is.
    [[nodiscard]] bool is_time_unknown() const { return clock_.is_doubted(); }
    [[nodiscard]] std::optional<Hold> at(const Run& run, UtcTime at) const;

private:
    const ClockGuard& clock_;
    const Pauses& pauses_;
};

}  // namespace runbookd::engine
