#pragma once
// The yardstick for next instants: a walk over every minute (or second) of a stretch of time, looking at what
// the zone's clocks showed. Shares no code with the room but Zone::at.
#include <cstdint>
#include <vector>

#include "cron/random_expression.hpp"
#include "cron/zone.hpp"

namespace cron_tests {

/// Seconds since 1970, [first, first + length), walked in steps of `step` (60, or 1).
struct Walked {
    std::int64_t first;
    std::int64_t length;
    int step;
};

class Walk {
public:
    Walk(const runbookd::cron::Zone& zone, Walked stretch);
    /// The instants at which `expression` fires, ascending. Right only where what the clocks showed more than
    /// a day before and after was walked too.
    [[nodiscard]] std::vector<std::int64_t> instants(const RandomExpression& expression) const;

private:
    [[nodiscard]] std::vector<bool> matching(const RandomExpression& expression) const;

    Walked stretch_;
    std::vector<std::int64_t> shown_;  // local time of each step, in steps since 1970
    std::int64_t least_ = 0;           // of shown_
    // By local time, from least_ on: the first and last step that showed it, -1 where none did; and the step
    // at which the clocks first went past it without showing it.
    std::vector<std::int32_t> first_, last_, passed_;
};

}  // namespace cron_tests
