#include "runtime/accounts_control.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "runtime/accounts_status.hpp"
#include "runtime/cancel.hpp"
#include "runtime/device_search.hpp"
#include "runtime/retarget.hpp"

namespace runbookd::runtime {

namespace asio = boost::asio;

asio::awaitable<Result<ports::RunAccepted>> AccountsControl::start_run(ports::RunRequest request) {
    const auto account = accounts_.working(request.runbook);
    if (!account) co_return tl::unexpected<Error>(account.error());
    co_return co_await (*account)->control.start_run(std::move(request));
}

asio::awaitable<Result<ports::RetargetAccepted>> AccountsControl::retarget(ports::RetargetRequest request) {
    if (accounts_.is_only_one()) co_return co_await accounts_.first().control.retarget(std::move(request));
    if (auto fine = check(request); !fine) co_return tl::unexpected<Error>(std::move(fine.error()));
    auto left = co_await history_.leftovers(request.run);
    if (!left) co_return tl::unexpected<Error>(std::move(left.error()));
    if (left->runbook == engine::kQuickJobRunbook)  // which every account refuses, in the same words
        co_return co_await accounts_.first().control.retarget_left(std::move(request), std::move(*left));
    const auto account = still_on(left->account, left->runbook, "run " + left->run_uid);
    if (!account) co_return tl::unexpected<Error>(account.error());
    co_return co_await (*account)->control.retarget_left(std::move(request), std::move(*left));
}

asio::awaitable<Result<ports::SettleAccepted>> AccountsControl::settle(ports::SettleRequest request) {
    if (accounts_.is_only_one()) co_return co_await accounts_.first().control.settle(std::move(request));
    auto found = co_await history_.settling(request.job);
    if (!found) co_return tl::unexpected<Error>(std::move(found.error()));
    const auto* const account = accounts_.find(found->account);
    if (account == nullptr || account->is_absent())
        co_return fail(ErrorCode::unavailable, "job " + found->job_uid + " is of account '" + found->account +
                                                   "', which is not in the configuration any more");
    if (request.word == ports::SettleRequest::Word::redispatch &&
        found->runbook != engine::kQuickJobRunbook) {
        const auto there = still_on(found->account, found->runbook, "job " + found->job_uid);
        if (!there) co_return tl::unexpected<Error>(there.error());
    }
    request.job = found->job_uid;
    co_return co_await account->control.settle(std::move(request));
}

Result<const ServedAccount*> AccountsControl::still_on(const std::string& was_on, const std::string& runbook,
                                                       const std::string& what) const {
    const auto account = accounts_.working(runbook);
    if (account && (*account)->name != was_on)
        return fail(ErrorCode::refused_by_rule, what + " was on account '" + was_on + "', and runbook '" +
                                                    runbook + "' is on account '" + (*account)->name +
                                                    "' now, which has other devices");
    return account;
}

asio::awaitable<Result<ports::CancelAccepted>> AccountsControl::cancel(ports::CancelRequest request) {
    const auto account = co_await account_of_run(request.run);
    if (!account) co_return tl::unexpected<Error>(account.error());
    co_return co_await (*account)->control.cancel(std::move(request));
}

asio::awaitable<Result<ports::ApproveAccepted>> AccountsControl::approve(ports::ApproveRequest request) {
    const auto account = co_await account_in_question(request.uid);
    if (!account) co_return tl::unexpected<Error>(account.error());
    co_return co_await (*account)->control.approve(std::move(request));
}

asio::awaitable<Result<ports::RejectAccepted>> AccountsControl::reject(ports::ApproveRequest request) {
    const auto account = co_await account_in_question(request.uid);
    if (!account) co_return tl::unexpected<Error>(account.error());
    co_return co_await (*account)->control.reject(std::move(request));
}

asio::awaitable<Result<const ServedAccount*>> AccountsControl::account_in_question(std::string& uid) {
    const ServedAccount* only = nullptr;
    for (const auto& account : accounts_.all()) {
        if (account.is_absent() || !account.engine().has_in_question(uid)) continue;
        if (only != nullptr)
            co_return fail(ErrorCode::conflict, "'" + uid + "' is the beginning of open runs' uids on '" +
                                                    only->name + "' and '" + account.name +
                                                    "'; give more of it");
        only = &account;
    }
    if (only != nullptr) co_return only;
    // The record knows best what else it is.
    co_return co_await account_of_run(uid);
}

asio::awaitable<Result<const ServedAccount*>> AccountsControl::account_of_run(std::string& run) {
    if (accounts_.is_only_one()) co_return &accounts_.first();
    const auto found = co_await find_run(history_, run);
    if (!found) co_return tl::unexpected<Error>(found.error());
    const auto* const account = accounts_.find(found->account);
    if (account == nullptr || account->is_absent())
        co_return fail(ErrorCode::unavailable, "run " + found->run_uid + " is of account '" + found->account +
                                                   "', which is not in the configuration any more");
    run = found->run_uid;
    co_return account;
}

asio::awaitable<Result<ports::QuickJobAccepted>> AccountsControl::quick_job(ports::QuickJobRequest request) {
    const auto account = co_await account_of_device(accounts_, request.device, executor_);
    if (!account) co_return tl::unexpected<Error>(account.error());
    co_return co_await (*account)->control.quick_job(std::move(request));
}

asio::awaitable<Result<void>> AccountsControl::accept_restore(std::string actor) {
    // All hold for the same store; those that go on already have nothing to accept.
    bool is_any_held = false;
    for (const auto& account : accounts_.all()) {
        const bool is_held = !account.engine().restored().empty();
        if (!is_held && (is_any_held || &account != &accounts_.all().back())) continue;
        is_any_held = true;
        auto accepted = co_await account.control.accept_restore(actor);
        if (!accepted) co_return accepted;
    }
    co_return Result<void>{};
}

asio::awaitable<Result<ports::PauseAccepted>> AccountsControl::pause(ports::PauseRequest request) {
    // One account's engine records it; all of them hold (see Accounts::add).
    auto known = accounts_.pausable(request.scope);
    if (!known) co_return tl::unexpected<Error>(std::move(known.error()));
    request.scope = known->scope;
    co_return co_await known->account->control.pause(std::move(request));
}

asio::awaitable<Result<engine::PauseScope>> AccountsControl::resume(engine::PauseScope scope,
                                                                    std::string actor) {
    if (const auto known = accounts_.pausable(scope)) scope = known->scope;
    const auto* account = accounts_.pausing(scope);
    if (account == nullptr) account = &accounts_.first();
    co_return co_await account->control.resume(std::move(scope), std::move(actor));
}

std::vector<ports::RunbookStatus> AccountsControl::runbooks() const {
    std::vector<ports::RunbookStatus> all;
    for (const auto& account : accounts_.all())
        for (auto& runbook : account.control.runbooks()) all.push_back(std::move(runbook));
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
}

ports::DaemonStatus AccountsControl::status() const { return status_of(accounts_); }

ports::FleetView AccountsControl::fleet() const {
    ports::FleetView all;
    for (const auto& account : accounts_.all()) {
        auto one = account.control.fleet();
        if (one.read_at && (!all.read_at || *one.read_at < *all.read_at)) all.read_at = one.read_at;
        if (all.devices.empty())
            all.devices = std::move(one.devices);
        else
            std::move(one.devices.begin(), one.devices.end(), std::back_inserter(all.devices));
    }
    return all;
}

std::vector<ports::AccountBudget> AccountsControl::budgets() const {
    std::vector<ports::AccountBudget> all;
    for (const auto& account : accounts_.all()) {
        if (account.is_absent()) continue;
        for (auto& budget : account.control.budgets()) all.push_back(std::move(budget));
    }
    return all;
}

ports::FleetPage AccountsControl::fleet_page(const std::optional<SiteUid>& site, std::int64_t first,
                                             std::int64_t count) const {
    ports::FleetPage all;
    for (const auto& account : accounts_.all()) {
        const auto taken = static_cast<std::int64_t>(all.devices.size());
        auto page =
            account.control.fleet_page(site, std::max<std::int64_t>(first - all.total, 0), count - taken);
        if (page.read_at && (!all.read_at || *page.read_at < *all.read_at)) all.read_at = page.read_at;
        std::move(page.devices.begin(), page.devices.end(), std::back_inserter(all.devices));
        all.total += page.total;
    }
    return all;
}

std::vector<engine::Site> AccountsControl::sites() const {
    std::vector<engine::Site> all;
    for (const auto& account : accounts_.all())
        for (auto& site : account.control.sites()) all.push_back(std::move(site));
    std::sort(all.begin(), all.end(), [](const engine::Site& a, const engine::Site& b) {
        return std::tie(a.name, a.uid) < std::tie(b.name, b.uid);
    });
    return all;
}

std::optional<UtcTime> AccountsControl::first_seen_at(const DeviceUid& device) const {
    for (const auto& account : accounts_.all())
        if (const auto at = account.control.first_seen_at(device)) return at;
    return std::nullopt;
}

std::string AccountsControl::customer_of(const engine::Device& device) const {
    // The same customers everywhere, by names and uids of sites.
    return accounts_.first().control.customer_of(device);
}

std::vector<ports::KnownComponent> AccountsControl::components() const {
    std::vector<ports::KnownComponent> all;
    for (const auto& account : accounts_.all())
        for (auto& component : account.control.components()) all.push_back(std::move(component));
    return all;
}

bool AccountsControl::knows_components() const {
    return std::any_of(accounts_.all().begin(), accounts_.all().end(),
                       [](const ServedAccount& account) { return account.control.knows_components(); });
}

void AccountsControl::set_file_problems(std::vector<std::string> problems) {
    accounts_.first().control.set_file_problems(std::move(problems));
}

void AccountsControl::set_notice_problems(std::vector<std::string> problems) {
    accounts_.first().control.set_notice_problems(std::move(problems));
}

void AccountsControl::set_verified(const ports::VerifyStatus& result) {
    accounts_.first().control.set_verified(result);
}

void AccountsControl::set_stopping() {
    for (const auto& account : accounts_.all()) account.control.set_stopping();
}

void AccountsControl::on_restore_accepted(std::function<void()> tell) {
    // What is written before the last of them goes on is not acknowledged: a start then holds them all.
    for (const auto& account : accounts_.all())
        account.control.on_restore_released([this, tell] {
            const auto is_held = [](const ServedAccount& one) { return !one.engine().restored().empty(); };
            if (std::none_of(accounts_.all().begin(), accounts_.all().end(), is_held)) tell();
        });
}

}  // namespace runbookd::runtime
