#pragma once
// Reads `accounts:` of runbookd.yaml.
#include <vector>

#include "config/fields.hpp"
#include "config/settings.hpp"
#include "config/surroundings.hpp"

namespace runbookd::config {

/// In the order of the file. Reports every problem, also where there is none; the values hold what could be
/// read.
[[nodiscard]] std::vector<AccountSettings> read_accounts(const MapReader& top, const Surroundings& around);

}  // namespace runbookd::config
