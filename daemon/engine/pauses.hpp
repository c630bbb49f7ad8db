#pragma once
// Bounded pauses: of one runbook, or of everything. Each ends by itself; what they hold back is not decided
// here.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/alarm.hpp"
#include "engine/outbox.hpp"
#include "engine/records.hpp"

namespace runbookd::engine {

/// The scope of a pause that holds for every runbook, and for quick jobs.
inline constexpr const char* kAllRunbooks = "";

struct Pause {
    std::string runbook;  ///< kAllRunbooks: all
    UtcTime since{}, until{};
    std::string reason;
    std::string actor;
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
    [[nodiscard]] bool end(const std::string& runbook, const std::string& actor, Instant now);

    /// The pause that holds for the runbook at `at`: the one that lasts longest. Also one that was ended or
    /// replaced since, as long as no later one of its scope has been.
    [[nodiscard]] const Pause* find(const std::string& runbook, UtcTime at) const;
    [[nodiscard]] const Pause* find_all(UtcTime at) const { return find(kAllRunbooks, at); }
    /// The clock was set: a pause that is in force holds from now on also where it had begun later, and is
    /// recorded again as beginning now.
    void follow_clock(Instant now);
    /// In force now: of all first, then by name.
    [[nodiscard]] std::vector<Pause> list() const;

private:
    struct Scope {
        Scope(AlarmClock& clock, Alarm::Ring ring) : ends(clock, std::move(ring)) {}
        std::optional<Pause> pause;
        std::optional<Pause> former;  ///< until when it held; instants of that time may still be judged
        Alarm ends;
    };
    void ring(const std::string& runbook, Instant now);
    void close(Scope& scope, const std::string& actor, Instant now);
    [[nodiscard]] const Pause* of_scope(const std::string& runbook, UtcTime at) const;

    AlarmClock& clock_;
    Outbox& outbox_;
    std::function<void(Instant)> on_ended_;
    std::map<std::string, Scope> scopes_;
};

}  // namespace runbookd::engine
