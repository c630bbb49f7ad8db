#pragma once
// What belongs to one account alone: the client that speaks to it, the engine that decides for it, the loop
// between them, and the services that answer for it.
#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "app/runbook_source.hpp"
#include "async/task_group.hpp"
#include "async/timers.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/settings.hpp"
#include "engine/engine.hpp"
#include "log/log.hpp"
#include "ports/rmm_api.hpp"
#include "runtime/accounts.hpp"
#include "secrets/vault.hpp"
#include "store/sqlite_store.hpp"
#include "timer_wheel/timer_wheel.hpp"

namespace runbookd::app {

/// What all accounts have in common. Borrowed; outlives them.
struct Common {
    timer_wheel::TimerWheel& wheel;
    async::Timers& timers;
    const Clock& clock;
    async::TaskGroup& tasks;
    const log::Log& log;
    const secrets::Vault& vault;
    store::SqliteStore& store;
    runtime::PlanningService::ReadText read_text;
};

class Account {
public:
    /// One that the settings name; of `settings` what is said for all accounts is taken, too. Errors: a
    /// certificate file that cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Account>> make(const config::Settings& settings,
                                                               const config::AccountSettings& account,
                                                               const Common& common);
    /// One that only the record knows: its schedules go on missing what is due, and nothing is sent.
    /// `absence`: see runtime::ServedAccount.
    [[nodiscard]] static std::unique_ptr<Account> make_absent(const config::Settings& settings,
                                                              const std::string& name, std::string absence,
                                                              const Common& common);
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

    /// Borrows from this.
    [[nodiscard]] runtime::ServedAccount served() {
        return {settings_.account, loop_, control_, planning_, absence_};
    }

private:
    Account(engine::EngineSettings settings, std::unique_ptr<ports::RmmApi> api, std::string absence,
            const Common& common);

    engine::EngineSettings settings_;
    std::string absence_;
    std::unique_ptr<ports::RmmApi> api_;
    engine::Engine engine_;
    runtime::DispatchLoop loop_;
    runtime::ControlService control_;
    runtime::PlanningService planning_;
};

}  // namespace runbookd::app
