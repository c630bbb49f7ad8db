#pragma once
// How a run goes over its targets: in which waves, when the next one begins, when the rest is left alone, and
// how many jobs are in flight at once. Pure data.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "runbook/amount.hpp"
#include "runbook/selector.hpp"

namespace runbookd::runbook {

/// A count is that many more devices; a share is of all targets, cumulative, rounded up; a selector takes its
/// matches that are in no wave yet.
using Wave = std::variant<Amount, Selector>;

/// Over what failures are counted, and what is left alone beyond the limit.
enum class AbortScope : std::uint8_t { run, site, group };

/// When what remains is halted: one of the limits is reached. At least one is set.
struct AbortWhen {
    std::optional<std::int64_t> failed{};        ///< so many targets; 1 or more
    std::optional<std::int64_t> failed_share{};  ///< so many percent of the decided targets; 1 to 100
    std::int64_t min_finished = 20;              ///< the share is not judged before so many are decided
    AbortScope scope = AbortScope::run;
};

/// How many jobs of a run may be in flight on devices that have this property in common. Devices without it
/// are not limited by it.
struct InFlightLimit {
    enum class By : std::uint8_t { site, customer, udf };
    By by = By::site;
    int udf = 0;  ///< its number, of `udf`
    std::int64_t most = 0;
};

struct Rollout {
    std::vector<Wave> waves;  ///< empty: all in one
    Millis soak{0};           ///< after each wave but the last
    bool is_promoted_by_hand = false;
    std::optional<AbortWhen> abort_when;
    std::vector<InFlightLimit> max_in_flight_per;
};

}  // namespace runbookd::runbook
