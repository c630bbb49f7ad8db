#pragma once
// What became of the fleet's devices since the start: which are there, which are online, which were restarted
// and what was written into their user-defined fields. Pure: time is an argument.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"
#include "sandbox/fleet.hpp"

namespace runbookd::sandbox {

class DeviceStates {
public:
    /// `fleet` outlives this; every device that is asked for is one of its own. Patterns count from `start`.
    DeviceStates(const Fleet& fleet, Instant start) : fleet_(fleet), start_(start) {}

    /// False until an `appears: {after}` has passed.
    [[nodiscard]] bool exists(const Device& device, SteadyTime now) const;
    [[nodiscard]] bool is_online(const Device& device, SteadyTime now) const;
    /// The first instant at or after `earliest` at which its agent can take a job; none if it never can.
    [[nodiscard]] std::optional<SteadyTime> next_online(const Device& device, SteadyTime earliest) const;
    [[nodiscard]] std::optional<UtcTime> last_seen(const Device& device, Instant now) const;

    /// Takes the device down at `at`, for `down_for`; unset: for good.
    void restart(const Device& device, SteadyTime at, std::optional<Millis> down_for);
    /// False between going down and coming back.
    [[nodiscard]] bool is_up(const Device& device, SteadyTime now) const;
    /// When it last came back; none where it was never restarted.
    [[nodiscard]] std::optional<UtcTime> last_reboot(const Device& device, Instant now) const;
    /// As the fleet says, and false once it was restarted. Unset: not known.
    [[nodiscard]] std::optional<bool> reboot_required(const Device& device, Instant now) const;
    /// patchStatus, likewise: RebootRequired becomes FullyPatched.
    [[nodiscard]] std::string patch_status(const Device& device, Instant now) const;

    [[nodiscard]] const std::map<int, std::string>& udf(const Device& device) const;
    /// An empty value clears the field.
    void set_udf(const Device& device, int number, std::string value);

private:
    struct Restart {
        SteadyTime down_from;
        std::optional<SteadyTime> up_at;           // unset: never
        std::optional<SteadyTime> up_last_before;  // of the restart before this one
    };
    [[nodiscard]] std::uint32_t index_of(const Device& device) const;
    [[nodiscard]] const Restart* restart_of(const Device& device) const;
    [[nodiscard]] Millis since_start(SteadyTime t) const { return t - start_.steady; }

    const Fleet& fleet_;
    Instant start_;
    std::unordered_map<std::uint32_t, Restart> restarts_;  // by the device's place in the fleet
    std::unordered_map<std::uint32_t, std::map<int, std::string>> udf_;
};

}  // namespace runbookd::sandbox
