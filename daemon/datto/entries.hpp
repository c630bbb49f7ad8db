#pragma once
// The entries of the API's lists, one by one, in the engine's words. Lenient (reference, 2.3): what is null,
// absent or of another type is an absent value. Both dialects write their devices and components so.
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "engine/api.hpp"

namespace runbookd::datto {

[[nodiscard]] engine::Site read_site(const nlohmann::json& entry);
/// `online` also from the seed's `status: "online"`.
[[nodiscard]] engine::Device read_device(const nlohmann::json& entry);
[[nodiscard]] engine::Filter read_filter(const nlohmann::json& entry);
/// The uid of a filter's device, whose page has whole devices.
[[nodiscard]] DeviceUid read_member(const nlohmann::json& entry);
[[nodiscard]] engine::Component read_component(const nlohmann::json& entry);
[[nodiscard]] engine::JobActivity read_activity(const nlohmann::json& entry);
[[nodiscard]] engine::Alert read_alert(const nlohmann::json& entry);
/// `other` where the word is not known.
[[nodiscard]] engine::DeploymentStatus deployment_status(std::string_view text);

/// Whether the entry says which one it is: nothing can be done with one that does not.
[[nodiscard]] inline bool is_usable(const engine::JobActivity& activity) { return !activity.job.empty(); }
[[nodiscard]] inline bool is_usable(const engine::Filter& filter) {
    return filter.id != 0 && !filter.name.empty();
}
[[nodiscard]] inline bool is_usable(const DeviceUid& device) { return !device.empty(); }
template <class Entry>
[[nodiscard]] bool is_usable(const Entry& entry) {
    return !entry.uid.empty();
}

}  // namespace runbookd::datto
