#pragma once
// The account's alerts: raised by the fleet's rules, open until they are resolved. Pure: time is an argument.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "sandbox/device_states.hpp"
#include "sandbox/fleet.hpp"

namespace runbookd::sandbox {

struct Alert {
    std::string uid;
    std::uint32_t rule = 0;    ///< index into Fleet::alerts
    std::uint32_t device = 0;  ///< index into Fleet::devices
    UtcTime raised_at{};
    std::optional<UtcTime> resolved_at;
    bool resolved_by_itself = false;
};

class AlertBook {
public:
    /// Both outlive this; rules count from `start`.
    AlertBook(const Fleet& fleet, const DeviceStates& devices, Instant start);

    /// Raises and resolves what is due at `now`, each at its own instant. A device that is not there yet has
    /// no alert.
    void advance(Instant now);
    /// All alerts, oldest first.
    [[nodiscard]] const std::deque<Alert>& alerts() const { return alerts_; }
    [[nodiscard]] const Alert* find(std::string_view uid) const;
    /// False where there is no such alert; one that is resolved stays as it is.
    bool resolve(std::string_view uid, UtcTime at);

private:
    struct Due {
        SteadyTime at;
        bool resolves;      // else raises
        std::size_t index;  // of the alert to resolve, or of the rule
        bool operator>(const Due& other) const { return at > other.at; }
    };
    void raise(std::size_t rule, Instant at);

    const Fleet& fleet_;
    const DeviceStates& devices_;
    Instant start_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::deque<Alert> alerts_;  // never moved: the index below refers to their uids
    std::unordered_map<std::string_view, std::size_t> by_uid_;
};

}  // namespace runbookd::sandbox
