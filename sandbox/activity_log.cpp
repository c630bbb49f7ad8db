#include "sandbox/activity_log.hpp"

#include <algorithm>
#include <limits>

namespace runbookd::sandbox {
namespace {

constexpr auto kFirstId = std::numeric_limits<std::int64_t>::min();
constexpr auto kLastId = std::numeric_limits<std::int64_t>::max();

bool lies_before(const ActivityEntry& entry, const ActivityPlace& place) { return entry.place() < place; }
bool lies_after(const ActivityPlace& place, const ActivityEntry& entry) { return place < entry.place(); }

/// Up to `most` entries that pass, from `begin` on.
template <class Iterator, class Test>
std::vector<ActivityEntry> first_of(Iterator begin, Iterator end, std::size_t most, const Test& passes) {
    std::vector<ActivityEntry> found;
    for (; begin != end && found.size() < most; ++begin)
        if (passes(*begin)) found.push_back(*begin);
    return found;
}

}  // namespace

void ActivityLog::add(ActivityEntry entry) {
    entry.id = ++last_id_;
    // Nearly always at the end: only a wall clock that was set back makes it earlier.
    const auto at = std::upper_bound(entries_.begin(), entries_.end(), entry.place(), lies_after);
    entries_.insert(at, entry);
}

ActivityPage ActivityLog::find(const ActivityQuery& query, SteadyTime now) const {
    auto begin =
        std::lower_bound(entries_.begin(), entries_.end(), ActivityPlace{query.from, kFirstId}, lies_before);
    auto end = std::upper_bound(begin, entries_.end(), ActivityPlace{query.until, kLastId}, lies_after);
    // Towards later entries: the next page of an ascending list, the one before of a descending list.
    const bool towards_later = (query.order == Order::ascending) == (query.step == Step::next);
    if (query.cursor) {
        if (towards_later)
            begin = std::upper_bound(begin, end, *query.cursor, lies_after);
        else
            end = std::lower_bound(begin, end, *query.cursor, lies_before);
    }
    const auto passes = [&](const ActivityEntry& entry) {
        return entry.visible_from <= now && (!query.matches || query.matches(entry));
    };
    // One more than the page holds tells whether there are others.
    ActivityPage page;
    page.entries = towards_later ? first_of(begin, end, query.size + 1, passes)
                                 : first_of(std::make_reverse_iterator(end),
                                            std::make_reverse_iterator(begin), query.size + 1, passes);
    const bool more = page.entries.size() > query.size;
    if (more) page.entries.pop_back();
    const bool came_from_somewhere = query.cursor.has_value();
    page.has_next = query.step == Step::next ? more : came_from_somewhere;
    page.has_previous = query.step == Step::next ? came_from_somewhere : more;
    if (query.step == Step::previous) std::reverse(page.entries.begin(), page.entries.end());
    return page;
}

void ActivityLog::forget_before(UtcTime oldest) {
    while (!entries_.empty() && entries_.front().date < oldest) entries_.pop_front();
}

}  // namespace runbookd::sandbox
