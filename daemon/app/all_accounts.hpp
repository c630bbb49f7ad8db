#pragma once
// All accounts that the daemon serves: made from the settings and from what the store holds of them, started
// at one instant, stopped side by side.
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/account.hpp"
#include "app/runbook_source.hpp"
#include "runtime/accounts.hpp"
#include "runtime/recovered_accounts.hpp"
#include "zones/zones.hpp"

namespace runbookd::app {

class AllAccounts {
public:
    /// Both outlive this. The settings may be renewed meanwhile, but for the accounts.
    AllAccounts(const config::Settings& settings, zones::Zones& zones) : settings_(settings), zones_(zones) {}

    /// Blocking. Reads the store and makes every account: those of the settings, and those that only the
    /// record knows, which are logged. Errors, each one line: unavailable (the store), invalid_input (an
    /// account's address or certificates).
    [[nodiscard]] Result<void> make(const Common& common);
    [[nodiscard]] const runtime::Accounts& served() const { return served_; }

    /// Before start: see engine::Engine::hold_for_restore.
    void hold_for_restore(const std::string& why, Instant now);
    /// The newest time in the store as a start finds it; before start.
    [[nodiscard]] std::optional<UtcTime> newest() const;
    /// The runbooks that are in force as the store has it; empty after start.
    [[nodiscard]] std::set<std::string> recovered() const;
    /// What guards compare with; before start it is part of what is recovered.
    void learn_last_targets(const std::vector<engine::LastTargets>& lanes, Instant now);
    /// All engines recover before one of them takes its runbooks, some of which may come from another; all at
    /// one instant, so that nothing that was due lies between an end and a beginning.
    void start(FoundRunbooks found, Instant now);
    [[nodiscard]] std::size_t runbooks_in_force() const;

    /// Side by side: none waits for another's calls. See DispatchLoop::stop.
    boost::asio::awaitable<void> stop(async::TaskGroup& tasks, boost::asio::any_io_executor on, Millis grace);
    void close();

private:
    void add(std::unique_ptr<Account> account);
    [[nodiscard]] Result<void> recover(const Common& common);
    void add_absent(const Common& common);

    const config::Settings& settings_;
    zones::Zones& zones_;
    std::map<std::string, runtime::RecoveredAccount> recovered_;  // until the engines have it
    std::vector<runbook::ZoneRules> recorded_zones_;              // likewise
    std::vector<std::unique_ptr<Account>> parts_;
    runtime::Accounts served_;
};

}  // namespace runbookd::app
