#pragma once
// From an IANA name to the zone's rules. The only room that sees the date library's time zones, which read
// the system's /usr/share/zoneinfo (package tzdata) once per process and know no change after 2037.
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cron/zone.hpp"

namespace runbookd::zones {

/// Hands out zones, each made once. For one thread; the zones themselves may be shared and outlive this.
class Zones {
public:
    /// Exact IANA names, such as "Europe/Berlin"; links ("Europe/Kiev") keep the name they were asked by.
    /// "UTC" needs no data. Errors: not_found, with the nearest names; unavailable, when the zone data cannot
    /// be read.
    [[nodiscard]] Result<std::shared_ptr<const cron::Zone>> find(std::string_view name);

private:
    std::map<std::string, std::shared_ptr<const cron::Zone>, std::less<>> known_;
};

}  // namespace runbookd::zones
