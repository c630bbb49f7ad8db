#pragma once
// Reads `not_during:`, when nothing may be created.
#include <functional>
#include <memory>
#include <string_view>

#include "config/fields.hpp"
#include "schedule/blackouts.hpp"

namespace runbookd::config {

/// Gives the zone in which dates and expressions are read; asked once, when an item needs it. Null: reported.
using ZoneOfBlackouts = std::function<std::shared_ptr<const cron::Zone>()>;

/// `runbook` is the name of which `H` is the hash. Reports every problem; the value holds what could be read.
[[nodiscard]] schedule::Blackouts read_blackouts(const Field& field, std::string_view runbook,
                                                 const ZoneOfBlackouts& zone);

}  // namespace runbookd::config
