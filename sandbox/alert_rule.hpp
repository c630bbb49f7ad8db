#pragma once
// What raises alerts in the sandbox's account, as the fleet file says.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace runbookd::sandbox {

struct AlertRule {
    std::vector<std::uint32_t> devices;  ///< indices into Fleet::devices; each gets an alert
    std::string alert_class;             ///< "@class" of the alertContext, such as perf_disk_usage_ctx
    std::string priority = "High";
    std::string diagnostics;
    std::string context = "{}";  ///< the rest of the alertContext, a JSON object
    bool muted = false;
    Millis after{0};                 ///< since the start
    std::optional<Millis> every;     ///< unset: once
    std::optional<Millis> resolves;  ///< by itself, that long after it was raised; unset: never
};

}  // namespace runbookd::sandbox
