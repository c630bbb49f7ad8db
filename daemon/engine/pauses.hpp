#pragma once
// Bounded pauses: of one runbook, or of everything. Each ends by itself; what they hold back is not decided
// here. Where several accounts are served, each account's engine has all pauses, and one of them keeps a
// pause in the record.
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
    [[nodiscard]] bool end(const std::string& runbook, const std::string& actor, Instant now);
    /// Another account's engine, which keeps the pauses of this scope in the record, has this one in force
    /// (nullopt: none): so it is here from now on.
    void follow(const std::string& runbook, std::optional<Pause> pause, Instant now);

    /// The pause that holds for the runbook at `at`: the one that lasts longest. Also one that was ended or
    /// replaced since, as long as no later one of its scope has been.
    [[nodiscard]] const Pause* find(const std::string& runbook, UtcTime at) const;
    [[nodiscard]] const Pause* find_all(UtcTime at) const { return find(kAllRunbooks, at); }
    /// The pause of exactly that scope that is in force; null: none.
    [[nodiscard]] const Pause* of(const std::string& runbook) const;
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
    [[nodiscard]] Scope& scope_of(const std::string& runbook);
    void put(Scope& scope, Pause pause, Instant now);
    void ring(const std::string& runbook, Instant now);
    void close(Scope& scope, const std::string& actor, Instant now);
    [[nodiscard]] const Pause* of_scope(const std::string& runbook, UtcTime at) const;

    AlarmClock& clock_;
    Outbox& outbox_;
    std::function<void(Instant)> on_ended_;
    std::map<std::string, Scope> scopes_;
};

}  // namespace runbookd::engine
