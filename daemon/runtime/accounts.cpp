#include "runtime/accounts.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace runbookd::runtime {

void Accounts::add(ServedAccount account) {
    const auto& added = all_.emplace_back(std::move(account));
    added.control.on_pause_changed(
        [this, &added](const engine::PauseScope& scope) { spread_pause(added, scope); });
    added.loop.tell([&](engine::Engine& core, Instant) {
        core.look_elsewhere(
            [this, &added](const std::string& runbook, const engine::Author& author, Instant now) {
                return take_from_others(added, runbook, author, now);
            });
    });
}

const ServedAccount* Accounts::find(const std::string& name) const {
    const auto found = std::find_if(all_.begin(), all_.end(),
                                    [&](const ServedAccount& account) { return account.name == name; });
    return found == all_.end() ? nullptr : &*found;
}

Result<const ServedAccount*> Accounts::serving(const std::string& runbook) const {
    if (is_only_one()) return &first();
    std::vector<std::string> names;
    for (const auto& account : all_) {
        if (account.engine().planner().find(runbook) != nullptr) return &account;
        for (const auto& [name, in_force] : account.engine().planner().in_force()) names.push_back(name);
    }
    return tl::unexpected<Error>(engine::unknown_runbook(runbook, names));
}

Result<const ServedAccount*> Accounts::working(const std::string& runbook) const {
    auto account = serving(runbook);
    if (account && (*account)->is_absent())
        return fail(ErrorCode::unavailable, "runbook '" + runbook + "' is of account '" + (*account)->name +
                                                "', which is not in the configuration any more");
    return account;
}

Result<Accounts::Pausable> Accounts::pausable(const engine::PauseScope& asked) const {
    if (asked.kind == engine::PauseKind::runbook)
        return serving(asked.name).map([&](const ServedAccount* account) {
            return Pausable{account, asked};
        });
    std::optional<Pausable> found;
    std::optional<Error> refusal;
    for (const auto& account : all_) {
        auto scope = account.engine().resolve(asked);
        if (!scope) {
            if (!refusal || scope.error().code == ErrorCode::conflict) refusal = std::move(scope.error());
            continue;
        }
        if (found && found->scope != *scope && asked.kind == engine::PauseKind::device)
            return fail(ErrorCode::conflict, "several accounts have a device '" + asked.name +
                                                 "': " + found->scope.name + " of account '" +
                                                 found->account->name + "' and " + scope->name +
                                                 " of account '" + account.name + "'; give its uid");
        if (!found) found = Pausable{&account, std::move(*scope)};
    }
    if (!found) return tl::unexpected<Error>(std::move(*refusal));
    return std::move(*found);
}

const ServedAccount* Accounts::pausing(const engine::PauseScope& scope) const {
    for (const auto& account : all_)
        if (const auto* const pause = account.engine().pauses().of(scope);
            pause != nullptr && pause->is_recorded)
            return &account;
    return nullptr;
}

bool Accounts::is_clock_doubted() const {
    return std::any_of(all_.begin(), all_.end(),
                       [](const ServedAccount& account) { return account.engine().clock().is_doubted(); });
}

void Accounts::tell_all(
    Instant now, const std::function<void(const ServedAccount&, engine::Engine&, Instant)>& what) const {
    for (const auto& account : all_)
        account.loop.tell([&](engine::Engine& core, Instant) { what(account, core, now); });
}

std::optional<engine::Planner::Retired> Accounts::take_from_others(const ServedAccount& to,
                                                                   const std::string& runbook,
                                                                   const engine::Author& author,
                                                                   Instant now) const {
    std::optional<engine::Planner::Retired> taken;
    for (const auto& account : all_) {
        if (&account == &to || !account.engine().planner().knows(runbook)) continue;
        // Its end is written before the beginning, which `to` is about to write.
        account.loop.tell(
            [&](engine::Engine& core, Instant) { taken = core.release_runbook(runbook, author.actor, now); });
        if (taken) break;
    }
    return taken;
}

void Accounts::spread_pause(const ServedAccount& from, const engine::PauseScope& scope) const {
    const auto* const pause = from.engine().pauses().of(scope);
    if (pause != nullptr && !pause->is_recorded) return;  // it was refused, and all is as it was
    const auto now_there = pause == nullptr ? std::nullopt : std::optional(*pause);
    for (const auto& account : all_)
        if (&account != &from)
            account.loop.tell(
                [&](engine::Engine& core, Instant now) { core.follow_pause(scope, now_there, now); });
}

}  // namespace runbookd::runtime
