#pragma once
// One local time, once: `schedule: {at: 2026-12-01T02:00}`.
#include <chrono>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "cron/options.hpp"
#include "cron/zone.hpp"

namespace runbookd::cron {

class Once {
public:
    /// Of `options` only gap and repeat matter; unset, as for a fixed-time expression (shift, first).
    explicit Once(std::chrono::local_seconds at, const Options& options = {});

    /// The instant, or the instants with RepeatRule::both, in order; strictly after `after`.
    [[nodiscard]] std::optional<UtcTime> next_after(UtcTime after, const Zone& zone) const;
    /// "2026-12-01T02:00:00"
    [[nodiscard]] std::string text() const;
    /// "once, on 1 December 2026 at 02:00"
    [[nodiscard]] std::string in_words() const;

private:
    std::chrono::local_seconds at_;
    GapRule gap_;
    RepeatRule repeat_;
};

}  // namespace runbookd::cron
