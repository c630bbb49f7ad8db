#pragma once
// Policy jobs: what starts a runbook on a device besides its schedule. Pure data, checked when it was read.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"

namespace runbookd::runbook {

/// An alert was raised on the device. Each acts once, at most one in a cooldown on one device.
struct AlertTrigger {
    std::vector<std::string> priorities;      ///< any of them, as Datto spells them; none: every priority
    std::vector<std::string> classes;         ///< any of them, ignoring case; none: every class
    Millis cooldown{std::chrono::hours{24}};  ///< 0: every alert acts
    bool resolve = false;                     ///< close the alert once the job has succeeded
    friend bool operator==(const AlertTrigger&, const AlertTrigger&) = default;
};
/// Another runbook's target on the device came to this: the last `consecutive` of them all did.
struct OutcomeTrigger {
    std::string runbook;
    std::vector<std::string> dispositions;  ///< as the record spells them; not empty
    std::int64_t consecutive = 1;
    friend bool operator==(const OutcomeTrigger&, const OutcomeTrigger&) = default;
};
/// The device came back after it had been offline for so long.
struct OnlineTrigger {
    Millis offline_for{std::chrono::hours{24}};
    friend bool operator==(const OnlineTrigger&, const OnlineTrigger&) = default;
};
/// A device that was never seen before has been in the list for so long.
struct DiscoveredTrigger {
    Millis settle{std::chrono::minutes{30}};
    friend bool operator==(const DiscoveredTrigger&, const DiscoveredTrigger&) = default;
};
using Trigger = std::variant<AlertTrigger, OutcomeTrigger, OnlineTrigger, DiscoveredTrigger>;

/// The most starts of one runbook that triggers may cause in an hour, where it says nothing.
inline constexpr std::int64_t kMostStartsPerHour = 50;

struct Triggers {
    std::vector<Trigger> list;                       ///< any of them starts the runbook
    std::int64_t max_per_hour = kMostStartsPerHour;  ///< devices
    friend bool operator==(const Triggers&, const Triggers&) = default;
};

/// Whether such an alert is one of the trigger's.
[[nodiscard]] bool matches(const AlertTrigger& trigger, std::string_view priority,
                           std::string_view alert_class);
/// Whether a target that came to this is one of the trigger's; whose target it is has been looked at.
[[nodiscard]] bool matches(const OutcomeTrigger& trigger, std::string_view disposition);

}  // namespace runbookd::runbook
