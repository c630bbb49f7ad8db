#include "zones/recorded_zones.hpp"

#include "zones/tzif_zone.hpp"

namespace runbookd::zones {

RecordedZones::RecordedZones(std::vector<std::shared_ptr<const ZoneRules>> recorded, ZoneSource& otherwise)
    : otherwise_(otherwise) {
    for (auto& rules : recorded) {
        auto name = rules->name;
        recorded_.insert_or_assign(std::move(name), Known{std::move(rules), nullptr});
    }
}

Result<std::shared_ptr<const cron::Zone>> RecordedZones::find(std::string_view name) {
    const auto found = recorded_.find(name);
    if (found == recorded_.end()) return otherwise_.find(name);
    auto& known = found->second;
    if (known.zone) return known.zone;
    auto todays = otherwise_.find(name);
    if (todays && (*todays)->digest() == known.rules->digest) return known.zone = std::move(*todays);
    auto made = from_tzif(known.rules->name, *known.rules->tzif);
    if (!made)
        return fail(ErrorCode::unavailable, "the recorded rules cannot be used: " + made.error().message);
    return known.zone = std::move(*made);
}

std::shared_ptr<const ZoneRules> RecordedZones::rules(std::string_view name) const {
    const auto found = recorded_.find(name);
    return found == recorded_.end() ? otherwise_.rules(name) : found->second.rules;
}

}  // namespace runbookd::zones
