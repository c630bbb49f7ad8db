#include "zones/zones.hpp"

#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "base/spelling.hpp"

namespace runbookd::zones {
namespace {

constexpr std::string_view kUtc = "UTC";
constexpr std::string_view kMachines = "localtime";  // a file among the zones, and no zone's name

/// The library's ends of time lie beyond what milliseconds can hold.
UtcTime clamped(date::sys_seconds at) {
    constexpr auto kFirst = std::chrono::ceil<std::chrono::seconds>(UtcTime::min().time_since_epoch());
    constexpr auto kLast = std::chrono::floor<std::chrono::seconds>(UtcTime::max().time_since_epoch());
    return UtcTime{std::clamp(at.time_since_epoch(), kFirst, kLast)};
}

class SystemZone final : public cron::Zone {
public:
    SystemZone(std::string name, const date::time_zone& zone) : name_(std::move(name)), zone_(zone) {}

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] cron::ZoneInterval at(UtcTime at) const override {
        const auto info = zone_.get_info(std::chrono::floor<std::chrono::seconds>(at));
        return {clamped(info.begin), clamped(info.end), info.offset};
    }

private:
    std::string name_;
    const date::time_zone& zone_;  // the library keeps its zones until the program ends
};

std::shared_ptr<const cron::Zone> shared_utc() {
    return {std::shared_ptr<const void>{}, &cron::utc_zone()};  // static: nothing to own
}

/// Reads the data of the zone too, which the library otherwise does at first use: so that it fails here or
/// never.
Result<std::shared_ptr<const cron::Zone>> load(std::string_view name, const date::tzdb& data) {
    const auto found = std::find_if(data.zones.begin(), data.zones.end(), [&](const date::time_zone& zone) {
        return zone.name() == name && name != kMachines;
    });
    if (found != data.zones.end()) {
        auto zone = std::make_shared<SystemZone>(std::string(name), *found);
        static_cast<void>(zone->at(UtcTime{}));
        return zone;
    }
    std::vector<std::string> names;
    for (const auto& zone : data.zones)
        if (zone.name() != kMachines) names.push_back(zone.name());
    auto message = "there is no time zone '" + std::string(name) + "'; expected an IANA name";
    const auto candidates = nearest(name, names);
    for (std::size_t i = 0; i < candidates.size(); ++i)
        message += (i == 0 ? "; did you mean " : " or ") + candidates[i];
    if (candidates.empty()) message += " such as Europe/Berlin or UTC";
    return fail(ErrorCode::not_found, std::move(message));
}

}  // namespace

Result<std::shared_ptr<const cron::Zone>> Zones::find(std::string_view name) {
    if (const auto known = known_.find(name); known != known_.end()) return known->second;
    if (name == kUtc) return known_.emplace(name, shared_utc()).first->second;
    try {
        auto zone = load(name, date::get_tzdb());
        if (zone) known_.emplace(name, *zone);
        return zone;
    } catch (const std::exception& error) {  // how the library says that files are missing or damaged
        return fail(ErrorCode::unavailable, "the time zone data for '" + std::string(name) +
                                                "' cannot be read from /usr/share/zoneinfo: " + error.what() +
                                                "; install the package tzdata");
    }
}

}  // namespace runbookd::zones
