#include "cron/showings.hpp"

#include <algorithm>

namespace runbookd::cron {

void take_away(Stretches& stretches, Stretch part) {
    if (part.begin >= part.end) return;
    Stretches left;
    for (const auto& stretch : stretches) {
        const Stretch before{stretch.begin, std::min(stretch.end, part.begin)};
        const Stretch behind{std::max(stretch.begin, part.end), stretch.end};
        if (before.begin < before.end) left.push_back(before);
        if (behind.begin < behind.end) left.push_back(behind);
    }
    stretches = std::move(left);
}

Stretch shown_in(const ZoneInterval& interval) {
    return {local(interval.begin, interval.offset), local(interval.end, interval.offset)};
}

Stretch left_out(const ZoneInterval& before, const ZoneInterval& after) {
    return {local(before.end, before.offset), local(after.begin, after.offset)};
}

std::vector<ZoneInterval> near_before(const ZoneInterval& interval, const Zone& zone) {
    std::vector<ZoneInterval> found;
    for (auto edge = interval.begin; edge > kFirstInstant && interval.begin - edge < kOffsetsApart;) {
        found.push_back(zone.at(edge - Millis{1}));
        edge = found.back().begin;
    }
    return found;
}

std::vector<ZoneInterval> near_after(const ZoneInterval& interval, const Zone& zone) {
    std::vector<ZoneInterval> found;
    for (auto edge = interval.end; edge < kLastInstant && edge - interval.end < kOffsetsApart;) {
        found.push_back(zone.at(edge));
        edge = found.back().end;
    }
    return found;
}

}  // namespace runbookd::cron
