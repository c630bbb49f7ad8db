#pragma once
// Looks a written time zone up.
#include <memory>

#include "config/fields.hpp"
#include "cron/zone.hpp"

namespace runbookd::zones {
class Zones;
}

namespace runbookd::config {

/// Null: reported as unknown_zone (or, for `site` and `customer`, as not_supported).
[[nodiscard]] std::shared_ptr<const cron::Zone> read_zone(const Field& field, zones::Zones& zones);

}  // namespace runbookd::config
