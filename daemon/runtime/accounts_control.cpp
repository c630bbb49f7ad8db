#include "runtime/accounts_control.hpp"

#include <algorithm>
#include <utility>

#include "runtime/accounts_status.hpp"
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
    const auto account = accounts_.working(left->runbook);
    if (!account) co_return tl::unexpected<Error>(account.error());
    if ((*account)->name != left->account)
        co_return fail(ErrorCode::refused_by_rule, "run " + left->run_uid + " was on account '" +
                                                       left->account + "', and runbook '" + left->runbook +
                                                       "' is on account '" + (*account)->name +
                                                       "' now, which has other devices");
    co_return co_await (*account)->control.retarget_left(std::move(request), std::move(*left));
}

asio::awaitable<Result<ports::QuickJobAccepted>> AccountsControl::quick_job(ports::QuickJobRequest request) {
    const auto account = co_await account_of_device(accounts_, request.device, executor_);
    if (!account) co_return tl::unexpected<Error>(account.error());
    co_return co_await (*account)->control.quick_job(std::move(request));
}

asio::awaitable<Result<ports::PauseAccepted>> AccountsControl::pause(ports::PauseRequest request) {
    // One account's engine records it; all of them hold (see Accounts::add).
    const auto account = request.runbook == engine::kAllRunbooks
                             ? Result<const ServedAccount*>(&accounts_.first())
                             : accounts_.serving(request.runbook);
    if (!account) co_return tl::unexpected<Error>(account.error());
    co_return co_await (*account)->control.pause(std::move(request));
}

asio::awaitable<Result<void>> AccountsControl::resume(std::string runbook, std::string actor) {
    const auto* account = accounts_.pausing(runbook);
    if (account == nullptr) account = &accounts_.first();
    co_return co_await account->control.resume(std::move(runbook), std::move(actor));
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

void AccountsControl::set_verified(const ports::VerifyStatus& result) {
    accounts_.first().control.set_verified(result);
}

void AccountsControl::set_stopping() {
    for (const auto& account : accounts_.all()) account.control.set_stopping();
}

}  // namespace runbookd::runtime
