#include "simulation/people.hpp"

#include <utility>

namespace runbookd::simulation {
namespace {

/// What comes of an order is seen in the record; a refusal is an answer too.
template <class T>
void hear(const Result<T>& /*answer*/) {}

}  // namespace

void People::act(const StartRun& deed) {
    engine::RunOrder order;
    order.runbook = deed.runbook;
    order.actor = "alice";
    for (const auto place : deed.devices)
        if (place < world_.devices.size())
            order.scope.devices.push_back(world_.devices[place].facts.uid.str());
    if (deed.override_rules) order.overrides = {true, true, true, "because"};
    simulation_.tell([&](engine::Engine& core, Instant at) {
        core.start_run(std::move(order), [](const Result<RunUid>& answer) { hear(answer); }, at);
    });
}

void People::act(const StartQuickJob& deed) {
    if (deed.device >= world_.devices.size()) return;
    engine::QuickJobOrder order{world_.devices[deed.device].facts.uid.str(), deed.component, {}, "bob"};
    simulation_.tell([&](engine::Engine& core, Instant at) {
        core.quick_job(
            std::move(order), [](const Result<engine::QuickJobStarted>& answer) { hear(answer); }, at);
    });
}

void People::act(const Pause& deed) {
    simulation_.tell([&](engine::Engine& core, Instant at) {
        const auto scope = core.resolve(deed.scope);
        if (!scope) return;
        core.pause(
            {*scope, at.utc + deed.span, "maintenance", "alice"},
            [](const Result<void>& answer) { hear(answer); }, at);
    });
}

void People::act(const Resume& deed) {
    simulation_.tell([&](engine::Engine& core, Instant at) {
        core.resume(deed.scope, "bob", [](const Result<void>& answer) { hear(answer); }, at);
    });
}

void People::act(const CancelNewest& /*deed*/) {
    const auto& runs = witness_.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (run->second.finished_at) continue;
        const engine::CancelOrder order{run->first, "not today", "carol"};
        return simulation_.tell([&](engine::Engine& core, Instant at) {
            core.cancel(order, [](const Result<engine::CalledOff>& answer) { hear(answer); }, at);
        });
    }
}

void People::act(const ApproveAll& deed) {
    for (const auto& name : in_question())
        simulation_.tell([&](engine::Engine& core, Instant at) {
            const engine::ApprovalOrder order{name, "looks right", deed.actor};
            core.approve(order, [](const Result<engine::ApprovedRun>& answer) { hear(answer); }, at);
        });
}

void People::act(const RejectAll& /*deed*/) {
    for (const auto& name : in_question())
        simulation_.tell([&](engine::Engine& core, Instant at) {
            const engine::ApprovalOrder order{name, "not now", "gina"};
            core.reject(order, [](const Result<engine::RejectedRun>& answer) { hear(answer); }, at);
        });
}

std::vector<std::string> People::in_question() const {
    std::vector<std::string> names;
    for (const auto& [uid, run] : witness_.runs())
        if (!run.finished_at && run.started_at) names.push_back(uid.str());
    for (const auto& [uid, asked] : witness_.asked())
        if (!asked.run && !asked.is_void) names.push_back(uid.str());
    return names;
}

void People::act(const RetargetNewest& deed) {
    using engine::Disposition;
    const auto& runs = witness_.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (!run->second.finished_at || run->second.planned.runbook == engine::kQuickJobRunbook) continue;
        engine::RunOrder order;
        order.runbook = run->second.planned.runbook;
        order.actor = "erin";
        order.cause = run->first;
        order.when = deed.at_next_window ? engine::RunOrder::When::next_window : engine::RunOrder::When::now;
        return simulation_.tell([&](engine::Engine& core, Instant at) {
            const auto open = core.may_still_run(order.runbook);
            for (const auto& [device, decided] : run->second.decided)
                if ((decided.disposition == Disposition::failed ||
                     decided.disposition == Disposition::expired ||
                     decided.disposition == Disposition::halted) &&
                    !open.contains(device))
                    order.scope.devices.push_back(device.str());
            if (order.scope.devices.empty()) return;
            core.start_run(std::move(order), [](const Result<RunUid>& answer) { hear(answer); }, at);
        });
    }
}

void People::act(const SettleUnknown& deed) {
    for (const auto& job : witness_.unknown_jobs()) {
        engine::SettleOrder order;
        order.job = job.job;
        order.run = job.run;
        order.device = job.device;
        order.runbook = witness_.runs().at(job.run).planned.runbook;
        order.variables = witness_.runs().at(job.run).planned.scope.variables;
        order.word = static_cast<engine::SettleOrder::Word>(deed.word);
        order.reason = "looked at it";
        order.actor = "frank";
        simulation_.tell([&](engine::Engine& core, Instant at) {
            core.settle(
                std::move(order), [](const Result<std::optional<RunUid>>& answer) { hear(answer); }, at);
        });
    }
}

}  // namespace runbookd::simulation
