#include "schedule/blackouts.hpp"

#include <algorithm>

#include "cron/once.hpp"

namespace runbookd::schedule {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;

/// Midnight as the zone's clock shows it: the first time, and again where a change of offset repeats it; the
/// first instant after it where one leaves it out.
cron::Once midnight_of(local_days day) {
    cron::Options options;
    options.gap = cron::GapRule::shift;
    options.repeat = cron::RepeatRule::both;
    return cron::Once(local_seconds{day}, options);
}

/// The first instant of a local day.
UtcTime begin_of(local_days day, const cron::Zone& zone) {
    return midnight_of(day).next_after(UtcTime::min(), zone).value_or(UtcTime::max());
}

/// The first instant that is past that local day for good, also where the clock goes back over midnight.
UtcTime end_of_day(local_days day, const cron::Zone& zone) {
    const auto midnight = midnight_of(day + days{1});
    const auto first = midnight.next_after(UtcTime::min(), zone).value_or(UtcTime::max());
    return midnight.next_after(first, zone).value_or(first);
}

/// The last instant of the expression in (at - span, at]. A search by halves: as many looks as the span has
/// bits, whether its instants are a year or a second apart.
std::optional<UtcTime> last_in(const Recurring& item, UtcTime at, const cron::Zone& zone) {
    const auto found_after = [&](UtcTime after) {
        const auto next = item.cron.next_after(after, zone);
        return next && *next <= at ? next : std::nullopt;
    };
    // Neighbours often touch: one ends at the very instant at which the next begins.
    if (const auto touching = found_after(at - Millis{1})) return touching;
    auto last = found_after(at - item.span);
    auto none_after = at;
    while (last && none_after - *last >= std::chrono::seconds{1}) {  // no two are closer
        const auto middle = *last + (none_after - *last) / 2;
        if (const auto later = found_after(middle))
            last = later;
        else
            none_after = middle;
    }
    return last;
}

}  // namespace

Blackouts::Blackouts(std::vector<Blackout> items) {
    if (items.empty()) return;
    Known known{std::move(items), {}};
    known.stretches.reserve(known.items.size());
    for (const auto& item : known.items) {
        const auto* dates = std::get_if<Dates>(&item.when);
        known.stretches.push_back(
            dates ? Stretch{begin_of(dates->from, *item.zone), end_of_day(dates->to, *item.zone)}
                  : Stretch{});
    }
    known_ = std::move(known);
}

const std::vector<Blackout>& Blackouts::items() const {
    static const std::vector<Blackout> none;
    return known_ ? known_->items : none;
}

/// Where the hold of one item that holds at `at` ends; nullopt: it does not hold.
std::optional<UtcTime> Blackouts::end_of(std::size_t item, UtcTime at) const {
    const auto* recurring = std::get_if<Recurring>(&known_->items[item].when);
    if (recurring == nullptr) {
        const auto& stretch = known_->stretches[item];
        return at >= stretch.begin && at < stretch.end ? std::optional(stretch.end) : std::nullopt;
    }
    const auto begin = last_in(*recurring, at, *known_->items[item].zone);
    return begin ? std::optional(*begin + recurring->span) : std::nullopt;
}

std::optional<Blackouts::Hold> Blackouts::at(UtcTime at, UtcTime horizon) const {
    std::optional<Hold> hold;
    auto free_from = at;
    int looks = 0;
    for (bool grew = true; grew && (!hold || (free_from < horizon && looks < kMostLooks));) {
        grew = false;
        for (std::size_t i = 0; i < items().size(); ++i) {
            ++looks;
            const auto end = end_of(i, free_from);
            if (!end) continue;
            if (!hold) hold = Hold{*end, items()[i].reason};
            free_from = *end;
            grew = true;
        }
    }
    if (hold) hold->end = std::max(std::min(free_from, horizon), at);
    return hold;
}

std::optional<std::string> Blackouts::covers(UtcTime from, UtcTime until) const {
    if (from >= until) return std::nullopt;
    auto hold = at(from, until);
    if (!hold || hold->end < until) return std::nullopt;
    return std::move(hold->reason);
}

std::optional<Blackouts::Hold> hold_of(BlackoutLists lists, UtcTime at, UtcTime horizon) {
    std::optional<Blackouts::Hold> hold;
    auto free_from = at;
    for (bool grew = true; grew && (!hold || free_from < horizon);) {
        grew = false;
        for (const auto* const list : lists) {
            auto more = list->at(free_from, horizon);
            if (!more) continue;
            // An end that is no later says that its list looked as far as it could.
            grew = grew || more->end > free_from;
            free_from = std::max(free_from, more->end);
            if (!hold) hold = std::move(more);
        }
    }
    if (hold) hold->end = free_from;
    return hold;
}

std::optional<std::string> covered_by(BlackoutLists lists, UtcTime from, UtcTime until) {
    if (from >= until) return std::nullopt;
    auto hold = hold_of(lists, from, until);
    if (!hold || hold->end < until) return std::nullopt;
    return std::move(hold->reason);
}

}  // namespace runbookd::schedule
