#pragma once
// What a start finds in the store, divided between the accounts. Pure.
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "engine/recovered.hpp"

namespace runbookd::runtime {

struct RecoveredAccount {
    engine::RecoveredState state;
    /// Of an account that the settings do not name: runs that have begun, and jobs, which stay in the store
    /// as they are until it is named again.
    std::size_t runs_left = 0, jobs_left = 0;
};

/// By name: every account of `configured` (not empty, in the order of the settings), and those beside them of
/// which a runbook is in force, a run is open or a job is followed.
/// What is common to all is with each. A runbook that is in force is with its account, as is what a run's
/// revision said then; runbooks that are retired, and what no account is recorded for, are with the first.
/// Each pause is with every account, and is recorded by the one that has its runbook (of all: by the first).
[[nodiscard]] std::map<std::string, RecoveredAccount> divide(engine::RecoveredState all,
                                                             const std::vector<std::string>& configured);

/// What guards compare with.
[[nodiscard]] std::vector<engine::LastTargets> of_account(const std::vector<engine::LastTargets>& lanes,
                                                          const std::string& account);

}  // namespace runbookd::runtime
