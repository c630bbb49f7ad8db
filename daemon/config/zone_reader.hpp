#pragma once
// Looks a written time zone up.
#include <memory>
#include <string>

#include "config/fields.hpp"
#include "cron/zone.hpp"

namespace runbookd::zones {
class ZoneSource;
}

namespace runbookd::config {

/// Null: reported as unknown_zone.
[[nodiscard]] std::shared_ptr<const cron::Zone> read_zone(const Field& field, zones::ZoneSource& zones);

/// The account's zone, for a field that names none. Null: reported, at that field, as unknown_zone.
[[nodiscard]] std::shared_ptr<const cron::Zone> find_account_zone(const Field& field, const std::string& name,
                                                                  zones::ZoneSource& zones);

}  // namespace runbookd::config
