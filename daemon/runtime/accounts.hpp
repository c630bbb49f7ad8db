#pragma once
// The accounts that one daemon serves. Each has an engine and a loop of its own, and they share nothing but
// time and the store; what people ask is sent here to the one that it is about.
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "runtime/control_service.hpp"
#include "runtime/dispatch_loop.hpp"
#include "runtime/planning_service.hpp"

namespace runbookd::runtime {

/// One account, as whoever serves several of them sees it. Borrows its parts.
struct ServedAccount {
    std::string name;
    DispatchLoop& loop;
    ControlService& control;
    PlanningService& planning;
    /// Not empty: the account is in the record and no longer in the settings, and what that means for it, for
    /// a person. Its engine judges what its schedules miss, and creates nothing.
    std::string absence = {};

    [[nodiscard]] const engine::Engine& engine() const { return loop.engine(); }
    [[nodiscard]] bool is_absent() const { return !absence.empty(); }
};

class Accounts {
public:
    /// In the order of the settings, absent ones last. All are added before anything is asked; its parts
    /// outlive this. From then on pauses and runbooks find their way between the accounts.
    void add(ServedAccount account);

    [[nodiscard]] const std::deque<ServedAccount>& all() const { return all_; }
    [[nodiscard]] const ServedAccount& first() const { return all_.front(); }
    [[nodiscard]] bool is_only_one() const { return all_.size() == 1; }
    /// Null: it is not served.
    [[nodiscard]] const ServedAccount* find(const std::string& name) const;
    /// The one in which the runbook is in force. Errors: not_found, with the nearest name of all accounts.
    /// Where there is only one account, that one, which knows best what to say.
    [[nodiscard]] Result<const ServedAccount*> serving(const std::string& runbook) const;
    /// The same for what the account would have to do. Errors: as above; unavailable (it is absent).
    [[nodiscard]] Result<const ServedAccount*> working(const std::string& runbook) const;
    /// The one that knows what is to be paused, and what it is there (see Engine::resolve). Errors: as
    /// there; also conflict (several have a device of that hostname).
    struct Pausable {
        const ServedAccount* account = nullptr;
        engine::PauseScope scope;
    };
    [[nodiscard]] Result<Pausable> pausable(const engine::PauseScope& asked) const;
    /// Whose engine keeps the pause of that scope in the record; null: nothing of it is paused.
    [[nodiscard]] const ServedAccount* pausing(const engine::PauseScope& scope) const;
    /// Whether one of the engines doubts the wall clock.
    [[nodiscard]] bool is_clock_doubted() const;

    /// Tells each engine in turn, all of the same instant.
    void tell_all(Instant now,
                  const std::function<void(const ServedAccount&, engine::Engine&, Instant)>& what) const;

private:
    /// From all other accounts: what they know of a runbook that has come to `to`.
    [[nodiscard]] std::optional<engine::Planner::Retired> take_from_others(const ServedAccount& to,
                                                                           const std::string& runbook,
                                                                           const engine::Author& author,
                                                                           Instant now) const;
    /// What has become of a pause in one account becomes of it in all.
    void spread_pause(const ServedAccount& from, const engine::PauseScope& scope) const;

    std::deque<ServedAccount> all_;  // which stay where they are
};

}  // namespace runbookd::runtime
