#pragma once
// Devices, sites, components and jobs in the API's JSON (Datto RMM API v2, schemas of Build 235). What the
// sandbox does not know is null, as on a live account.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/time.hpp"
#include "sandbox/unknowns.hpp"
#include "sandbox/world.hpp"

namespace runbookd::sandbox {

struct DeviceCounts {
    std::size_t all = 0;
    std::size_t online = 0;
    std::size_t on_demand = 0;
};

/// How a device shows its user-defined fields: as version 2 of the API, or as version 3.
enum class FieldsAs { map, list };

[[nodiscard]] nlohmann::json device_view(const World& world, const Device& device, Instant now,
                                         FieldsAs fields);
[[nodiscard]] nlohmann::json site_view(const World& world, const Site& site, const DeviceCounts& counts);
[[nodiscard]] nlohmann::json account_view(const World& world, const DeviceCounts& counts);
[[nodiscard]] nlohmann::json component_view(const World& world, const Component& component);
[[nodiscard]] nlohmann::json job_view(const World& world, const Job& job, SteadyTime now);
/// The one entry of a job's jobComponents.
[[nodiscard]] nlohmann::json job_component_view(const World& world, const Job& job);
/// What became of a job on its device, as far as it shows at `now`.
[[nodiscard]] nlohmann::json results_view(const World& world, const Job& job, SteadyTime now);
/// One entry of the activity log; its details are JSON inside a text.
[[nodiscard]] nlohmann::json activity_view(const World& world, const ActivityEntry& entry);

/// null where it is empty.
[[nodiscard]] nlohmann::json text_or_null(const std::string& text);
/// null where it is unset.
[[nodiscard]] nlohmann::json time_or_null(const std::optional<UtcTime>& at, TimeForm form);

/// uid of the only account there is.
[[nodiscard]] const std::string& account_uid();
/// The only user, as whom every token acts.
inline constexpr std::string_view kApiUser = "sandbox-api";
inline constexpr std::int64_t kApiUserId = 1;
/// The int64 id that goes with a site's index.
[[nodiscard]] std::int64_t site_id(const World& world, const Site& site);
/// The int64 id that goes with a device's index.
[[nodiscard]] std::int64_t device_id(const World& world, const Device& device);
/// The device whose network card has this address (12 hex digits); the sandbox makes one up for each.
[[nodiscard]] const Device* device_with_mac(const World& world, std::string_view address, SteadyTime now);
/// How the API spells the type of a variable.
[[nodiscard]] std::string shown_type(const Fleet& fleet, const Variable& variable);
[[nodiscard]] const Device* device_with_id(const World& world, std::int64_t id, SteadyTime now);

}  // namespace runbookd::sandbox
