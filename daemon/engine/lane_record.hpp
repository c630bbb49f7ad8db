#pragma once
// What is recorded of one lane, as a runbook's only lane would be. Private to the planner.
#include "engine/recovered.hpp"

namespace runbookd::engine {

[[nodiscard]] inline RecoveredRunbook as_recovered(const RecoveredRunbook::Lane& lane) {
    RecoveredRunbook one;
    one.judged_until = lane.judged_until;
    one.ahead = lane.ahead;
    one.missed = lane.missed;
    one.ahead_from = lane.ahead_from;
    return one;
}

/// As runbook::Lane::key().
[[nodiscard]] inline const std::string& key_of(const RecoveredRunbook::Lane& lane) {
    return lane.customer.empty() ? lane.zone : lane.customer;
}

}  // namespace runbookd::engine
