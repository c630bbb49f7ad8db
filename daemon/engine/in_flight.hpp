#pragma once
// How many jobs are in flight: of a run, on a device, and of a run on devices that have something in common.
// A job is in flight from its intent until it has ended or is given up here. Pure.
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.hpp"

namespace runbookd::engine {

class InFlight {
public:
    /// Names what devices of one run have in common, such as a site.
    using Place = std::string;
    /// A job that is in flight no more, or no more counted there.
    struct Left {
        RunUid run;
        DeviceUid device;
        std::vector<Place> places;
    };

    void enter(const RunUid& run, const DeviceUid& device, const std::vector<Place>& places);
    void leave(const RunUid& run, const DeviceUid& device, std::vector<Place> places);

    /// A target of the run has done a part of its steps: its device counts as taken until it is let go, also
    /// while no job is open there.
    void keep(const DeviceUid& device) { ++devices_[device]; }
    void let_go(const RunUid& run, const DeviceUid& device);

    [[nodiscard]] std::int64_t of_run(const RunUid& run) const { return count_of(runs_, run); }
    [[nodiscard]] std::int64_t on(const DeviceUid& device) const { return count_of(devices_, device); }
    [[nodiscard]] std::int64_t at(const Place& place) const { return count_of(places_, place); }
    /// Those that left since the last call.
    [[nodiscard]] std::vector<Left> take_left() { return std::exchange(left_, {}); }

private:
    template <class Counts, class Key>
    static std::int64_t count_of(const Counts& counts, const Key& key) {
        const auto found = counts.find(key);
        return found == counts.end() ? 0 : found->second;
    }

    std::unordered_map<RunUid, std::int64_t> runs_;
    std::unordered_map<DeviceUid, std::int64_t> devices_;
    std::unordered_map<Place, std::int64_t> places_;
    std::vector<Left> left_;
};

}  // namespace runbookd::engine
