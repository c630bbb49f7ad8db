#include "runtime/accounts_status.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace runbookd::runtime {
namespace {

void add_use(ports::BudgetUse& all, const ports::BudgetUse& one, bool is_first) {
    all.used += one.used;
    // 0 is no limit.
    all.allowed = !is_first && (all.allowed == 0 || one.allowed == 0) ? 0 : all.allowed + one.allowed;
}

void add_oldest(std::optional<UtcTime>& oldest, const std::optional<UtcTime>& one) {
    if (one && (!oldest || *one < *oldest)) oldest = one;
}

void add_new(std::vector<std::string>& all, const std::vector<std::string>& some) {
    for (const auto& line : some)
        if (std::find(all.begin(), all.end(), line) == all.end()) all.push_back(line);
}

/// What its own engine says; what the whole daemon has in common is left out.
ports::AccountStatus account_status(const ServedAccount& account, const ports::DaemonStatus& own) {
    ports::AccountStatus status;
    status.account = account.name;
    const auto& line = account.engine().line();
    if (account.is_absent())
        status.problems.push_back(account.absence);
    else if (!line.problem().empty())
        status.problems.push_back(line.problem());
    status.state = account.is_absent()        ? "absent"
                   : !status.problems.empty() ? "degraded"
                   : line.is_answered()       ? "running"
                                              : "starting";
    status.runbooks = own.runbooks;
    status.open_runs = own.open_runs;
    status.open_jobs = own.open_jobs;
    status.reads = own.reads;
    status.creates = own.creates;
    status.fleet_devices = own.fleet_devices;
    status.fleet_read_at = own.fleet_read_at;
    return status;
}

}  // namespace

ports::DaemonStatus status_of(const Accounts& accounts) {
    auto all = accounts.first().control.status();
    auto problems = std::exchange(all.problems, {});
    all.held.clear();
    all.runbooks = all.open_runs = all.open_jobs = all.fleet_devices = 0;
    all.reads = all.creates = {};
    all.fleet_read_at.reset();
    bool is_starting = false;
    for (const auto& account : accounts.all()) {
        const bool is_first = &account == &accounts.first();
        auto own = account.control.status();
        const auto status = account_status(account, own);
        if (account.is_absent()) {
            // That its line is dead is no news.
            std::erase(own.problems, "account " + account.name + ": " + account.engine().line().problem());
            own.problems.push_back("account " + account.name + ": " + account.absence);
        }
        add_new(problems, own.problems);
        std::move(own.held.begin(), own.held.end(), std::back_inserter(all.held));
        is_starting = is_starting || status.state == "starting";
        all.runbooks += own.runbooks;
        all.open_runs += own.open_runs;
        all.open_jobs += own.open_jobs;
        all.fleet_devices += own.fleet_devices;
        add_oldest(all.fleet_read_at, own.fleet_read_at);
        if (all.clock_hold.empty()) all.clock_hold = own.clock_hold;
        if (!account.is_absent()) {
            add_use(all.reads, own.reads, is_first);
            add_use(all.creates, own.creates, is_first);
        }
        all.accounts.push_back(status);
    }
    all.problems = std::move(problems);
    if (all.state != "stopping")
        all.state = !all.problems.empty() ? "degraded" : is_starting ? "starting" : "running";
    return all;
}

}  // namespace runbookd::runtime
