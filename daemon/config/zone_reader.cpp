#include "config/zone_reader.hpp"

#include "zones/zone_source.hpp"

namespace runbookd::config {

std::shared_ptr<const cron::Zone> read_zone(const Field& field, zones::ZoneSource& zones) {
    const auto name = read_text(field);
    if (!name) return nullptr;
    auto zone = zones.find(*name);
    if (zone) return *zone;
    field.error({.code = "unknown_zone",
                 .message = zone.error().message,
                 .expected = "an IANA name such as Europe/Berlin or UTC"});
    return nullptr;
}

std::shared_ptr<const cron::Zone> find_account_zone(const Field& field, const std::string& name,
                                                    zones::ZoneSource& zones) {
    auto zone = zones.find(name);
    if (zone) return *zone;
    field.error({.code = "unknown_zone",
                 .message = "the account's time zone holds here, and " + zone.error().message,
                 .expected = "a valid timezone: in the account's settings, or here"});
    return nullptr;
}

}  // namespace runbookd::config
