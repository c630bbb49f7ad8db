#pragma once
// Whether a person must say yes before anything of a run is created. Pure data.
#include <optional>

#include "base/time.hpp"

namespace runbookd::runbook {

/// Of a runbook that wants approval.
struct Approval {
    /// Asked for so long before the nominal instant of a scheduled run; unset: once its targets are frozen.
    std::optional<Millis> ahead;
    bool not_starter = false;  ///< whoever started the run may not approve it
};

}  // namespace runbookd::runbook
