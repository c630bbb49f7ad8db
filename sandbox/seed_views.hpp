#pragma once
// The seed dialect's JSON: its errors, jobs, components and devices.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "sandbox/exchange.hpp"
#include "sandbox/world.hpp"

namespace runbookd::sandbox {

/// {"errorCode", "message", "details"}
[[nodiscard]] Reply seed_error(int status, std::string_view code, const std::string& message,
                               const nlohmann::json& details);
/// The same with the code and words that go with a status.
[[nodiscard]] Reply seed_error(int status);

enum class WithOutput { yes, no };

/// What is known of a job so far, as it shows at `now`.
[[nodiscard]] nlohmann::json seed_job_view(const World& world, const Job& job, SteadyTime now,
                                           WithOutput output);
[[nodiscard]] nlohmann::json seed_component_view(const World& world, const Component& component);
[[nodiscard]] nlohmann::json seed_device_view(const World& world, const Device& device, Instant now);

}  // namespace runbookd::sandbox
