#pragma once
// What must hold of every simulated life of a daemon, whatever happened in it (design section 10).
#include <memory>
#include <string>

#include "fakes/simulation.hpp"

namespace runbookd::simulation {

/// Not owned by anybody: utc_zone() lives as long as the program.
[[nodiscard]] std::shared_ptr<const cron::Zone> utc();
[[nodiscard]] runbook::Runbook every_minute(const std::string& name, Millis window);

/// Runs the schedules for a while, then lets everything that is open come to its end.
void run_to_the_end(fakes::Simulation& simulation, Millis with_schedules);

/// A runbook of this name redispatches what is unknown; all others hold.
inline constexpr const char* kRedispatches = "again";

/// Promise 1: for each run and device at most one accepted create; with redispatch, for each attempt.
void check_at_most_once(fakes::Simulation& simulation);
/// Promise 2: every target has a disposition, every accepted job its end and its output.
void check_nothing_lost(fakes::Simulation& simulation);
/// Every minute between the first and the last that was judged has exactly one verdict.
void check_every_minute_has_a_verdict(fakes::Simulation& simulation, UtcTime first, UtcTime last);
/// Promises 3 and 4.
void check_inside_the_rules(fakes::Simulation& simulation);
void check_promises(fakes::Simulation& simulation, UtcTime first, UtcTime last);

/// No create of the runbook was sent inside one of its blackouts or pauses.
void check_nothing_went_out_while_held(fakes::Simulation& simulation, const runbook::Runbook& book);
/// Every instant of the runbook in (after, until] has exactly one verdict, as a plain walk of its schedule
/// finds them; and no verdict is of anything else.
void check_each_instant_has_one_verdict(fakes::Simulation& simulation, const runbook::Runbook& book,
                                        UtcTime after, UtcTime until);

}  // namespace runbookd::simulation
