#include "app/all_accounts.hpp"

#include <utility>

#include "runtime/answer.hpp"

namespace runbookd::app {

namespace asio = boost::asio;

namespace {

/// "1 open run", "2 open runs"
std::string open_words(std::size_t count, const std::string& what) {
    return std::to_string(count) + " open " + what + (count == 1 ? "" : "s");
}

}  // namespace

Result<void> AllAccounts::make(const Common& common) {
    if (auto recovered = recover(common); !recovered) return recovered;
    for (const auto& account : settings_.accounts) {
        auto made = Account::make(settings_, account, common);
        if (!made) return fail(made.error().code, "account '" + account.name + "': " + made.error().message);
        add(std::move(*made));
    }
    add_absent(common);
    return {};
}

Result<void> AllAccounts::recover(const Common& common) {
    auto stored = common.store.load(common.clock.now().utc);
    if (!stored) return tl::unexpected<Error>(stored.error());
    auto zone_rules = common.store.load_zone_rules();
    if (!zone_rules) return tl::unexpected<Error>(zone_rules.error());
    recovered_ = runtime::divide(std::move(*stored), config::names_of_accounts(settings_));
    recorded_zones_ = std::move(*zone_rules);
    return {};
}

void AllAccounts::add(std::unique_ptr<Account> account) {
    served_.add(account->served());
    parts_.push_back(std::move(account));
}

void AllAccounts::add_absent(const Common& common) {
    for (const auto& [name, recovered] : recovered_) {
        if (served_.find(name) != nullptr) continue;
        auto absence = "it is not in the configuration any more; " + open_words(recovered.runs_left, "run") +
                       " and " + open_words(recovered.jobs_left, "job") +
                       " of it stay as they are until it is there again";
        common.log.event(log::Level::error, "account.absent", {{"account", name}, {"message", absence}});
        add(Account::make_absent(settings_, name, std::move(absence), common));
    }
}

void AllAccounts::hold_for_restore(const std::string& why, Instant now) {
    served_.tell_all(now, [&](const runtime::ServedAccount& account, engine::Engine& core, Instant) {
        using Searches = engine::Engine::Searches;
        core.hold_for_restore(why, account.is_absent() ? Searches::no : Searches::yes);
    });
}

std::optional<UtcTime> AllAccounts::newest() const {
    return recovered_.empty() ? std::nullopt : recovered_.begin()->second.state.newest;  // common to all
}

std::set<std::string> AllAccounts::recovered() const {
    std::set<std::string> names;
    for (const auto& [account, recovered] : recovered_)
        for (const auto& runbook : recovered.state.runbooks)
            if (!runbook.retired) names.insert(runbook.runbook);
    return names;
}

void AllAccounts::learn_last_targets(const std::vector<engine::LastTargets>& lanes, Instant now) {
    for (auto& [account, recovered] : recovered_)
        recovered.state.last_targets = runtime::of_account(lanes, account);
    if (!recovered_.empty()) return;
    served_.tell_all(now, [&](const runtime::ServedAccount& account, engine::Engine& core, Instant) {
        core.learn_last_targets(runtime::of_account(lanes, account.name));
    });
}

void AllAccounts::start(FoundRunbooks found, Instant now) {
    const auto read = revision_reader(settings_, zones_, std::exchange(recorded_zones_, {}));
    served_.tell_all(now, [&](const runtime::ServedAccount& account, engine::Engine& core, Instant at) {
        core.set_customers(customer_rules(settings_, account.name, zones_), at);
        core.recover(recovered_.at(account.name).state, read, at);
    });
    recovered_.clear();
    auto by_account = by_accounts(std::move(found.good));
    served_.tell_all(now, [&](const runtime::ServedAccount& account, engine::Engine& core, Instant at) {
        core.begin(std::move(by_account[account.name]), found.bad, at);
    });
}

std::size_t AllAccounts::runbooks_in_force() const {
    std::size_t count = 0;
    for (const auto& account : served_.all()) count += account.engine().planner().in_force().size();
    return count;
}

asio::awaitable<void> AllAccounts::stop(async::TaskGroup& tasks, asio::any_io_executor on, Millis grace) {
    std::vector<runtime::Answer<bool>> stopped;
    for (const auto& account : served_.all()) {
        const auto& done = stopped.emplace_back(on);
        const auto stop_one = [&account, grace, callback = done.callback()]() -> asio::awaitable<void> {
            co_await account.loop.stop(grace);
            callback(true);
        };
        tasks.spawn("stop " + account.name, stop_one);
    }
    for (const auto& account : stopped) (void)co_await account.wait();
}

void AllAccounts::close() {
    for (const auto& account : served_.all()) account.loop.close();
}

}  // namespace runbookd::app
