#include "engine/pauses.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::engine {
namespace {

bool holds(const std::optional<Pause>& pause, UtcTime at) {
    return pause && pause->since <= at && at < pause->until;
}

const Pause* longer(const Pause* one, const Pause* other) {
    if (one == nullptr || other == nullptr) return one == nullptr ? other : one;
    return other->until > one->until ? other : one;
}

}  // namespace

Error refusal(const Pause& pause) {
    return {ErrorCode::refused_by_rule,
            pause.scope.words() + " is paused until " + format_utc(pause.until) + " by " + pause.actor +
                " (" + pause.reason + "); `runbookctl resume " + pause.scope.option() + "` ends the pause"};
}

Pauses::Pauses(AlarmClock& clock, Outbox& outbox, std::function<void(Instant)> on_ended)
    : clock_(clock), outbox_(outbox), on_ended_(std::move(on_ended)) {}

Pauses::Scope& Pauses::scope_of(const PauseScope& scope) {
    kinds_[static_cast<std::size_t>(scope.kind)] = true;
    return scopes_.try_emplace(scope, clock_, [this, scope](Instant at) { ring(scope, at); }).first->second;
}

void Pauses::restore(const std::vector<RecoveredPause>& pauses, Instant now) {
    for (const auto& stored : pauses) {
        auto& scope = scope_of(stored.scope);
        scope.pause =
            Pause{stored.scope, stored.since, stored.until, stored.reason, stored.actor, stored.is_recorded};
        scope.ends.set(stored.until, now);
    }
}

void Pauses::put(Scope& scope, Pause pause, Instant now) {
    if (scope.pause) {
        scope.former = std::move(scope.pause);
        scope.former->until = std::min(scope.former->until, now.utc);
    }
    scope.ends.set(pause.until, now);
    scope.pause = std::move(pause);
}

void Pauses::set(Pause pause, Instant now) {
    outbox_.write(PauseSet{pause.scope, pause.until, pause.reason, pause.actor, now.utc});
    auto& scope = scope_of(pause.scope);
    put(scope, std::move(pause), now);
}

void Pauses::follow(const PauseScope& whose, std::optional<Pause> pause, Instant now) {
    auto& scope = scope_of(whose);
    // Whoever had recorded one has been relieved of it: the record knows one pause of a scope.
    if (scope.pause) scope.pause->is_recorded = false;
    if (pause) {
        pause->is_recorded = false;
        put(scope, std::move(*pause), now);
    } else if (scope.pause) {
        close(scope, "", now);
    }
}

bool Pauses::end(const PauseScope& scope, const std::string& actor, Instant now) {
    const auto found = scopes_.find(scope);
    if (found == scopes_.end() || !found->second.pause) return false;
    close(found->second, actor, now);
    return true;
}

void Pauses::ring(const PauseScope& whose, Instant now) {
    if (auto& scope = scopes_.at(whose); scope.pause) close(scope, "", now);
}

void Pauses::close(Scope& scope, const std::string& actor, Instant now) {
    scope.ends.clear();
    scope.former = std::exchange(scope.pause, std::nullopt);
    scope.former->until = std::min(scope.former->until, now.utc);
    if (scope.former->is_recorded) outbox_.write(PauseEnded{scope.former->scope, actor, now.utc});
    on_ended_(now);
}

const Pause* Pauses::of(const PauseScope& scope) const {
    const auto found = scopes_.find(scope);
    return found == scopes_.end() || !found->second.pause ? nullptr : &*found->second.pause;
}

const Pause* Pauses::holding(const PauseScope& whose, UtcTime at) const {
    const auto found = scopes_.find(whose);
    if (found == scopes_.end()) return nullptr;
    const auto& scope = found->second;
    if (holds(scope.pause, at)) return &*scope.pause;
    return holds(scope.former, at) ? &*scope.former : nullptr;
}

const Pause* Pauses::find(const std::string& runbook, UtcTime at) const {
    if (scopes_.empty()) return nullptr;
    return longer(find_all(at),
                  has(PauseKind::runbook) ? holding({PauseKind::runbook, runbook}, at) : nullptr);
}

const Pause* Pauses::find_device(const DeviceUid& device, const std::string& customer, UtcTime at) const {
    return longer(has(PauseKind::device) ? holding({PauseKind::device, device.str()}, at) : nullptr,
                  has(PauseKind::customer) && !customer.empty() ? holding({PauseKind::customer, customer}, at)
                                                                : nullptr);
}

const Pause* Pauses::find_component(const ComponentUid& component, UtcTime at) const {
    return has(PauseKind::component) ? holding({PauseKind::component, component.str()}, at) : nullptr;
}

void Pauses::follow_clock(Instant now) {
    for (auto& [name, scope] : scopes_) {
        auto& pause = scope.pause;
        if (!pause || pause->since <= now.utc) continue;
        pause->since = now.utc;
        if (!pause->is_recorded) continue;
        outbox_.write(PauseSet{pause->scope, pause->until, pause->reason, pause->actor, now.utc});
    }
}

std::vector<Pause> Pauses::list() const {
    std::vector<Pause> all;
    for (const auto& [name, scope] : scopes_)
        if (scope.pause) all.push_back(*scope.pause);
    return all;
}

}  // namespace runbookd::engine
