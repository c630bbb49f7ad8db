// The planner's tracks: one for a plain schedule, one for each lane, and what becomes of them when the lanes
// change.
#include <algorithm>
#include <utility>

#include "engine/lane_record.hpp"
#include "engine/planner.hpp"

namespace runbookd::engine {

Planner::InForce::InForce(Planner& planner)
    : Track(planner.clock_, [&planner, this](Instant now) { planner.ring({*this, *this, nullptr}, now); }) {}

Planner::LaneTrack::LaneTrack(Planner& planner, InForce& of, std::string key_of_lane)
    : Track(planner.clock_,
            [&planner, this](Instant now) {
                if (lane != nullptr) planner.ring({runbook, *this, lane}, now);
            }),
      runbook(of),
      key(std::move(key_of_lane)) {}

std::string Planner::InForce::zone() const {
    if (book->lanes) return book->lanes->zones();
    return book->schedule ? book->schedule->zone() : "";
}

std::optional<UtcTime> Planner::InForce::coming() const {
    auto first = next_at;
    for (const auto& track : lane_tracks())
        if (track->next_at && (!first || *track->next_at < *first)) first = track->next_at;
    return first;
}

std::span<const std::unique_ptr<Planner::LaneTrack>> Planner::InForce::lane_tracks() const {
    if (lanes == nullptr) return {};
    return *lanes;
}

std::vector<Planner::Part> Planner::parts_of(InForce& runbook) {
    std::vector<Part> parts;
    if (runbook.book->schedule || !runbook.book->lanes) parts.push_back({runbook, runbook, nullptr});
    for (const auto& track : runbook.lane_tracks())
        if (track->lane != nullptr) parts.push_back({runbook, *track, track->lane});
    return parts;
}

void Planner::set_book(InForce& runbook, RunbookPointer book) {
    runbook.book = std::move(book);
    const auto& lanes = runbook.book->lanes;
    if (!lanes && runbook.lanes == nullptr) return;
    if (runbook.lanes == nullptr) runbook.lanes = std::make_unique<LaneTracks>();
    std::map<std::string, std::unique_ptr<LaneTrack>> before;
    for (auto& track : *runbook.lanes) {
        track->lane = nullptr;
        before[track->key] = std::move(track);
    }
    runbook.lanes->clear();
    if (lanes) {
        runbook.next_at.reset();
        runbook.due.clear();
        for (const auto& lane : lanes->all) {
            auto& track = before[lane.key()];
            if (track == nullptr) {
                track = std::make_unique<LaneTrack>(*this, runbook, lane.key());
                // The record tells such a lane and a plain schedule of its zone not apart.
                if (lane.customer.empty()) track->past = runbook.past;
            }
            track->lane = &lane;
            runbook.lanes->push_back(std::move(track));
            before.erase(lane.key());
        }
    } else if (runbook.book->schedule) {
        if (const auto same = before.find(runbook.book->schedule->zone()); same != before.end())
            runbook.past = same->second->past;
    }
    for (auto& [key, track] : before) {
        track->next_at.reset();
        track->due.clear();
        runbook.lanes->push_back(std::move(track));
    }
}

void Planner::restore_lanes(InForce& runbook, const RecoveredRunbook& stored) {
    for (const auto& track : runbook.lane_tracks()) {
        const RecoveredRunbook::Lane* newest = nullptr;
        for (const auto& lane : stored.lanes)
            if (key_of(lane) == track->key && (newest == nullptr || newest->judged_until < lane.judged_until))
                newest = &lane;  // a customer's zone may have changed
        track->past = {};
        if (newest != nullptr) track->past.restore(as_recovered(*newest));
    }
}

void Planner::supersede(InForce& runbook, Instant now) {
    for (const auto& part : parts_of(runbook)) {
        if (part.lane == nullptr && !runbook.book->schedule) continue;
        const auto& timeline = part.view().timeline();
        part.track.past.supersede(std::shared_ptr<const schedule::Timeline>(runbook.book, &timeline),
                                  now.utc);
    }
}

}  // namespace runbookd::engine
