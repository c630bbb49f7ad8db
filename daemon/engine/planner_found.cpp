// Instants that were served before the store was put back to an earlier state, as far as jobs show it.
#include <algorithm>
#include <utility>

#include "engine/planner.hpp"
#include "engine/walk.hpp"

namespace runbookd::engine {
namespace {

// A job may have been created a moment after the window, as the create had left in time.
constexpr Millis kOnItsWay = std::chrono::seconds{30};

}  // namespace

std::optional<Planner::Occurrence> Planner::occurrence_at(const std::string& name, const runbook::Lane* lane,
                                                          UtcTime created) const {
    const auto found = in_force_.find(name);
    if (found == in_force_.end()) return std::nullopt;
    const auto& runbook = found->second;
    if (!runbook.book->enabled || (lane == nullptr && !runbook.book->schedule)) return std::nullopt;
    const Track* track = &runbook;
    if (lane != nullptr)
        for (const auto& one : runbook.lane_tracks())
            if (one->lane == lane) track = one.get();
    const runbook::LaneView view(*runbook.book, lane);
    auto after = created - view.longest_create_span() - kOnItsWay;
    after = std::max(after, runbook.effective_from);
    std::optional<Occurrence> newest;
    for (auto nominal = track->past.next_undecided(view.timeline(), after); nominal && nominal->at <= created;
         nominal = track->past.next_undecided(view.timeline(), nominal->at))
        if (created <= view.last_create(*nominal) + kOnItsWay)
            newest = Occurrence{nominal->at, nominal->entry->jitter, runbook.book->window_of(*nominal->entry),
                                false, lane};
    return newest;
}

void Planner::take_found(const std::string& name, const runbook::Lane* lane, UtcTime nominal, Instant now) {
    for (const auto& part : parts_of(in_force_.at(name)))
        if (part.lane == lane) Walk(*this, part, Cause::restored, now).up_to(nominal);
}

}  // namespace runbookd::engine
