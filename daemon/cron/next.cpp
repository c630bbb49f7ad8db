// Finding the next instant: first on the calendar of local time, which is regular, and only then in the zone,
// around the day that was found.
#include <algorithm>

#include "cron/expression.hpp"
#include "cron/showings.hpp"

namespace runbookd::cron {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_seconds;
using std::chrono::seconds;

constexpr days kCalendarCycle{146'097};  // 400 years

/// Whether the local time that `interval` shows at `at` cannot be one that another interval also shows, or
/// whether that makes no difference.
bool fires_for_sure(UtcTime at, const ZoneInterval& interval, RepeatRule repeat) {
    switch (repeat) {
        case RepeatRule::both: return true;
        case RepeatRule::first: return at - kOffsetsApart >= interval.begin;
        case RepeatRule::second: return at + kOffsetsApart <= interval.end;
    }
    return false;
}

}  // namespace

std::optional<UtcTime> Expression::next_after(UtcTime after, const Zone& zone) const {
    after = std::max(after, kFirstInstant);
    if (after >= kLastInstant) return std::nullopt;
    if (every_ != 0) return next_multiple(after);
    const auto horizon = after + kCalendarCycle + kOffsetsApart;
    auto interval = zone.at(after);
    auto from = local(after, interval.offset) + seconds{1};
    for (;;) {
        const auto match = next_local(from);
        if (!match) return std::nullopt;
        const auto at = utc(*match, interval.offset);
        if (at < interval.end && fires_for_sure(at, interval, repeat_)) return at;
        const auto surely_before = utc(*match, seconds{0}) - kOffsetsApart;
        if (surely_before > horizon) return std::nullopt;
        if (utc(from, interval.offset) + kOffsetsApart < interval.end && surely_before > interval.end) {
            // What the clocks show or leave out until then lies between `from` and the match.
            interval = zone.at(surely_before);
            from = local(surely_before, interval.offset);
            continue;
        }
        if (at < interval.end)
            if (const auto found = next_showing(interval, from, zone)) return found;
        if (interval.end >= horizon) return std::nullopt;
        const auto following = zone.at(interval.end);
        if (gap_ == GapRule::shift && is_due_after_gap(interval, following, zone)) return following.begin;
        interval = following;
        from = local(interval.begin, interval.offset);
    }
}

/// In `interval` from `from` on, what its neighbours also show left to whichever of them fires.
std::optional<UtcTime> Expression::next_showing(const ZoneInterval& interval, local_seconds from,
                                                const Zone& zone) const {
    Stretches open{{from, shown_in(interval).end}};
    if (repeat_ == RepeatRule::first)
        for (const auto& earlier : near_before(interval, zone)) take_away(open, shown_in(earlier));
    if (repeat_ == RepeatRule::second)
        for (const auto& later : near_after(interval, zone)) take_away(open, shown_in(later));
    const auto match = first_in(open);
    return match ? std::optional{utc(*match, interval.offset)} : std::nullopt;
}

/// Whether a local time matches that is left out between the two, and neither shown nor left out elsewhere.
bool Expression::is_due_after_gap(const ZoneInterval& interval, const ZoneInterval& following,
                                  const Zone& zone) const {
    Stretches gap{left_out(interval, following)};
    if (!first_in(gap)) return false;
    for (const auto& later : near_after(interval, zone)) take_away(gap, shown_in(later));
    const auto* follower = &interval;
    const auto before = near_before(interval, zone);
    for (const auto& earlier : before) {
        take_away(gap, shown_in(earlier));
        take_away(gap, left_out(earlier, *follower));
        follower = &earlier;
    }
    return first_in(gap).has_value();
}

std::optional<local_seconds> Expression::first_in(const Stretches& stretches) const {
    for (const auto& stretch : stretches)
        if (const auto match = next_local(stretch.begin); match && *match < stretch.end) return match;
    return std::nullopt;
}

std::optional<local_seconds> Expression::next_local(local_seconds from) const {
    const auto nominal = from - days{offset_};
    const auto day = floor<days>(nominal);
    if (matches(days_, day))
        if (const auto time = times_.next(static_cast<int>((nominal - day).count())))
            return day + days{offset_} + seconds{*time};
    const auto found = next_day(days_, day + days{1});
    if (!found) return std::nullopt;
    return found->day + days{offset_} + seconds{times_.first()};
}

std::optional<UtcTime> Expression::next_multiple(UtcTime after) const {
    const auto span = seconds{every_};
    const auto since = floor<seconds>(after).time_since_epoch();
    auto whole = since / span;
    if (whole * span > since) --whole;  // division rounds towards 1970
    return UtcTime{(whole + 1) * span};
}

}  // namespace runbookd::cron
