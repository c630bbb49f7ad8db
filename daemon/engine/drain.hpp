#pragma once
// The account's budget played forward: when the creates of coming runs would go out, and which of them would
// not in time. Pure; nothing is decided by it.
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace runbookd::engine {

/// The creates of one run.
struct Demand {
    UtcTime starts{};  ///< none goes out before
    UtcTime ends{};    ///< nor at this instant or later
    int rank = 0;      ///< who goes first, as Turns has it
    std::string runbook;
    std::int64_t creates = 0;
    /// Until when something keeps it from creating at an instant; unset, or nullopt: nothing does.
    std::function<std::optional<UtcTime>(UtcTime)> held_until;
};

/// What became of a demand.
struct Drained {
    std::optional<UtcTime> first, last;  ///< creates; none: not one went out
    std::int64_t created = 0;
    std::int64_t left = 0;  ///< did not go out in time
};

struct CreatePace {
    std::optional<std::int64_t> allowed;  ///< creates in any 60 s; none: no limit
    /// Creates that are in the window at the begin, and when they leave it; in that order.
    struct Used {
        UtcTime leaves{};
        std::int64_t count = 0;
    };
    std::vector<Used> used;
    Millis took{};  ///< from a create's being sent to its answer: it counts until 60 s after that
    std::chrono::microseconds spacing{};  ///< between two creates, while the budget has room
};

/// Plays the demands from `begin` on, in the order that the dispatcher keeps; the result has theirs.
[[nodiscard]] std::vector<Drained> drain(std::span<const Demand> demands, const CreatePace& pace,
                                         UtcTime begin);

}  // namespace runbookd::engine
