#pragma once
// Whether a device whose job has ended badly gets another one. Pure data.
#include <chrono>
#include <cmath>
#include <cstdint>

#include "base/time.hpp"

namespace runbookd::runbook {

struct Retry {
    std::int64_t attempts = 1;  ///< with the first one
    Millis delay{std::chrono::minutes{1}};
    double backoff = 2;  ///< each further pause is so many times as long
    bool on_failed = true, on_timeout = true, on_warning = false;

    /// After so many attempts.
    [[nodiscard]] Millis pause_after(std::int64_t tries) const {
        const auto pause =
            static_cast<double>(delay.count()) * std::pow(backoff, static_cast<double>(tries - 1));
        constexpr double kLongest = 31.0 * 24 * 3600 * 1000;  // as a window may be
        return Millis{static_cast<std::int64_t>(pause < kLongest ? pause : kLongest)};
    }
};

}  // namespace runbookd::runbook
