#include "engine/in_flight_limits.hpp"

#include <algorithm>
#include <limits>

namespace runbookd::engine {
namespace {

// After a start: on which devices jobs are in flight is known, their properties not yet.
constexpr const char* kFleetUnread = "fleet";

InFlight::Place of_device(const DeviceUid& device) { return "device " + device.str(); }

bool counts_by_udf(const Run& run) {
    const auto& limits = run.book->rollout->max_in_flight_per;
    return std::any_of(limits.begin(), limits.end(),
                       [](const auto& limit) { return limit.by == runbook::InFlightLimit::By::udf; });
}

bool has_places(const Run& run) {
    return run.book != nullptr && run.book->rollout && !run.book->rollout->max_in_flight_per.empty();
}

}  // namespace

InFlight::Place InFlightLimits::place_of(const Run& run, const runbook::InFlightLimit& limit,
                                         const std::string& value) {
    return run.plan.run.str() + ' ' + std::to_string(static_cast<int>(limit.by)) + '.' +
           std::to_string(limit.udf) + ' ' + value;
}

std::string InFlightLimits::value_of(const Target& target, const runbook::InFlightLimit& limit) const {
    switch (limit.by) {
        case runbook::InFlightLimit::By::site: return target.row.site_uid.str();
        case runbook::InFlightLimit::By::customer: return target.row.customer.str();
        case runbook::InFlightLimit::By::udf: break;
    }
    const auto* const seen = fleet_.find(target.row.device);
    return seen == nullptr ? std::string() : std::string(seen->device.udf.value(limit.udf));
}

std::vector<InFlight::Place> InFlightLimits::places_of(const Run& run, const Target& target) const {
    std::vector<InFlight::Place> places;
    if (!has_places(run)) return places;
    for (const auto& limit : run.book->rollout->max_in_flight_per)
        if (const auto value = value_of(target, limit); !value.empty())
            places.push_back(place_of(run, limit, value));
    return places;
}

std::optional<InFlight::Place> InFlightLimits::reached_by(const Run& run, const Target& target) const {
    if (run.book == nullptr) return std::nullopt;
    if (run.book->one_job_per_device && books_.is_busy_for(target)) return of_device(target.row.device);
    if (!has_places(run)) return std::nullopt;
    if (counts_by_udf(run) && !fleet_.devices_read_at()) return kFleetUnread;
    for (const auto& limit : run.book->rollout->max_in_flight_per) {
        const auto value = value_of(target, limit);
        if (value.empty()) continue;
        auto place = place_of(run, limit, value);
        if (books_.in_flight().at(place) >= limit.most) return place;
    }
    return std::nullopt;
}

void InFlightLimits::take_from(const InFlight::Place& place, std::int64_t most, std::vector<Who>& freed) {
    const auto found = waiting_.find(place);
    if (found == waiting_.end()) return;
    auto& queue = found->second;
    for (; most > 0 && !queue.empty(); --most) {
        freed.push_back(queue.front());
        queue.pop_front();
    }
    if (queue.empty()) waiting_.erase(found);
}

std::vector<InFlightLimits::Who> InFlightLimits::freed_by(const InFlight::Left& left) {
    std::vector<Who> freed;
    if (waiting_.empty()) return freed;
    // Of several runs; who is first takes the device, and the others come back.
    take_from(of_device(left.device), std::numeric_limits<std::int64_t>::max(), freed);
    for (const auto& place : left.places) take_from(place, 1, freed);
    return freed;
}

std::vector<InFlightLimits::Who> InFlightLimits::passed_on_by(const Run& run, const Target& target) {
    std::vector<Who> freed;
    if (waiting_.empty() || !has_places(run)) return freed;
    for (const auto& limit : run.book->rollout->max_in_flight_per) {
        const auto value = value_of(target, limit);
        if (value.empty()) continue;
        const auto place = place_of(run, limit, value);
        if (books_.in_flight().at(place) < limit.most) take_from(place, 1, freed);
    }
    return freed;
}

std::vector<InFlightLimits::Who> InFlightLimits::freed_by_fleet() {
    std::vector<Who> freed;
    take_from(kFleetUnread, std::numeric_limits<std::int64_t>::max(), freed);
    return freed;
}

void InFlightLimits::forget(const RunUid& run) {
    for (auto& [place, queue] : waiting_)
        std::erase_if(queue, [&](const Who& who) { return who.run == run; });
    std::erase_if(waiting_, [](const auto& one) { return one.second.empty(); });
}

}  // namespace runbookd::engine
