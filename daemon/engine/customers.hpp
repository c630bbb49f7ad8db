#pragma once
// Whose a site is: the customers that the settings name, and the sites that are theirs. Worked out once for
// each site, not for each device. Pure.
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/glob.hpp"
#include "base/ids.hpp"
#include "base/shared_text.hpp"
#include "engine/fleet.hpp"
#include "runbook/customer.hpp"

namespace runbookd::engine {

class Customers {
public:
    /// What the settings say beside runbooks.
    struct Rules {
        runbook::Customers customers;
        std::string account_zone = "UTC";  ///< of sites of no customer, and of customers that name none
        bool is_zone_written = false;      ///< somebody chose it
        schedule::Blackouts account_not_during;
    };
    /// A customer as its sites know it.
    struct Known {
        SharedText name;
        const runbook::Customer* customer = nullptr;
        std::string zone;              ///< its own, else the account's
        bool is_zone_written = false;  ///< somebody chose it
    };
    /// A site that the patterns of several customers fit: the first by name has it.
    struct Shared {
        SharedText site;
        SharedText customer, other;
        friend bool operator==(const Shared&, const Shared&) = default;
    };

    /// From now on. What was worked out is forgotten.
    void set(Rules rules);
    [[nodiscard]] const Rules& rules() const { return rules_; }

    /// Whose it is; null: nobody's.
    [[nodiscard]] const Known* of(const SiteUid& site, const SharedText& name) const;
    [[nodiscard]] const Known* of(const Device& device) const {
        return of(device.site_uid, device.site_name);
    }
    [[nodiscard]] const Known* find(std::string_view name) const;
    /// The customer's name; empty: of none.
    [[nodiscard]] const SharedText& name_of(const Device& device) const;
    /// In which zone `timezone: site` is: its customer's, else the account's; empty: nobody chose one.
    [[nodiscard]] const std::string& zone_of(const Device& device) const;
    /// The customer's hold on creates, asked for many devices of one instant. The last answer is kept.
    [[nodiscard]] std::optional<schedule::Blackouts::Hold> hold_of(const Known& known, UtcTime at,
                                                                   UtcTime horizon) const;
    /// Sites that are several customers', as far as they were asked for.
    [[nodiscard]] const std::vector<Shared>& shared() const { return shared_; }
    /// The error for a customer that does not exist, with the nearest name.
    [[nodiscard]] std::string unknown(std::string_view name) const;

private:
    struct Pattern {
        Glob glob;
        std::size_t customer;
    };
    struct Place {
        SharedText name;  // of the site when it was looked at
        const Known* known = nullptr;
    };
    struct Answer {
        UtcTime at{}, horizon{};
        std::optional<schedule::Blackouts::Hold> hold;
    };
    [[nodiscard]] const Known* look(const SiteUid& site, const SharedText& name) const;

    Rules rules_;
    std::vector<Known> known_;  // by name
    std::vector<Pattern> patterns_;
    std::unordered_map<std::string, std::size_t> by_uid_;  // in small letters; also patterns, which no uid is
    mutable std::unordered_map<SiteUid, Place> places_;
    mutable std::unordered_map<const Known*, Answer> answers_;
    mutable std::vector<Shared> shared_;
};

}  // namespace runbookd::engine
