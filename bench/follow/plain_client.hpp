#pragma once
// The yardstick: what a script does that knows of limits only when they refuse it. It creates with a pause of
// 100 ms between two and asks after every job every ten seconds; refused, it stands still, for a minute after
// a 429 and for five after a block, and goes on where it was.
#include <cstddef>

#include "follow/account.hpp"
#include "follow/figures.hpp"

namespace runbookd::bench {

[[nodiscard]] FollowFigures follow_with_plain_client(std::size_t devices, Shape shape);

}  // namespace runbookd::bench
