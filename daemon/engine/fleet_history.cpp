#include "engine/fleet_history.hpp"

#include <chrono>
#include <utility>

namespace runbookd::engine {
namespace {

// A transaction of so many devices keeps the writer for a few milliseconds.
constexpr std::size_t kPart = 1000;
// That a device which is online was seen again is no news; the record follows at this distance.
constexpr Millis kSeenAgain = std::chrono::hours{1};

}  // namespace

void FleetHistory::restore(const RecoveredState& state) {
    has_first_list_ = state.knows_fleet;
    entries_.reserve(state.devices.size());
    for (const auto& stored : state.devices)
        entries_[stored.device] = {stored.fingerprint,
                                   stored.first_seen,
                                   stored.last_seen,
                                   0,
                                   stored.known_before,
                                   stored.is_gone,
                                   true,
                                   stored.online};
}

bool FleetHistory::is_stale(const Entry& entry, const Device& device) {
    if (!entry.is_recorded || entry.is_gone || entry.fingerprint != fingerprint_of(device)) return true;
    if (entry.last_seen == device.last_seen) return false;
    if (!device.online || !entry.last_seen || !device.last_seen) return true;
    return std::chrono::abs(*device.last_seen - *entry.last_seen) >= kSeenAgain;
}

void FleetHistory::take_in(const Fleet& fleet, Instant now) {
    if (!fleet.devices_read_at() || fleet.devices_read_at() == taken_in_) return;
    taken_in_ = fleet.devices_read_at();
    ++list_;
    pending_.clear();
    for (const auto& [device, read_at] : fleet.devices()) {
        const auto [place, is_new] = entries_.try_emplace(device.uid);
        auto& entry = place->second;
        if (is_new) {
            entry.first_seen = now.utc;
            entry.known_before = !has_first_list_;
        }
        entry.list = list_;
        if (!is_stale(entry, device)) continue;
        // Those that came back are together in the first parts: one run is for all of them.
        if (is_back(entry, device))
            pending_.push_front(device.uid);
        else
            pending_.push_back(device.uid);
    }
    for (const auto& [uid, entry] : entries_)
        if (entry.list != list_ && !entry.is_gone && entry.is_recorded) pending_.push_back(uid);
    std::erase_if(entries_, [&](const auto& known) {
        return known.second.list != list_ && !known.second.is_recorded;  // came and went, unrecorded
    });
}

void FleetHistory::pump(const Fleet& fleet, Instant now) {
    if (is_writing_ || !taken_in_ || (pending_.empty() && has_first_list_)) return;
    FleetChanged part;
    part.account = account_;
    part.at = now.utc;
    for (std::size_t i = 0; i < kPart && !pending_.empty(); ++i) {
        write(part, pending_.front(), fleet);
        pending_.pop_front();
    }
    if (pending_.empty() && !std::exchange(has_first_list_, true)) part.first_list = entries_.size();
    is_writing_ = true;
    outbox_.write(std::move(part));
    if (const auto returned = std::exchange(returned_, {}); on_returned_ && !returned.empty())
        on_returned_(returned, now);
    outbox_.when_durable([this](Instant) { is_writing_ = false; });
}

void FleetHistory::write(FleetChanged& part, const DeviceUid& uid, const Fleet& fleet) {
    auto& entry = entries_.at(uid);
    const auto* const seen = fleet.find(uid);
    if (entry.list != list_ || seen == nullptr) {
        entry.is_gone = true;
        part.gone.push_back(uid);
        return;
    }
    const auto& device = seen->device;
    if (is_back(entry, device) && entry.last_seen) returned_.push_back({uid, *entry.last_seen});
    entry.is_online = device.online;
    const auto change = entry.is_gone        ? FleetRow::Change::returned
                        : entry.is_recorded  ? FleetRow::Change::changed
                        : entry.known_before ? FleetRow::Change::known_before
                                             : FleetRow::Change::appeared;
    entry.is_gone = false;
    entry.is_recorded = true;
    entry.fingerprint = fingerprint_of(device);
    entry.last_seen = device.last_seen;
    part.rows.push_back({device, change, entry.first_seen});
}

std::optional<UtcTime> FleetHistory::first_seen(const DeviceUid& device) const {
    const auto found = entries_.find(device);
    if (found == entries_.end() || found->second.known_before) return std::nullopt;
    return found->second.first_seen;
}

std::optional<UtcTime> FleetHistory::first_seen_at(const DeviceUid& device) const {
    const auto found = entries_.find(device);
    if (found == entries_.end()) return std::nullopt;
    return found->second.first_seen;
}

std::vector<FleetHistory::Arrival> FleetHistory::arrived_after(UtcTime since) const {
    std::vector<Arrival> arrived;
    for (const auto& [uid, entry] : entries_)
        if (!entry.known_before && entry.list == list_ && entry.first_seen > since)
            arrived.push_back({uid, entry.first_seen});
    return arrived;
}

}  // namespace runbookd::engine
