#pragma once
// A runbook whose schedule differs from customer to customer, or from zone to zone: each lane has a part of
// its targets and a timeline of its own. Pure.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cron/zone.hpp"
#include "schedule/blackouts.hpp"
#include "schedule/timeline.hpp"

namespace runbookd::runbook {

/// What tells the lanes of a runbook apart.
enum class LanesBy : std::uint8_t {
    customer,  ///< `timezone: customer`, `{maintenance: w}`
    site_zone  ///< `timezone: site`: the zone of the site's customer, else the account's
};

struct Lane {
    std::string customer;                     ///< whose devices it serves; empty: those of none, or of a zone
    schedule::Timeline schedule;              ///< all of its entries are in one zone
    schedule::Blackouts not_during;           ///< the runbook's, in the lane's zone
    schedule::Blackouts customer_not_during;  ///< of the customer, when this was read

    [[nodiscard]] const std::shared_ptr<const cron::Zone>& zone() const {
        return schedule.entries().front().zone;
    }
    /// What names it among the lanes of its runbook, also when its customer moves to another zone.
    [[nodiscard]] const std::string& key() const { return customer.empty() ? zone()->name() : customer; }
};

/// All lanes of one runbook.
struct Lanes {
    LanesBy by = LanesBy::customer;
    std::string text;       ///< the schedule as it is written: "0 2 * * SUN", "maintenance: patch"
    std::vector<Lane> all;  ///< by key; that of no customer first

    /// Null: there is none (any more).
    [[nodiscard]] const Lane* find(std::string_view zone, std::string_view customer) const;
    /// The zones of all, ", " between them, each once, by name.
    [[nodiscard]] std::string zones() const;
};

}  // namespace runbookd::runbook
