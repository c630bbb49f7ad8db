#pragma once
// What a start finds in the store, as the engine takes it up.
#include "engine/recovered.hpp"
#include "store/connection.hpp"

namespace runbookd::store {

/// One consistent picture: everything is read in one transaction. A job that was given up is in it for 30
/// days, counted to the newest time in the store. `now` is the wall time of the start: verdicts over instants
/// after it were given by a clock that has been set back since. Prepare `recover_` first.
[[nodiscard]] engine::RecoveredState recover(Connection& connection, UtcTime now);

/// Of a store that was put back to an earlier state: adds `restore` and `restores` to what recover() gave.
void recover_restore(Connection& connection, engine::RecoveredState& state);

/// What the guards of these runbooks compare with. Prepare `recover_` first.
[[nodiscard]] std::vector<engine::LastTargets> last_targets(Connection& connection,
                                                            const std::vector<std::string>& runbooks);

/// When each device last succeeded in the runbook. Prepare `recover_` first.
[[nodiscard]] std::vector<engine::LastSuccess> last_successes(Connection& connection,
                                                              const std::string& runbook);

}  // namespace runbookd::store
