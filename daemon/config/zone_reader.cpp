#include "config/zone_reader.hpp"

#include "zones/zones.hpp"

namespace runbookd::config {

std::shared_ptr<const cron::Zone> read_zone(const Field& field, zones::Zones& zones) {
    const auto name = read_text(field);
    if (!name) return nullptr;
    if (*name == "site" || *name == "customer") {
        field.not_supported("'timezone: " + *name + "'");
        return nullptr;
    }
    auto zone = zones.find(*name);
    if (zone) return *zone;
    field.error({.code = "unknown_zone",
                 .message = zone.error().message,
                 .expected = "an IANA name such as Europe/Berlin or UTC"});
    return nullptr;
}

}  // namespace runbookd::config
