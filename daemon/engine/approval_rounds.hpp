#pragma once
// Asks for approval ahead: so long before the next instant of a schedule as its runbook says, its plan is
// made and put before people. Where instants come more often than that, one is asked for as soon as the one
// before has come. What was asked and is of no use any more is void.
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/ulid.hpp"
#include "engine/alarm.hpp"
#include "engine/approvals.hpp"
#include "engine/planner.hpp"
#include "engine/starter.hpp"

namespace runbookd::engine {

class ApprovalRounds {
public:
    /// All of it outlives this. `account` is written down with each request.
    ApprovalRounds(std::string account, AlarmClock& clock, Books& books, Outbox& outbox, UlidSource& ulids,
                   const Planner& planner, Starter& starter, Approvals& approvals);

    /// The runbooks in force are others, or the wall clock was set.
    void look_again() { is_due_ = true; }
    /// Makes the plans whose time has come, as soon as what they need is read. To be called only while the
    /// wall clock is believed.
    void pump(Instant now);

private:
    /// One timeline of a runbook, as records name it.
    struct Lane {
        const Planner::InForce& runbook;
        const Planner::Track& track;
        const runbook::Lane* lane;  // null: the plain one
        [[nodiscard]] std::string zone() const;
        [[nodiscard]] std::string customer() const;
        /// The key of what is noted of it.
        [[nodiscard]] std::string key() const;
    };
    struct Preparing {
        Preparing(AlarmClock& clock, const std::function<void(Run&, Instant)>& ignores)
            : run(clock, ignores) {}
        std::string key;
        UtcTime nominal{};
        Run run;  // nobody's but ours
    };
    /// No plan can be made for that instant, and when another try is due.
    struct Unplannable {
        UtcTime nominal{};
        UtcTime again{};
    };

    void review(Instant now);
    void review(const Lane& lane, Instant now);
    void drop_useless(Instant now);
    /// Empty: it may still be needed.
    [[nodiscard]] std::string why_void(const ApprovalRequested& request) const;
    void prepare(const Lane& lane, UtcTime nominal, Instant now);
    /// Whether there is nothing more to be done about it.
    [[nodiscard]] bool try_to_ask(Preparing& preparing, Instant now);
    [[nodiscard]] bool is_still_next(const Preparing& preparing) const;
    void give_up_for_now(const Preparing& preparing, const std::string& problem, Instant now);
    void wake_at(UtcTime at);
    /// Calls with each timeline of a runbook that wants to be asked for ahead.
    static void for_each_lane(const Planner::InForce& runbook, const std::function<void(const Lane&)>& what);

    std::string account_;
    AlarmClock& clock_;
    Books& books_;
    Outbox& outbox_;
    UlidSource& ulids_;
    const Planner& planner_;
    Starter& starter_;
    Approvals& approvals_;
    std::function<void(Run&, Instant)> ignores_;
    std::list<Preparing> preparing_;
    std::map<std::string, Unplannable> unplannable_;  // by lane
    Alarm next_;
    std::optional<UtcTime> wakes_at_;
    bool is_due_ = true;
};

}  // namespace runbookd::engine
