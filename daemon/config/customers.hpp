#pragma once
// Customers as the settings describe them: a named group of sites with its own zone, maintenance windows and
// blackouts.
#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "cron/expression.hpp"
#include "schedule/blackouts.hpp"

namespace runbookd::config {

struct MaintenanceWindow {
    cron::Expression begins;
    Millis span{0};  ///< in real time
};

struct Customer {
    std::string name;
    std::vector<std::string> sites;  ///< globs over their names, or uids; never empty
    std::string timezone;            ///< IANA name; empty: the account's
    std::map<std::string, MaintenanceWindow> windows;
    schedule::Blackouts not_during;
};

}  // namespace runbookd::config
