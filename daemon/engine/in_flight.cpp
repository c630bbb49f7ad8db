#include "engine/in_flight.hpp"

namespace runbookd::engine {
namespace {

template <class Counts, class Key>
void take_one(Counts& counts, const Key& key) {
    const auto found = counts.find(key);
    if (found != counts.end() && --found->second == 0) counts.erase(found);
}

}  // namespace

void InFlight::enter(const RunUid& run, const DeviceUid& device, const std::vector<Place>& places) {
    ++runs_[run];
    ++devices_[device];
    for (const auto& place : places) ++places_[place];
}

void InFlight::leave(const RunUid& run, const DeviceUid& device, std::vector<Place> places) {
    take_one(runs_, run);
    take_one(devices_, device);
    for (const auto& place : places) take_one(places_, place);
    left_.push_back({run, device, std::move(places)});
}

void InFlight::let_go(const RunUid& run, const DeviceUid& device) {
    take_one(devices_, device);
    left_.push_back({run, device, {}});
}

}  // namespace runbookd::engine
