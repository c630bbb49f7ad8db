#pragma once
// Engine-side timers on the shared wheel. The wheel only marks an alarm as due; the engine rings it at its
// next step, so that all of its work happens at one known instant.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "timer_wheel/timer_wheel.hpp"

namespace runbookd::engine {

class AlarmClock;

/// One alarm; whoever owns it decides what it means. Destroying it silences it.
class Alarm : public timer_wheel::Timer {
public:
    using Ring = std::function<void(Instant now)>;
    Alarm(AlarmClock& clock, Ring ring);
    ~Alarm();
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

    /// Rings once, at the first step at or after `due`. Setting again moves it.
    void set(SteadyTime due);
    /// The same by the wall clock, whose steps it follows.
    void set(UtcTime due, Instant now);
    void clear();

private:
    friend class AlarmClock;
    static constexpr std::uint32_t kNotByWall = UINT32_MAX;

    AlarmClock& clock_;
    Ring ring_;
    UtcTime wall_due_{};  // meaningful while it is one of AlarmClock::wall_
    std::uint32_t wall_place_ = kNotByWall;
    bool is_due_ = false;
};

class AlarmClock {
public:
    explicit AlarmClock(timer_wheel::TimerWheel& wheel) : wheel_(wheel) {}
    /// Rings what the wheel has marked, and, after a step of the wall clock, moves every wall alarm to its
    /// new place.
    void run_due(Instant now);
    /// The wall clock is in doubt: wall alarms that come due are put off until it is trusted again.
    void doubt_wall_clock() { is_wall_doubted_ = true; }
    void trust_wall_clock(Instant now);

private:
    friend class Alarm;
    void know_offset(Instant now);
    void follow_wall_clock(Instant now);
    void move_wall_alarms(Instant now);
    void add_to_wall(Alarm& alarm);
    void remove_from_wall(Alarm& alarm);

    timer_wheel::TimerWheel& wheel_;
    std::vector<Alarm*> due_;            // a silenced alarm's place holds nullptr
    std::vector<Alarm*> wall_;           // each knows its place, so that one goes without a search
    std::optional<Millis> wall_offset_;  // utc − steady, as the wall alarms were set by
    bool is_wall_doubted_ = false;
};

}  // namespace runbookd::engine
