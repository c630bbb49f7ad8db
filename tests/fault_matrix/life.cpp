#include "fault_matrix/life.hpp"

#include <utility>

namespace runbookd::fault_matrix {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const std::string& small_fleet() {
    static const std::string text = R"(
pickup: 1s..3s
sites:
  - name: Acme HQ
    devices:
      - {hostname: "WS{n:02}", count: 2}
  - name: Branch
    devices:
      - {hostname: LT01, online: {after: 100s}}
components:
  - name: Clean
    simulate: {duration: 2s..6s, outcome: {Success: 80%, Failure: 20%}, stdout: "swept {hostname}", stderr: "careful"}
filters: [{name: All workstations, hostname: "WS*"}]
)";
    return text;
}

runbook::Runbook everything() {
    auto book = simulation::every_minute("everything", minutes{2});
    book.offline = runbook::OfflinePolicy::wait;
    return book;
}

Life live(Plan plan) {
    // When every simulation begins.
    auto account = std::make_unique<fakes::SandboxedRmm>(plan.fleet, *parse_utc("2026-03-01T00:00:30Z"));
    Life life;
    life.account = account.get();
    fakes::SimulationPlan simulated;
    simulated.seed = plan.seed;
    simulated.upstream = std::move(account);
    simulated.runbooks = std::move(plan.runbooks);
    life.simulation = std::make_unique<fakes::Simulation>(std::move(simulated));
    life.simulation->run_for(seconds{95});
    if (plan.with_kill) life.simulation->crash(seconds{2});
    life.simulation->run_for(seconds{85});
    life.simulation->drop_schedules();
    life.simulation->run_for(hours{1});
    return life;
}

void check_promises(const Life& life) {
    simulation::check_at_most_once(*life.simulation);
    simulation::check_nothing_lost(*life.simulation);
    simulation::check_inside_the_rules(*life.simulation);
}

}  // namespace runbookd::fault_matrix
