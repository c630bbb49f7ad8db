#include "schedule/blackouts.hpp"

#include <algorithm>

#include "cron/once.hpp"

namespace runbookd::schedule {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;

/// The first instant of a local day, which is not midnight where a change of offset leaves that out.
UtcTime begin_of(local_days day, const cron::Zone& zone) {
    return cron::Once(local_seconds{day}).next_after(UtcTime::min(), zone).value_or(UtcTime::max());
}

/// Where the hold of one item that holds at `at` ends; nullopt: it does not hold.
std::optional<UtcTime> end_of(const Blackout& item, UtcTime at) {
    if (const auto* dates = std::get_if<Dates>(&item.when)) {
        const auto end = begin_of(dates->to + days{1}, *item.zone);
        return at >= begin_of(dates->from, *item.zone) && at < end ? std::optional(end) : std::nullopt;
    }
    const auto& recurring = std::get<Recurring>(item.when);
    const auto begin = recurring.cron.next_after(at - recurring.span, *item.zone);
    return begin && *begin <= at ? std::optional(*begin + recurring.span) : std::nullopt;
}

}  // namespace

std::optional<Blackouts::Hold> Blackouts::at(UtcTime at, UtcTime horizon) const {
    std::optional<Hold> hold;
    auto free_from = at;
    for (bool grew = true; grew && free_from < horizon;) {
        grew = false;
        for (const auto& item : items_) {
            const auto end = end_of(item, free_from);
            if (!end) continue;
            if (!hold) hold = Hold{*end, item.reason};
            free_from = *end;
            grew = true;
        }
    }
    if (hold) hold->end = std::min(free_from, horizon);
    return hold;
}

std::optional<std::string> Blackouts::covers(UtcTime from, UtcTime until) const {
    auto hold = at(from, until);
    if (!hold || hold->end < until) return std::nullopt;
    return std::move(hold->reason);
}

}  // namespace runbookd::schedule
