#pragma once
// Devices and components in the seed's shape (design section 8).
#include <nlohmann/json_fwd.hpp>

#include "engine/api.hpp"

namespace runbookd::http_api {

/// `required`: an input without a default. Outputs, which nobody sets, are left out.
[[nodiscard]] nlohmann::ordered_json seed_component_view(const engine::Component& component);
[[nodiscard]] nlohmann::ordered_json seed_device_view(const engine::Device& device);

}  // namespace runbookd::http_api
