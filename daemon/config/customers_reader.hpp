#pragma once
// Reads `customers:`, a map or a folder of such maps.
#include <map>
#include <string>

#include "config/customers.hpp"
#include "config/fields.hpp"
#include "config/surroundings.hpp"

namespace runbookd::config {

/// Reports every problem; the value holds what could be read. `account_zone` is that of customers that name
/// none.
[[nodiscard]] std::map<std::string, Customer> read_customers(const Field& field,
                                                             const std::string& account_zone,
                                                             const Surroundings& around);

}  // namespace runbookd::config
