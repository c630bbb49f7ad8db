// Runs that people approve, reject or forget about, ahead and late, while the process is killed again and
// again: no job goes out that nobody has approved.
#include <algorithm>
#include <random>
#include <vector>

#include "catch.hpp"
#include "simulation/promises.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Word = engine::RecoveredApproval::Word;

runbook::Runbook approved_every_ten_minutes(const std::string& name, std::optional<Millis> ahead) {
    auto book = every_minute(name, minutes{8});
    book.schedule = schedule::Timeline(
        {schedule::Entry{.rule = *cron::Expression::parse("*/10 * * * *"), .zone = utc()}});
    runbook::Approval approval;
    approval.ahead = ahead;
    book.approval = approval;
    return book;
}

/// Somebody looks at what is asked, and says yes, no, or nothing.
void look_around(fakes::Simulation& simulation, std::mt19937_64& random) {
    std::vector<std::string> asked;
    for (const auto& [uid, approval] : simulation.store().approvals())
        if (approval.word == Word::asked) asked.push_back(uid.str());
    for (const auto& uid : asked) {
        const auto chance = random() % 20;
        if (chance > 4) continue;
        simulation.tell([&](engine::Engine& core, Instant now) {
            const engine::ApprovalOrder order{uid, "", "carol"};
            if (chance == 0)
                core.reject(order, [](const Result<engine::RejectedRun>&) {}, now);
            else
                core.approve(order, [](const Result<engine::ApprovedRun>&) {}, now);
        });
    }
}

/// Every job is of a run that was approved, on a device that was approved with it. How many there are.
std::size_t check_only_approved_ran(fakes::Simulation& simulation) {
    const auto& store = simulation.store();
    for (const auto& [uid, job] : store.jobs()) {
        const auto& run = store.runs().at(job.created.run);
        const auto& asked_ahead = run.planned.approval;
        INFO("run " << job.created.run << ", device " << job.created.device);
        const auto approval =
            store.approvals().find(asked_ahead.empty() ? ApprovalUid{job.created.run.str()} : asked_ahead);
        REQUIRE(approval != store.approvals().end());
        CHECK(approval->second.word == Word::approved);
        const auto& devices = approval->second.request.plan.devices;
        CHECK(std::find(devices.begin(), devices.end(), job.created.device) != devices.end());
    }
    return store.jobs().size();
}

}  // namespace

TEST_CASE("nothing runs that nobody has approved, whatever is killed", "[engine][simulation][approval]") {
    std::size_t jobs = 0, skipped = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        fakes::SimulationPlan plan;
        plan.seed = seed;
        plan.slow_commits = 20;
        plan.runbooks = {approved_every_ten_minutes("sweep", minutes{8}),
                         approved_every_ten_minutes("other", std::nullopt)};
        plan.crashes_until = hours{2};
        std::mt19937_64 kills(seed);
        if (seed > 2) plan.crash_after = [&kills](std::uint64_t) { return kills() % 150 == 0; };
        fakes::Simulation simulation(std::move(plan));
        std::mt19937_64 random(seed);
        for (int i = 0; i < 360; ++i) {
            simulation.run_for(seconds{20});
            look_around(simulation, random);
        }
        simulation.drop_schedules();
        simulation.run_for(hours{3});
        INFO("seed " << seed << ", " << simulation.crashes() << " crashes");
        check_at_most_once(simulation);
        check_nothing_lost(simulation);
        check_inside_the_rules(simulation);
        jobs += check_only_approved_ran(simulation);
        for (const auto& [uid, run] : simulation.store().runs())
            for (const auto& [device, reason] : run.reasons) skipped += reason == "not_approved" ? 1 : 0;
    }
    CHECK(jobs > 100);
    CHECK(skipped > 20);
}

}  // namespace runbookd::simulation
