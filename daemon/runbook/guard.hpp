#pragma once
// How many devices a run may have. A run outside of it is aborted before anything is created.
#include <cstdint>
#include <optional>

#include "base/boxed.hpp"

namespace runbookd::runbook {

struct Guard {
    /// Against the last completed run of the same zone or customer.
    struct MaxChange {
        int share =
            0;  ///< in percent, 1 to 100: more than that, of the devices then, came or went: too much …
        std::int64_t at_least = 10;  ///< … if it is also at least this many devices
    };
    std::optional<std::int64_t> max;
    std::int64_t min = 1;
    Boxed<MaxChange> max_change;
};

}  // namespace runbookd::runbook
