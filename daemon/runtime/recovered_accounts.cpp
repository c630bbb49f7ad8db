#include "runtime/recovered_accounts.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::runtime {
namespace {

class Division {
public:
    Division(engine::RecoveredState all, const std::vector<std::string>& configured)
        : all_(std::move(all)), first_(configured.front()), configured_(configured) {
        for (const auto& name : configured_) place_of(name);
    }

    std::map<std::string, RecoveredAccount> take() {
        divide_runbooks();
        divide_runs();
        divide_jobs();
        divide_pauses();
        divide_fleet();
        divide_triggers();
        divide_approvals();
        for (auto& [name, account] : accounts_)
            account.state.last_targets = of_account(all_.last_targets, name);
        return std::move(accounts_);
    }

private:
    [[nodiscard]] bool is_configured(const std::string& account) const {
        return std::find(configured_.begin(), configured_.end(), account) != configured_.end();
    }

    RecoveredAccount& place_of(const std::string& account) {
        const auto [place, is_new] = accounts_.try_emplace(account);
        if (is_new) {
            auto& state = place->second.state;
            state.zone_digests = all_.zone_digests;
            state.newest = all_.newest;
            state.clock_was_synchronised = all_.clock_was_synchronised;
            state.durations = all_.durations;  // of components, which differ in their uids
            state.restore = all_.restore;
            if (const auto own = all_.restores.find(account); own != all_.restores.end())
                state.restore = own->second;
        }
        return place->second;
    }

    void divide_runbooks() {
        for (auto& runbook : all_.runbooks) {
            newest_[runbook.runbook] = {runbook.revision, {runbook.yaml, runbook.resolved}};
            const auto& owner = runbook.retired || runbook.account.empty() ? first_ : runbook.account;
            owners_[runbook.runbook] = owner;
            place_of(owner).state.runbooks.push_back(std::move(runbook));
        }
    }

    /// The text that a run of the account was planned by, which may be another account's newest by now.
    void bring_revision(const std::string& runbook, std::optional<std::int64_t> revision,
                        const std::string& account, engine::RecoveredState& state) const {
        if (!revision) return;
        const auto newest = newest_.find(runbook);
        if (newest != newest_.end() && newest->second.first == *revision) {
            if (owners_.at(runbook) != account)
                state.older_revisions[runbook][*revision] = newest->second.second;
            return;
        }
        const auto of_name = all_.older_revisions.find(runbook);
        if (of_name == all_.older_revisions.end()) return;
        if (const auto older = of_name->second.find(*revision); older != of_name->second.end())
            state.older_revisions[runbook][*revision] = older->second;
    }

    void divide_runs() {
        for (auto& run : all_.runs) {
            auto& account = place_of(run.planned.account);
            // One that has not begun is missed in its time, wherever it was to be.
            if (!is_configured(run.planned.account) && run.started_at) {
                ++account.runs_left;
                continue;
            }
            const auto& plan = run.planned;
            bring_revision(plan.runbook, plan.revision, plan.account, account.state);
            account.state.runs.push_back(std::move(run));
        }
    }

    void divide_jobs() {
        for (auto& job : all_.jobs) {
            const auto owner = job.account;
            auto& account = place_of(owner);
            if (!is_configured(owner)) {
                ++account.jobs_left;
                continue;
            }
            bring_revision(job.runbook, job.revision, owner, account.state);
            account.state.jobs.push_back(std::move(job));
        }
        for (auto& lost : all_.lost)
            if (is_configured(lost.account)) {
                auto& state = place_of(lost.account).state;
                bring_revision(lost.runbook, lost.revision, lost.account, state);
                state.lost.push_back(std::move(lost));
            }
        for (const auto& [account, creates] : all_.creates_of)
            if (is_configured(account)) place_of(account).state.recent_creates = creates;
    }

    void divide_pauses() {
        for (const auto& pause : all_.pauses) {
            const auto owner = owners_.find(pause.scope.text());
            const auto& recorder = owner == owners_.end() ? first_ : owner->second;
            for (auto& [name, account] : accounts_) {
                account.state.pauses.push_back(pause);
                account.state.pauses.back().is_recorded = name == recorder;
            }
        }
    }

    void divide_fleet() {
        for (auto& device : all_.devices)
            if (const auto account = accounts_.find(device.account); account != accounts_.end())
                account->second.state.devices.push_back(std::move(device));
        for (auto& site : all_.sites)
            if (const auto account = accounts_.find(site.account); account != accounts_.end())
                account->second.state.sites.push_back(std::move(site));
        for (const auto& name : all_.known_fleets)
            if (const auto account = accounts_.find(name); account != accounts_.end())
                account->second.state.knows_fleet = true;
    }

    void divide_approvals() {
        for (auto& approval : all_.approvals)
            if (is_configured(approval.request.account)) {
                auto& state = place_of(approval.request.account).state;
                state.approvals.push_back(std::move(approval));
            }
    }

    void divide_triggers() {
        const auto give = [&](auto& items, auto of_state) {
            for (auto& item : items)
                if (const auto account = accounts_.find(item.account); account != accounts_.end())
                    (account->second.state.*of_state).push_back(std::move(item));
        };
        give(all_.triggered, &engine::RecoveredState::triggered);
        give(all_.past_dispositions, &engine::RecoveredState::past_dispositions);
        for (auto& past : all_.past_revisions)
            if (const auto owner = owners_.find(past.runbook); owner != owners_.end())
                place_of(owner->second).state.past_revisions.push_back(std::move(past));
    }

    using Newest = std::pair<std::int64_t, engine::RecordedText>;

    engine::RecoveredState all_;
    const std::string& first_;
    const std::vector<std::string>& configured_;
    std::map<std::string, RecoveredAccount> accounts_;
    std::map<std::string, std::string> owners_;  // of runbooks
    std::map<std::string, Newest> newest_;       // revisions, by runbook
};

}  // namespace

std::map<std::string, RecoveredAccount> divide(engine::RecoveredState all,
                                               const std::vector<std::string>& configured) {
    return Division(std::move(all), configured).take();
}

std::vector<engine::LastTargets> of_account(const std::vector<engine::LastTargets>& lanes,
                                            const std::string& account) {
    std::vector<engine::LastTargets> own;
    std::copy_if(lanes.begin(), lanes.end(), std::back_inserter(own),
                 [&](const engine::LastTargets& lane) { return lane.account == account; });
    return own;
}

}  // namespace runbookd::runtime
