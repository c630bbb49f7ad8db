#pragma once
// Keeps the fleet as fresh as somebody needs it, and refreshes it now and then when nobody does: one page
// under way at a time for the devices, one for the components.
#include <functional>
#include <optional>

#include "engine/alarm.hpp"
#include "engine/fleet.hpp"
#include "engine/line.hpp"
#include "engine/page_tries.hpp"

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
    /// Reads what somebody waits for; also what has not been refreshed for 3 times as long as it should be.
    void pump(Instant now);
    /// Reads what is only to be refreshed: to be called when everybody else had their turn.
    void pump_refresh(Instant now);
    /// When a failed list is tried again, if one waits for that.
    [[nodiscard]] std::optional<SteadyTime> retry_at() const { return retry_at_; }

private:
    /// What is wanted of a list: that its reading began then or later.
    struct Wanted {
        std::optional<SteadyTime> by_somebody, by_refresh;
    };
    using ReadAt = std::optional<SteadyTime>;

    [[nodiscard]] bool may_read(Instant now);
    void read_device_page(Instant now);
    void read_component_page(Instant now);
    void on_device_page(const ApiResult& result, SteadyTime sent_at, Instant now);
    void on_component_page(const ApiResult& result, Instant now);
    [[nodiscard]] static bool is_lacking(const std::optional<SteadyTime>& since, const ReadAt& read_at);
    [[nodiscard]] bool is_urgent(const Wanted& wanted, const ReadAt& read_at, Instant now) const;

    Fleet& fleet_;
    Line& line_;
    Millis refresh_;
    std::function<void(Instant)> on_fresh_;
    Alarm regular_;
    Wanted devices_, components_;
    bool device_page_under_way_ = false;
    bool component_page_under_way_ = false;
    PageTries device_tries_, component_tries_;
    std::optional<SteadyTime> retry_at_;
};

}  // namespace runbookd::engine
