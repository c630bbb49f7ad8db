#pragma once
// Answers what people ask of the daemon: each question goes to the account that it is about, and what is
// asked of all is put together.
#include <functional>
#include <string>
#include <vector>

#include "ports/control.hpp"
#include "ports/history.hpp"
#include "runtime/accounts.hpp"

namespace runbookd::runtime {

class AccountsControl final : public ports::Control {
public:
    /// Both outlive this. `history` is asked which account a run was on.
    AccountsControl(const Accounts& accounts, ports::History& history, boost::asio::any_io_executor on)
        : accounts_(accounts), history_(history), executor_(std::move(on)) {}

    boost::asio::awaitable<Result<ports::RunAccepted>> start_run(ports::RunRequest request) override;
    /// Errors also: refused_by_rule (the runbook has moved to another account since the run).
    boost::asio::awaitable<Result<ports::RetargetAccepted>> retarget(ports::RetargetRequest request) override;
    /// Errors also: unavailable (the job's account is absent).
    boost::asio::awaitable<Result<ports::SettleAccepted>> settle(ports::SettleRequest request) override;
    /// Errors also: unavailable (the run's account is absent).
    boost::asio::awaitable<Result<ports::CancelAccepted>> cancel(ports::CancelRequest request) override;
    boost::asio::awaitable<Result<ports::ApproveAccepted>> approve(ports::ApproveRequest request) override;
    boost::asio::awaitable<Result<ports::RejectAccepted>> reject(ports::ApproveRequest request) override;
    boost::asio::awaitable<Result<ports::QuickJobAccepted>> quick_job(
        ports::QuickJobRequest request) override;
    boost::asio::awaitable<Result<void>> accept_restore(std::string actor) override;
    boost::asio::awaitable<Result<ports::PauseAccepted>> pause(ports::PauseRequest request) override;
    boost::asio::awaitable<Result<engine::PauseScope>> resume(engine::PauseScope scope,
                                                              std::string actor) override;
    [[nodiscard]] std::vector<ports::RunbookStatus> runbooks() const override;
    [[nodiscard]] ports::DaemonStatus status() const override;
    [[nodiscard]] std::vector<ports::AccountBudget> budgets() const override;
    [[nodiscard]] ports::FleetView fleet() const override;
    [[nodiscard]] ports::FleetPage fleet_page(const std::optional<SiteUid>& site, std::int64_t first,
                                              std::int64_t count) const override;
    [[nodiscard]] std::vector<engine::Site> sites() const override;
    [[nodiscard]] std::optional<UtcTime> first_seen_at(const DeviceUid& device) const override;
    [[nodiscard]] std::string customer_of(const engine::Device& device) const override;
    [[nodiscard]] std::vector<ports::KnownComponent> components() const override;
    [[nodiscard]] bool knows_components() const override;

    // What is so of the whole daemon; see ControlService.
    void set_file_problems(std::vector<std::string> problems);
    void set_notice_problems(std::vector<std::string> problems);
    void set_verified(const ports::VerifyStatus& result);
    void set_stopping();
    void on_restore_accepted(std::function<void()> tell);

private:
    /// The account of a run; its uid is completed. Errors: as find_run; unavailable (it is absent).
    boost::asio::awaitable<Result<const ServedAccount*>> account_of_run(std::string& run);
    /// The account of an open run, or of what was asked ahead of one. Errors: as account_of_run.
    boost::asio::awaitable<Result<const ServedAccount*>> account_in_question(std::string& uid);
    /// The account on which what `runbook` left on account `was_on` can go on. `what`: "run X", for the
    /// error.
    [[nodiscard]] Result<const ServedAccount*> still_on(const std::string& was_on, const std::string& runbook,
                                                        const std::string& what) const;

    const Accounts& accounts_;
    ports::History& history_;
    boost::asio::any_io_executor executor_;
};

}  // namespace runbookd::runtime
