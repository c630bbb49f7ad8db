#include "engine/alarm.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::engine {
namespace {

// Slewing moves the wall clock by far less than this between two steps of the engine; more is a step.
constexpr Millis kStepNoticed{50};

timer_wheel::Tick to_tick(SteadyTime t) {
    return static_cast<timer_wheel::Tick>(std::max<std::int64_t>(t.time_since_epoch().count(), 0));
}

Millis offset_at(Instant now) { return now.utc.time_since_epoch() - now.steady.time_since_epoch(); }

SteadyTime steady_for(UtcTime due, Instant now) { return now.steady + (due - now.utc); }

}  // namespace

Alarm::Alarm(AlarmClock& clock, Ring ring)
    : Timer([](Timer& timer) {
          auto& alarm = static_cast<Alarm&>(timer);
          if (std::exchange(alarm.is_due_, true)) return;
          alarm.clock_.due_.push_back(&alarm);
      }),
      clock_(clock),
      ring_(std::move(ring)) {}

Alarm::~Alarm() { clear(); }

void Alarm::set(SteadyTime due) {
    clear();
    clock_.wheel_.schedule(*this, to_tick(due));
}

void Alarm::set(UtcTime due, Instant now) {
    clear();
    wall_due_ = due;
    clock_.know_offset(now);
    clock_.add_to_wall(*this);
    clock_.wheel_.schedule(*this, to_tick(steady_for(due, now)));
}

void Alarm::clear() {
    cancel();
    clock_.remove_from_wall(*this);
    if (std::exchange(is_due_, false))
        std::replace(clock_.due_.begin(), clock_.due_.end(), this, static_cast<Alarm*>(nullptr));
}

void AlarmClock::run_due(Instant now) {
    follow_wall_clock(now);
    // Ringing may mark, silence and destroy alarms; the list only grows behind the cursor.
    for (std::size_t i = 0; i < due_.size(); ++i) {
        Alarm* const alarm = std::exchange(due_[i], nullptr);
        if (alarm == nullptr) continue;
        alarm->is_due_ = false;
        const bool by_wall = alarm->wall_place_ != Alarm::kNotByWall;
        if (by_wall && is_wall_doubted_) continue;  // stays among the wall alarms, off the wheel
        if (by_wall && now.utc < alarm->wall_due_) {
            alarm->set(alarm->wall_due_, now);
            continue;
        }
        remove_from_wall(*alarm);
        // A copy, for the alarm may be destroyed by its own ringing.
        const auto ring = alarm->ring_;
        ring(now);
    }
    due_.clear();
}

void AlarmClock::know_offset(Instant now) {
    if (!wall_offset_) wall_offset_ = offset_at(now);
}

void AlarmClock::follow_wall_clock(Instant now) {
    know_offset(now);
    if (std::chrono::abs(offset_at(now) - *wall_offset_) <= kStepNoticed) return;
    move_wall_alarms(now);
}

void AlarmClock::move_wall_alarms(Instant now) {
    wall_offset_ = offset_at(now);
    for (Alarm* const alarm : wall_)
        if (!alarm->is_due_) wheel_.schedule(*alarm, to_tick(steady_for(alarm->wall_due_, now)));
}

void AlarmClock::trust_wall_clock(Instant now) {
    if (!std::exchange(is_wall_doubted_, false)) return;
    move_wall_alarms(now);
}

void AlarmClock::add_to_wall(Alarm& alarm) {
    alarm.wall_place_ = static_cast<std::uint32_t>(wall_.size());
    wall_.push_back(&alarm);
}

void AlarmClock::remove_from_wall(Alarm& alarm) {
    if (alarm.wall_place_ == Alarm::kNotByWall) return;
    const auto place = std::exchange(alarm.wall_place_, Alarm::kNotByWall);
    wall_[place] = wall_.back();
    wall_.pop_back();
    if (place < wall_.size()) wall_[place]->wall_place_ = place;
}

}  // namespace runbookd::engine
