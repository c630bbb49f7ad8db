#pragma once
// The account's activity log: what happened to jobs, visible only some time afterwards.
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sandbox/job.hpp"

namespace runbookd::sandbox {

enum class ActivityAction : unsigned char { create, deployment };

[[nodiscard]] constexpr std::string_view name_of(ActivityAction action) {
    return action == ActivityAction::create ? "create" : "deployment";
}

struct ActivityEntry {
    std::int64_t id = 0;  ///< from 1, in the order of the happenings
    UtcTime date{};
    SteadyTime visible_from{};
    JobIndex job = 0;
    ActivityAction action = ActivityAction::create;
    JobStatus status = JobStatus::pending;  ///< of the job at that moment
};

enum class Order { ascending, descending };
enum class Step { next, previous };

struct ActivityQuery {
    UtcTime from{};
    UtcTime until{};
    Order order = Order::descending;
    std::size_t size = 100;
    std::optional<std::int64_t> cursor;  ///< id of the entry that the page lies beyond
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
    /// Entries of [from, until] that are visible at `now`, one page of them.
    [[nodiscard]] ActivityPage find(const ActivityQuery& query, SteadyTime now) const;

private:
    std::vector<ActivityEntry> entries_;
};

}  // namespace runbookd::sandbox
