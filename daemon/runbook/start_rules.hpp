#pragma once
// Which of its devices a runbook leaves out for now: those that have succeeded, and those whose turn in a
// ramp has not come. Pure.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace runbookd::runbook {

/// `once: per_device`, or `once: 30d`: a device that has succeeded is out.
struct Once {
    std::optional<Millis> within;  ///< for so long after that; unset: for ever
};

/// `ramp: {from: 2026-12-01, shares: {0d: 1%, 3d: 10%}}`: more and more devices, the same ones day by day.
struct Ramp {
    /// A share of the devices, from a day on.
    struct Step {
        std::chrono::days after{};  ///< whole local days after `from`; 0 or more
        int percent = 0;            ///< 0 to 100
    };
    std::chrono::local_days from{};
    std::vector<Step> steps;  ///< days rise, shares do not fall; at least one

    /// In percent; before the first step 0.
    [[nodiscard]] int share_on(std::chrono::local_days day) const;
    /// The first step whose share is above `place`, and so has the device in; null: none has.
    [[nodiscard]] const Step* step_of(int place) const;
};

/// Where a device stands in a runbook's ramp, 0 to 99: it is in while the share is above that. By a hash of
/// the runbook's name and the device, so that it stays where it is.
[[nodiscard]] int place_in_ramp(const std::string& runbook, const std::string& device);

}  // namespace runbookd::runbook
