#pragma once
// The runbooks folder as the engine wants it: what is good, what is bad, and every problem as a line for
// people.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/runbooks.hpp"
#include "config/settings.hpp"
#include "engine/customers.hpp"
#include "engine/planner.hpp"
#include "runtime/planning_service.hpp"
#include "runtime/verifier.hpp"
#include "secrets/vault.hpp"
#include "zones/zones.hpp"

namespace runbookd::app {

struct FoundRunbooks {
    std::vector<runbook::Runbook> good;
    std::vector<engine::BadRunbook> bad;
    std::vector<std::string> errors;    ///< one line each
    std::vector<std::string> warnings;  ///< one line each
    /// Not empty: something could not be read that may hold any runbook (the folder, or a file), and why.
    std::string doubt;
};

/// For the vault: the secrets of runbooks and the addresses of webhooks.
[[nodiscard]] std::map<std::string, secrets::Declared> declared_secrets(const config::Settings& settings);

/// For the account's engine: whose the sites are, and when the account creates nothing. Of an account that
/// the settings do not name: as of the first.
[[nodiscard]] engine::Customers::Rules customer_rules(const config::Settings& settings,
                                                      const std::string& account, zones::Zones& zones);

/// Each engine's own, by the account's name.
[[nodiscard]] std::map<std::string, std::vector<runbook::Runbook>> by_accounts(
    std::vector<runbook::Runbook> runbooks);

/// A text that holds the value of a declared secret is refused: it would be recorded as a revision, for all
/// to read.
[[nodiscard]] FoundRunbooks find_runbooks(const config::Settings& settings, const secrets::Vault& vault,
                                          zones::Zones& zones);

/// Where there is a doubt, a known runbook that was not found is not taken for gone: it becomes a bad one.
void keep_in_doubt(FoundRunbooks& found, const std::set<std::string>& known);

/// Reads stored revisions again for the engine, with the zone rules that were recorded (`rules`: all there
/// are), wherever there are any. Borrows settings and zones.
[[nodiscard]] engine::ReadRevision revision_reader(const config::Settings& settings, zones::Zones& zones,
                                                   std::vector<runbook::ZoneRules> rules);

/// Understands a text as a reload would; `name` is that of a document that names itself not. Borrows settings
/// and zones.
[[nodiscard]] runtime::PlanningService::ReadText text_checker(const config::Settings& settings,
                                                              zones::Zones& zones);

/// The same for `verify`. Takes a copy of the settings, for it works on a thread of its own.
[[nodiscard]] runtime::Verifier::ReadText text_reader(config::Settings settings);

}  // namespace runbookd::app
