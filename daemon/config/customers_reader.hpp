#pragma once
// Reads `customers:`, a map or a folder of such maps.
#include <string>

#include "config/fields.hpp"
#include "config/surroundings.hpp"
#include "runbook/customer.hpp"

namespace runbookd::config {

/// Reports every problem; the value holds what could be read. `account_zone` is that of customers that name
/// none.
[[nodiscard]] runbook::Customers read_customers(const Field& field, const std::string& account_zone,
                                                const Surroundings& around);

/// Those that a revision's record keeps: each with its zone, and without sites.
[[nodiscard]] runbook::Customers read_recorded_customers(const Field& field, zones::ZoneSource& zones);

}  // namespace runbookd::config
