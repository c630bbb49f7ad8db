#include "sandbox/activity_log.hpp"

#include <algorithm>

namespace runbookd::sandbox {

void ActivityLog::add(ActivityEntry entry) {
    entry.id = static_cast<std::int64_t>(entries_.size()) + 1;
    entries_.push_back(entry);
}

ActivityPage ActivityLog::find(const ActivityQuery& query, SteadyTime now) const {
    std::vector<ActivityEntry> found;
    for (const auto& entry : entries_) {
        if (entry.date < query.from || entry.date > query.until || entry.visible_from > now) continue;
        if (!query.matches || query.matches(entry)) found.push_back(entry);
    }
    if (query.order == Order::descending) std::reverse(found.begin(), found.end());

    auto begin = found.begin();
    auto end = found.end();
    if (query.cursor) {
        const auto comes_before = [&](const ActivityEntry& entry) {
            return query.order == Order::ascending ? entry.id < *query.cursor : entry.id > *query.cursor;
        };
        const auto at = std::partition_point(found.begin(), found.end(), comes_before);
        if (query.step == Step::previous) {
            end = at;
            begin = end - std::min<std::ptrdiff_t>(end - begin, static_cast<std::ptrdiff_t>(query.size));
        } else {
            begin = at != end && at->id == *query.cursor ? at + 1 : at;
        }
    }
    end = begin + std::min<std::ptrdiff_t>(end - begin, static_cast<std::ptrdiff_t>(query.size));
    return {std::vector<ActivityEntry>(begin, end), begin != found.begin(), end != found.end()};
}

}  // namespace runbookd::sandbox
