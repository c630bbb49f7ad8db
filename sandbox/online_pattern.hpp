#pragma once
// When a device is online, as a function of the time since the sandbox started. Pure.
#include <optional>

#include "base/time.hpp"

namespace runbookd::sandbox {

/// Online from `after` on, for `lasting`, again every `every`; the default is always.
struct OnlinePattern {
    bool ever = true;  ///< false: never
    Millis after{0};
    std::optional<Millis> lasting;  ///< unset: for good
    std::optional<Millis> every;    ///< start to start; unset: once. Longer than `lasting`, which is then set

    [[nodiscard]] bool online_at(Millis since_start) const;
    /// The first instant at or after `since_start` at which it is online; none if it never comes (back).
    [[nodiscard]] std::optional<Millis> next_online(Millis since_start) const;
    /// The last instant at or before `since_start` at which it was online; none if it never was.
    [[nodiscard]] std::optional<Millis> last_online(Millis since_start) const;
};

}  // namespace runbookd::sandbox
