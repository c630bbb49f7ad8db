#pragma once
// What a runbook's text does not say itself: what it left to defaults, what it took from the settings, which
// rules its zones had. With the text it is the revision's identity, and enough to understand it again as it
// was understood then.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.hpp"
#include "cron/zone_rules.hpp"
#include "runbook/customer.hpp"
#include "runbook/lanes.hpp"

namespace runbookd::config {

/// Collects it, as a JSON object with its keys in order, so that equal meanings are equal texts.
class Resolved {
public:
    void add(const std::string& key, std::string_view value);
    void add_zones(const std::vector<std::shared_ptr<const cron::ZoneRules>>& zones);
    /// What the document took from the settings; null: nothing.
    void add_inherited(const NodePtr& tree);
    /// What of the customers its lanes are made of, under the name of what tells the lanes apart.
    void add_lanes(runbook::LanesBy by, const runbook::Customers& used);
    /// The account's blackouts, which skip the runbook's occurrences too; not empty.
    void add_account_blackouts(const schedule::Blackouts& blackouts);
    [[nodiscard]] std::string json() const;

private:
    std::map<std::string, std::string> members_;  // values are JSON
};

/// What a record says, as far as it bears on the meaning of the text. Empty, where the record is older or
/// damaged.
struct ResolvedThen {
    std::string timezone;                        ///< of schedules that name none; empty: none did
    std::map<std::string, std::string> digests;  ///< by zone
    std::string offline;                         ///< empty: the text says it
    NodePtr inherited;                           ///< from the settings; null: nothing
    NodePtr lanes;                               ///< as `customers:` of settings, without sites; null: none
    NodePtr account_blackouts;                   ///< {timezone, not_during}; null: none
    std::string account;                         ///< empty: the text says it

    [[nodiscard]] static ResolvedThen read(const std::string& text);
};

}  // namespace runbookd::config
