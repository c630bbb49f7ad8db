#include "engine/rollouts.hpp"

namespace runbookd::engine {

void Rollouts::take_up(Run& run, Instant now) {
    breaker_.judge(run, now);
    if (is_terminal(run.status)) return;
    waves_.take_up(run, now);
    books_.touch(run);
}

bool Rollouts::pump(Instant now) {
    const auto touched = books_.take_touched();
    for (auto* const run : touched) {
        breaker_.judge(*run, now);
        if (!is_terminal(run->status)) waves_.review(*run, now);
    }
    return !touched.empty();
}

}  // namespace runbookd::engine
