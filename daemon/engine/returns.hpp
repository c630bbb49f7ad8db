#pragma once
// Devices that are expected to return: whether they have is seen on the pages of the device list, which is
// read now and then while one is waited for, and never on their own pages.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/books.hpp"
#include "engine/clock_guard.hpp"
#include "engine/fleet.hpp"
#include "engine/fleet_reader.hpp"

namespace runbookd::engine {

class Returns {
public:
    /// Gets a target whose device has returned, or, with the reason why it counts as failed, has not in time.
    using OnEnd =
        std::function<void(Run& run, Target& target, bool has_returned, std::string message, Instant now)>;
    /// All of it outlives this.
    Returns(Books& books, AlarmClock& clock, const Fleet& fleet, FleetReader& reader, const ClockGuard& guard,
            OnEnd on_end);

    /// The target stands at such a step.
    void await(const Run& run, const Target& target, Instant now);
    /// A whole list of the devices has come in.
    void take_in_fleet(Instant now);

private:
    struct Awaited {
        RunUid run;
        DeviceUid device;
        std::int64_t step = 0;
        SteadyTime since{};  ///< what was read before says nothing
    };
    /// Whether it is waited for no more.
    [[nodiscard]] bool is_over(const Awaited& one, Instant now);
    [[nodiscard]] bool has_returned(const Run& run, const Target& target, const Awaited& one) const;
    /// Whether the time for it is over, and what is known is as new as that.
    [[nodiscard]] bool is_too_late(UtcTime deadline, Instant now) const;
    void look_again(Instant now);

    Books& books_;
    const Fleet& fleet_;
    FleetReader& reader_;
    const ClockGuard& guard_;
    OnEnd on_end_;
    std::vector<Awaited> awaited_;
    Alarm look_again_;
};

}  // namespace runbookd::engine
