#pragma once
// Where zones come from: the system's files now (Zones), or what a record has kept (RecordedZones).
#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "cron/zone.hpp"
#include "cron/zone_rules.hpp"

namespace runbookd::zones {

using cron::ZoneRules;

class ZoneSource {
public:
    virtual ~ZoneSource() = default;
    /// By exact IANA name; "UTC" is always there. Errors: not_found, with the nearest names; unavailable,
    /// when the zone's rules cannot be read or are damaged.
    [[nodiscard]] virtual Result<std::shared_ptr<const cron::Zone>> find(std::string_view name) = 0;
    /// The rules of a zone that find() has found, as of the last time it did. Null for other names, and for
    /// UTC, whose rules need no record.
    [[nodiscard]] virtual std::shared_ptr<const ZoneRules> rules(std::string_view name) const = 0;
};

}  // namespace runbookd::zones
