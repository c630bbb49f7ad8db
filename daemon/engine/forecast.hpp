#pragma once
// The coming runs against the account's budget: pure looking ahead over what is in force and what is open.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/books.hpp"
#include "engine/drain.hpp"
#include "engine/fleet.hpp"
#include "engine/line.hpp"
#include "engine/pauses.hpp"
#include "engine/planner.hpp"
#include "engine/sender.hpp"
#include "runbook/lane_view.hpp"

namespace runbookd::engine {

/// A run that is open, or one that a schedule will start.
struct ComingRun {
    std::string runbook;
    std::int64_t revision = 0;
    std::string zone;
    std::string customer;       ///< whose lane it is; empty: of none
    std::optional<RunUid> run;  ///< of an open one
    std::optional<UtcTime> nominal;
    UtcTime starts{};  ///< with its jitter; of an open one: now, or when it is to start
    UtcTime window_end{};
    /// Why the schedule will pass over it: paused, blackout. Empty: it will not.
    std::string suppressed_by;
    /// Creates that an open run still wants; none: its targets are not frozen yet.
    std::optional<std::int64_t> open_creates;
};

class Forecast {
public:
    /// All of it outlives this.
    Forecast(const Planner& planner, const Books& books, const Pauses& pauses, const Fleet& fleet,
             const Line& line, const Sender& sender)
        : planner_(planner), books_(books), pauses_(pauses), fleet_(fleet), line_(line), sender_(sender) {}

    /// Those that are open and those that are due before `until`, by start; at most kMost, the soonest.
    [[nodiscard]] std::vector<ComingRun> coming(UtcTime until, Instant now) const;
    static constexpr std::size_t kMost = 10'000;
    /// What becomes of their creates, which are many for each of `runs`; in that order.
    [[nodiscard]] std::vector<Drained> drain(const std::vector<ComingRun>& runs,
                                             const std::vector<std::int64_t>& creates, Instant now) const;
    /// What the runs that are open still want, but those whose targets are not frozen yet.
    [[nodiscard]] std::vector<Demand> open_demands(Instant now) const;
    [[nodiscard]] CreatePace pace(Instant now) const;
    /// Whose creates they are; the lane is one of the book's (null: none).
    struct Whose {
        RunbookPointer book;
        const runbook::Lane* lane = nullptr;
    };
    /// Held by pauses, and by the blackouts of runbook, account and the lane's customer.
    [[nodiscard]] Demand demand_of(Whose whose, UtcTime starts, UtcTime window_end,
                                   std::int64_t creates) const;

private:
    void add_open(std::vector<ComingRun>& coming, Instant now) const;
    void add_scheduled(std::vector<ComingRun>& coming, const Planner::InForce& runbook,
                       const runbook::LaneView& lane, UtcTime after, UtcTime until) const;
    [[nodiscard]] Whose whose(const ComingRun& run) const;

    const Planner& planner_;
    const Books& books_;
    const Pauses& pauses_;
    const Fleet& fleet_;
    const Line& line_;
    const Sender& sender_;
};

}  // namespace runbookd::engine
