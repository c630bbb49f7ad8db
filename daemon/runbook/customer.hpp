#pragma once
// A customer: a named group of sites with its own zone, maintenance windows and blackouts. Pure data; which
// sites are whose is said by `engine/customers.hpp`.
#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "cron/expression.hpp"
#include "schedule/blackouts.hpp"

namespace runbookd::runbook {

struct MaintenanceWindow {
    cron::Expression begins;
    Millis span{0};  ///< in real time
};

struct Customer {
    std::string name;
    std::vector<std::string> sites;  ///< globs over their names, or uids
    std::string timezone;            ///< IANA name; empty: the account's
    std::map<std::string, MaintenanceWindow> windows;
    schedule::Blackouts not_during;  ///< in its zone; holds for every create on its devices
};

/// By name.
using Customers = std::map<std::string, Customer>;

}  // namespace runbookd::runbook
