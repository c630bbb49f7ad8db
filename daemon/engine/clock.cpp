// What the engine does about the wall clock: it looks at it with every step, and holds creates and verdicts
// while it is in doubt. A store that was put back to an earlier state holds them in the same way
// (restore.cpp).
#include <utility>

#include "engine/engine.hpp"

namespace runbookd::engine {

void Engine::enter(Instant now) {
    const auto step = guard_.look(now);
    if (!step) return;
    const auto by = format_duration(std::chrono::abs(*step));
    outbox_.write(Noted{"daemon",
                        settings_.account,
                        "clock.stepped",
                        "",
                        {{"by", (*step < Millis{0} ? "-" : "+") + by}},
                        now.utc});
    begin_doubt(now);
}

void Engine::begin_doubt(Instant now) {
    alarms_.doubt_wall_clock();
    settle_clock(now);
    if (!guard_.is_doubted()) return;
    outbox_.write(Noted{"daemon", settings_.account, "clock.held", "", {{"why", guard_.why()}}, now.utc});
    is_clock_held_ = true;
    believes_clock_.set(guard_.believed_at());
}

void Engine::settle_clock(Instant now) {
    if (!guard_.settles(now)) return;
    believes_clock_.clear();
    if (std::exchange(is_clock_held_, false))
        outbox_.write(Noted{"daemon",
                            settings_.account,
                            "clock.released",
                            "",
                            {{"because", guard_.is_synchronised() ? "synchronised" : "waited long enough"}},
                            now.utc});
    alarms_.trust_wall_clock(now);
    pauses_.follow_clock(now);
    if (!is_started_ || stopping_) return;
    follow_clock(now);
    take_in_fleet(now);
    if (auto reload = std::exchange(waiting_reload_, std::nullopt)) put_in_force(std::move(*reload), now);
    starter_.pump(now);
    dispatcher_.release(now);
}

void Engine::follow_clock(Instant now) {
    approval_rounds_.look_again();
    if (!std::exchange(is_downtime_judged_, true))
        planner_.judge_downtime(now);
    else
        planner_.follow_clock(now);
}

void Engine::on_clock(KernelSync kernel, Instant now) {
    enter(now);
    guard_.hear(kernel);
    if (is_started_) remember_synchronised(now);
    settle_clock(now);
    if (!is_started_) return;
    alarms_.run_due(now);  // wall alarms follow also a step that is too small to be doubted
    pump(now);
}

void Engine::remember_synchronised(Instant now) {
    if (!guard_.is_synchronised() || std::exchange(knows_synchronised_, true)) return;
    outbox_.write(Noted{"daemon", settings_.account, "clock.synchronised", "", {}, now.utc});
}

}  // namespace runbookd::engine
