#pragma once
// runbookd's engine and client over the sandbox, on virtual time: what it sends is what the daemon sends, and
// what it is told is what the daemon reads.
#include <cstddef>

#include "engine/completion_log.hpp"
#include "follow/account.hpp"
#include "follow/figures.hpp"

namespace runbookd::bench {

struct DaemonPlan {
    engine::FollowMode follow = engine::FollowMode::results;
    double looks = 0;         ///< at each job on average; 0: as the daemon has it
    std::size_t warm_up = 0;  ///< devices of a run before, from which it learns; it is not measured
};

/// One run of one component over `devices`, under the real limits.
[[nodiscard]] FollowFigures follow_with_daemon(std::size_t devices, Shape shape, const DaemonPlan& plan);

}  // namespace runbookd::bench
