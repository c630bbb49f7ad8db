#pragma once
// Which of a run's leftovers a retarget takes. Pure.
#include <set>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "ports/control.hpp"
#include "ports/history.hpp"

namespace runbookd::runtime {

/// Errors: invalid_input (a disposition that is none, or that leaves nothing to do again; `unknown` without
/// `with_unknown`), refused_by_rule (the run is no runbook's: a quick job).
[[nodiscard]] Result<void> check(const ports::RetargetRequest& request);

/// The devices, as uids; the others are counted in `accepted` by why they are left out.
[[nodiscard]] std::vector<std::string> devices_left(const ports::RunLeftovers& left,
                                                    const ports::RetargetRequest& request,
                                                    const std::set<DeviceUid>& may_still_run,
                                                    ports::RetargetAccepted& accepted);

}  // namespace runbookd::runtime
