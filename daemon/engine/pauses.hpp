#pragma once
// Bounded pauses: of a runbook, a customer, a device, a component, or of everything. Each ends by itself;
// what they hold back is not decided here. Where several accounts are served, each account's engine has all
// pauses, and one of them keeps a pause in the record.
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/alarm.hpp"
#include "engine/outbox.hpp"
#include "engine/pause_scope.hpp"
#include "engine/recovered.hpp"

namespace runbookd::engine {

struct Pause {
    PauseScope scope;
    UtcTime since{}, until{};
    std::string reason;
    std::string actor;
    /// False: it was taken over from the engine that records it, and ends here without a word.
    bool is_recorded = true;
};

/// "runbook 'sweep' is paused until 2026-…Z by alice (freeze); `runbookctl resume sweep` ends it"
[[nodiscard]] Error refusal(const Pause& pause);

class Pauses {
public:
    /// `on_ended` is told of every end, after it has been written.
    Pauses(AlarmClock& clock, Outbox& outbox, std::function<void(Instant now)> on_ended);

    /// Takes over what a start found; those that are over by now end at the next step.
    void restore(const std::vector<RecoveredPause>& pauses, Instant now);
    /// Replaces one of the same scope.
    void set(Pause pause, Instant now);
    /// False: nothing of that scope is paused.
    [[nodiscard]] bool end(const PauseScope& scope, const std::string& actor, Instant now);
    /// Another account's engine, which keeps the pauses of this scope in the record, has this one in force
    /// (nullopt: none): so it is here from now on.
    void follow(const PauseScope& scope, std::optional<Pause> pause, Instant now);

    /// The pause that holds for the runbook at `at`: the one that lasts longest. Also one that was ended or
    /// replaced since, as long as no later one of its scope has been.
    [[nodiscard]] const Pause* find(const std::string& runbook, UtcTime at) const;
    /// The one that holds for all.
    [[nodiscard]] const Pause* find_all(UtcTime at) const { return holding({}, at); }
    /// The one that holds for the device: its own, or that of its customer (empty: it has none).
    [[nodiscard]] const Pause* find_device(const DeviceUid& device, const std::string& customer,
                                           UtcTime at) const;
    [[nodiscard]] const Pause* find_component(const ComponentUid& component, UtcTime at) const;
    /// The pause of exactly that scope that is in force; null: none.
    [[nodiscard]] const Pause* of(const PauseScope& scope) const;
    /// The clock was set: a pause that is in force holds from now on also where it had begun later, and is
    /// recorded again as beginning now.
    void follow_clock(Instant now);
    /// In force now: of all first, then by kind and name.
    [[nodiscard]] std::vector<Pause> list() const;

private:
    struct Scope {
        Scope(AlarmClock& clock, Alarm::Ring ring) : ends(clock, std::move(ring)) {}
        std::optional<Pause> pause;
        std::optional<Pause> former;  ///< until when it held; instants of that time may still be judged
        Alarm ends;
    };
    [[nodiscard]] Scope& scope_of(const PauseScope& scope);
    void put(Scope& scope, Pause pause, Instant now);
    void ring(const PauseScope& scope, Instant now);
    void close(Scope& scope, const std::string& actor, Instant now);
    [[nodiscard]] const Pause* holding(const PauseScope& scope, UtcTime at) const;
    /// Whether there is, or was, a pause of that kind: what nobody uses costs nothing.
    [[nodiscard]] bool has(PauseKind kind) const { return kinds_[static_cast<std::size_t>(kind)]; }

    AlarmClock& clock_;
    Outbox& outbox_;
    std::function<void(Instant)> on_ended_;
    std::map<PauseScope, Scope> scopes_;
    std::array<bool, 5> kinds_{};
};

}  // namespace runbookd::engine
