#pragma once
// Every device that was ever in the account's list: since when, and whether it still is. When a whole list
// has come in, says what has to be written: only what changed, a part at a time, so that other records do not
// wait behind a hundred thousand devices.
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/fleet.hpp"
#include "engine/outbox.hpp"
#include "engine/records.hpp"
#include "engine/recovered.hpp"

namespace runbookd::engine {

class FleetHistory {
public:
    FleetHistory(std::string account, Outbox& outbox) : account_(std::move(account)), outbox_(outbox) {}

    /// A device that is online, and was not when it was last recorded.
    struct Returned {
        DeviceUid device;
        UtcTime last_seen{};  ///< before it went, as recorded
    };
    /// Told in the step that records it, so that whoever acts on it does so once.
    using OnReturned = std::function<void(const std::vector<Returned>& devices, Instant now)>;
    void tell_of_returns(OnReturned on_returned) { on_returned_ = std::move(on_returned); }

    /// What a start found in the store; to be called once, before the first list.
    void restore(const RecoveredState& state);
    /// Compares the newest whole list with what is known; a list that was compared before is not again.
    void take_in(const Fleet& fleet, Instant now);
    /// Writes the next part, once the one before is durable.
    void pump(const Fleet& fleet, Instant now);

    /// When the device came into the list; nullopt: it was there in the first list that was ever read, so
    /// nobody knows, or it never was in one.
    [[nodiscard]] std::optional<UtcTime> first_seen(const DeviceUid& device) const;
    /// The instant that the record has for it: of a device of the first list, when that was read.
    [[nodiscard]] std::optional<UtcTime> first_seen_at(const DeviceUid& device) const;

    /// Those of the newest list that came into it after `since`, with when they did.
    struct Arrival {
        DeviceUid device;
        UtcTime first_seen{};
    };
    [[nodiscard]] std::vector<Arrival> arrived_after(UtcTime since) const;

private:
    struct Entry {
        std::uint64_t fingerprint = 0;  // of what is recorded
        UtcTime first_seen{};
        std::optional<UtcTime> last_seen;  // as recorded
        std::uint32_t list = 0;            // the newest in which it was
        bool known_before = false;
        bool is_gone = false;
        bool is_recorded = false;
        bool is_online = false;  // as recorded
    };
    [[nodiscard]] static bool is_back(const Entry& entry, const Device& device) {
        return entry.is_recorded && (entry.is_gone || !entry.is_online) && device.online;
    }
    [[nodiscard]] static bool is_stale(const Entry& entry, const Device& device);
    void write(FleetChanged& part, const DeviceUid& uid, const Fleet& fleet);

    std::string account_;
    Outbox& outbox_;
    OnReturned on_returned_;
    std::vector<Returned> returned_;  // of the part that is being written
    std::unordered_map<DeviceUid, Entry> entries_;
    std::deque<DeviceUid> pending_;  // to be written, in the order of the list; the gone ones last
    std::optional<SteadyTime> taken_in_;
    std::uint32_t list_ = 0;
    bool has_first_list_ = false;  // and it is recorded whole
    bool is_writing_ = false;
};

}  // namespace runbookd::engine
