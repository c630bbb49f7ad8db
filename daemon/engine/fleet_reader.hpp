#pragma once
// Keeps the fleet as fresh as somebody needs it: one page under way at a time for the devices, one for the
// components.
#include <functional>
#include <optional>

#include "engine/alarm.hpp"
#include "engine/fleet.hpp"
#include "engine/line.hpp"

namespace runbookd::engine {

class FleetReader {
public:
    /// `on_fresh` is called whenever a whole list has come in. `refresh`: how old the lists may grow when
    /// nobody asks.
    FleetReader(Fleet& fleet, Line& line, AlarmClock& clock, Millis refresh,
                std::function<void(Instant)> on_fresh);

    /// Begins the regular refreshing.
    void start(Instant now);
    /// A list is wanted whose reading began at `since` or later.
    void need_devices(SteadyTime since);
    void need_components(SteadyTime since);
    [[nodiscard]] bool wants_to_read() const;
    void pump(Instant now);
    /// When a failed list is tried again, if one waits for that.
    [[nodiscard]] std::optional<SteadyTime> retry_at() const { return retry_at_; }

private:
    void pump_devices(Instant now);
    void pump_components(Instant now);
    void on_device_page(const ApiResult& result, SteadyTime sent_at, Instant now);
    void on_component_page(const ApiResult& result, Instant now);
    [[nodiscard]] bool lacks_devices() const;
    [[nodiscard]] bool lacks_components() const;

    Fleet& fleet_;
    Line& line_;
    Millis refresh_;
    std::function<void(Instant)> on_fresh_;
    Alarm regular_;
    std::optional<SteadyTime> devices_since_, components_since_;
    bool device_page_under_way_ = false;
    bool component_page_under_way_ = false;
    std::optional<SteadyTime> retry_at_;
};

}  // namespace runbookd::engine
