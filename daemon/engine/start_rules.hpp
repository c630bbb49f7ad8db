#pragma once
// Which devices a run leaves out by its runbook's `once` and `ramp`, and why, for a person.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/shared_text.hpp"
#include "base/time.hpp"
#include "engine/successes.hpp"
#include "runbook/model.hpp"

namespace runbookd::engine {

/// As rules of target_exclusions name them.
inline constexpr const char* kAlreadySucceeded = "already_succeeded";
inline constexpr const char* kRamp = "ramp";
/// Whether a device that this rule leaves out is one that the run's selectors took: the guard counts it.
[[nodiscard]] bool is_start_rule(std::string_view rule);

class StartRules {
public:
    /// As they are at `at` in the zone of the lane, or (null) of the runbook. All of it outlives this.
    StartRules(const runbook::Meaning& book, const runbook::Lane* lane, const Successes& successes,
               UtcTime at);

    struct LeftOut {
        const char* rule = "";
        SharedText reason;
    };
    /// nullopt: nothing stands against the device.
    [[nodiscard]] std::optional<LeftOut> judge(const DeviceUid& device) const;

private:
    [[nodiscard]] std::optional<LeftOut> judge_once(const DeviceUid& device) const;
    [[nodiscard]] std::optional<LeftOut> judge_ramp(const DeviceUid& device) const;

    const runbook::Meaning& book_;
    const Successes& successes_;
    UtcTime at_;
    std::chrono::local_days today_{};
};

}  // namespace runbookd::engine
