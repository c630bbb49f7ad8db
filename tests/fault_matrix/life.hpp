#pragma once
// A short life of the daemon's engine against the sandbox, with the client's requests and replies between
// them, on virtual time.
#include <cstdint>
#include <memory>
#include <string>

#include "fakes/sandboxed_rmm.hpp"
#include "simulation/promises.hpp"

namespace runbookd::fault_matrix {

struct Plan {
    std::string fleet;  ///< a fleet file's text
    std::uint64_t seed = 1;
    bool with_kill = false;
    /// What it does: at each minute, or each second minute, until the schedules stop.
    std::vector<runbook::Runbook> runbooks;
};

struct Life {
    std::unique_ptr<fakes::Simulation> simulation;
    const fakes::SandboxedRmm* account = nullptr;  ///< of the simulation
};

/// Three devices that are online and one that comes later, on two sites, a filter and the component "Clean".
[[nodiscard]] const std::string& small_fleet();
/// Every minute for two, component "Clean" on all devices; those that are offline are waited for.
[[nodiscard]] runbook::Runbook everything();

/// Three minutes of schedules, then everything comes to its end.
[[nodiscard]] Life live(Plan plan);

/// Promises 1 to 4, by the sandbox's ledger and what arrived there.
void check_promises(const Life& life);

}  // namespace runbookd::fault_matrix
