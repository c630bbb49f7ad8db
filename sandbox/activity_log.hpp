#pragma once
// The account's activity log: what happened to jobs, visible only some time afterwards.
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sandbox/job.hpp"

namespace runbookd::sandbox {

enum class ActivityAction : unsigned char { create, deployment };

[[nodiscard]] constexpr std::string_view name_of(ActivityAction action) {
    return action == ActivityAction::create ? "create" : "deployment";
}

/// Where an entry stands in the log: its date, and among equals the order of the happenings. Ascending.
using ActivityPlace = std::pair<UtcTime, std::int64_t>;

struct ActivityEntry {
    std::int64_t id = 0;  ///< from 1, in the order of the happenings
    UtcTime date{};
    SteadyTime visible_from{};
    JobIndex job = 0;
    ActivityAction action = ActivityAction::create;
    JobStatus status = JobStatus::pending;  ///< of the job at that moment

    [[nodiscard]] ActivityPlace place() const { return {date, id}; }
};

enum class Order { ascending, descending };
enum class Step { next, previous };

struct ActivityQuery {
    UtcTime from{};
    UtcTime until{};
    Order order = Order::descending;
    std::size_t size = 100;
    std::optional<ActivityPlace> cursor;  ///< the entry that the page lies beyond; it need not exist any more
    Step step = Step::next;
    std::function<bool(const ActivityEntry&)> matches;  ///< the other conditions
};

struct ActivityPage {
    std::vector<ActivityEntry> entries;
    bool has_previous = false;
    bool has_next = false;
};

class ActivityLog {
public:
    /// `entry.id` is given here.
    void add(ActivityEntry entry);
    /// Entries of [from, until] that are visible at `now`, one page of them. Looks at no more entries than it
    /// takes to fill the page, so that a long log costs nothing.
    [[nodiscard]] ActivityPage find(const ActivityQuery& query, SteadyTime now) const;
    /// Drops what happened before `oldest`.
    void forget_before(UtcTime oldest);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    std::deque<ActivityEntry> entries_;  // by place
    std::int64_t last_id_ = 0;
};

}  // namespace runbookd::sandbox
