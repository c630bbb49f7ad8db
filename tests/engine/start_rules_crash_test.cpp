// `once` and `overlap: stop_previous` under a kill after every step in turn.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "fakes/engine_bench.hpp"
#include "fakes/simulation.hpp"

namespace runbookd::engine {
namespace {

using fakes::Simulation;
using fakes::SimulationPlan;
using std::chrono::hours;
using std::chrono::minutes;

constexpr Millis kWithSchedules = minutes{3};

SimulationPlan plan_of(const runbook::Runbook& book) {
    SimulationPlan plan;
    plan.devices = 4;
    plan.runbooks = {book};
    return plan;
}

/// With the last device offline for the first two and a half minutes, and to the end of all.
void run_to_the_end(Simulation& simulation) {
    const auto set_last = [&](bool online) { simulation.rmm().set_online(3, online, simulation.now().utc); };
    set_last(false);
    simulation.run_for(kWithSchedules - minutes{1});
    set_last(true);
    simulation.run_for(minutes{1});
    simulation.drop_schedules();
    simulation.run_for(hours{1});
}

/// Calls it undisturbed, then with a kill after each step of the time with schedules.
void with_each_kill(const runbook::Runbook& book, const std::function<void(Simulation&)>& check) {
    std::uint64_t steps = 0;
    {
        Simulation undisturbed(plan_of(book));
        undisturbed.run_for(kWithSchedules);
        steps = undisturbed.steps();
    }
    REQUIRE(steps > 50);
    for (std::uint64_t crash_at = 0; crash_at <= steps; ++crash_at) {
        auto plan = plan_of(book);
        plan.crash_after = [crash_at](std::uint64_t step) { return step == crash_at; };
        Simulation simulation(std::move(plan));
        run_to_the_end(simulation);
        INFO("kill after step " << crash_at);
        for (const auto& [uid, run] : simulation.store().runs()) CHECK(is_terminal(run.status));
        check(simulation);
    }
}

bool is_success(Disposition disposition) {
    return disposition == Disposition::succeeded || disposition == Disposition::warning;
}

}  // namespace

TEST_CASE("once: whenever it is killed, no device is taken after its success", "[engine][once][crash]") {
    auto book = fakes::clean_every_minute("sweep", minutes{1});
    book.once = runbook::Once{};
    with_each_kill(book, [](Simulation& simulation) {
        std::map<DeviceUid, UtcTime> succeeded;
        for (const auto& [uid, run] : simulation.store().runs())
            for (const auto& target : run.targets)
                if (is_success(target.disposition) && !run.revised.contains(target.row.device))
                    succeeded.emplace(target.row.device, run.decided_at.at(target.row.device));
        CHECK_FALSE(succeeded.empty());
        for (const auto& [uid, run] : simulation.store().runs())
            for (const auto& target : run.targets) {
                const auto success = succeeded.find(target.row.device);
                if (success != succeeded.end()) CHECK(*run.started_at <= success->second);
            }
    });
}

TEST_CASE(
    "stop_previous: whenever it is killed, a device has one job at a time, and what is stopped has a "
    "successor",
    "[engine][stop_previous][crash]") {
    auto book = fakes::clean_every_minute("sweep", minutes{10});
    book.overlap = runbook::OverlapPolicy::stop_previous;
    book.offline = runbook::OfflinePolicy::wait;
    with_each_kill(book, [](Simulation& simulation) {
        const auto& runs = simulation.store().runs();
        std::map<DeviceUid, std::vector<std::pair<UtcTime, const fakes::StoredRun*>>> jobs;
        for (const auto& [uid, job] : simulation.store().jobs())
            if (job.datto_job)
                jobs[job.created.device].emplace_back(job.created.at, &runs.at(job.created.run));
        for (auto& [device, list] : jobs) {
            std::sort(list.begin(), list.end());
            for (std::size_t i = 1; i < list.size(); ++i)
                CHECK(list[i - 1].second->decided_at.at(device) <= list[i].first);
        }
        std::size_t stopped = 0;
        for (const auto& [uid, run] : runs)
            for (const auto& target : run.targets) {
                if (target.disposition != Disposition::cancelled) continue;
                ++stopped;
                const auto& device = target.row.device;
                CHECK(run.reasons.at(device) == "overlap");
                CHECK(run.status != RunStatus::completed);
                CHECK(std::any_of(runs.begin(), runs.end(), [&](const auto& other) {
                    return other.second.started_at > run.started_at &&
                           other.second.decided_at.contains(device);
                }));
            }
        CHECK(stopped > 0);
    });
}

}  // namespace runbookd::engine
