#include "sandbox/device_states.hpp"

#include <algorithm>

namespace runbookd::sandbox {

bool DeviceStates::exists(const Device& device, SteadyTime now) const {
    return since_start(now) >= fleet_.traits_of(device).appears_after;
}

bool DeviceStates::is_online(const Device& device, SteadyTime now) const {
    const auto& traits = fleet_.traits_of(device);
    return device.reachable && !traits.deleted && exists(device, now) &&
           traits.online.online_at(since_start(now)) && is_up(device, now);
}

std::optional<SteadyTime> DeviceStates::next_online(const Device& device, SteadyTime earliest) const {
    if (!device.reachable) return std::nullopt;
    const auto* restart = restart_of(device);
    if (restart && earliest >= restart->down_from) {
        if (!restart->up_at) return std::nullopt;
        earliest = std::max(earliest, *restart->up_at);
    }
    const auto online = fleet_.traits_of(device).online.next_online(since_start(earliest));
    if (!online) return std::nullopt;
    return start_.steady + *online;
}

std::optional<UtcTime> DeviceStates::last_seen(const Device& device, Instant now) const {
    const auto& traits = fleet_.traits_of(device);
    if (device.reachable && !traits.deleted) {
        const auto until = is_up(device, now.steady) ? now.steady : restart_of(device)->down_from;
        if (const auto last = traits.online.last_online(since_start(until)))
            return now.utc - (since_start(now.steady) - *last);
    }
    if (traits.last_seen_at) return traits.last_seen_at;
    if (traits.last_seen_before_start) return start_.utc - *traits.last_seen_before_start;
    return std::nullopt;
}

void DeviceStates::restart(const Device& device, SteadyTime at, std::optional<Millis> down_for) {
    auto& restart = restarts_[index_of(device)];
    if (restart.up_at && *restart.up_at <= at) restart.up_last_before = restart.up_at;
    restart.down_from = at;
    restart.up_at = down_for ? std::optional(at + *down_for) : std::nullopt;
}

bool DeviceStates::is_up(const Device& device, SteadyTime now) const {
    const auto* restart = restart_of(device);
    if (!restart || now < restart->down_from) return true;
    return restart->up_at && now >= *restart->up_at;
}

std::optional<UtcTime> DeviceStates::last_reboot(const Device& device, Instant now) const {
    const auto* restart = restart_of(device);
    if (!restart) return std::nullopt;
    const auto last = is_up(device, now.steady) ? restart->up_at : restart->up_last_before;
    if (!last) return std::nullopt;
    return now.utc - (now.steady - *last);
}

std::optional<bool> DeviceStates::reboot_required(const Device& device, Instant now) const {
    if (last_reboot(device, now)) return false;
    return fleet_.traits_of(device).reboot_required;
}

std::string DeviceStates::patch_status(const Device& device, Instant now) const {
    const auto& status = fleet_.traits_of(device).patch_status;
    return status == "RebootRequired" && last_reboot(device, now) ? "FullyPatched" : status;
}

const std::map<int, std::string>& DeviceStates::udf(const Device& device) const {
    const auto written = udf_.find(index_of(device));
    return written == udf_.end() ? fleet_.traits_of(device).udf : written->second;
}

void DeviceStates::set_udf(const Device& device, int number, std::string value) {
    auto& fields = udf_.try_emplace(index_of(device), udf(device)).first->second;
    if (value.empty()) {
        fields.erase(number);
    } else {
        fields[number] = std::move(value);
    }
}

std::uint32_t DeviceStates::index_of(const Device& device) const {
    return static_cast<std::uint32_t>(&device - fleet_.devices.data());
}

const DeviceStates::Restart* DeviceStates::restart_of(const Device& device) const {
    const auto found = restarts_.find(index_of(device));
    return found == restarts_.end() ? nullptr : &found->second;
}

}  // namespace runbookd::sandbox
