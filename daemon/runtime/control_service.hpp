#pragma once
// Answers what people ask of one account, from its engine's state on the loop.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ports/control.hpp"
#include "ports/history.hpp"
#include "runtime/dispatch_loop.hpp"
#include "secrets/vault.hpp"

namespace runbookd::runtime {

class ControlService final : public ports::Control {
public:
    /// `store` is asked for its trouble only, `vault` whether a value that somebody sends is a secret's,
    /// `history` what a run has left.
    ControlService(DispatchLoop& loop, const ports::Store& store, ports::History& history, const Clock& clock,
                   boost::asio::any_io_executor on, const secrets::Vault& vault, std::string account,
                   std::string version);

    boost::asio::awaitable<Result<ports::RunAccepted>> start_run(ports::RunRequest request) override;
    boost::asio::awaitable<Result<ports::RetargetAccepted>> retarget(ports::RetargetRequest request) override;
    boost::asio::awaitable<Result<ports::SettleAccepted>> settle(ports::SettleRequest request) override;
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

    /// As retarget, of a run that was looked up already; `request` has been checked.
    boost::asio::awaitable<Result<ports::RetargetAccepted>> retarget_left(ports::RetargetRequest request,
                                                                          ports::RunLeftovers left);
    /// Called at once when a pause may have been set or ended, with its scope.
    void on_pause_changed(std::function<void(const engine::PauseScope& scope)> callback) {
        on_pause_changed_ = std::move(callback);
    }
    /// One line for each thing that a person should look at, such as a runbook file that cannot be taken.
    void set_file_problems(std::vector<std::string> problems) { file_problems_ = std::move(problems); }
    /// Of targets of notices that do not take them, one line each.
    void set_notice_problems(std::vector<std::string> problems) { notice_problems_ = std::move(problems); }
    /// What the last verify found; what it could not explain is a problem.
    void set_verified(const ports::VerifyStatus& result) { verified_ = result; }
    /// Called when the account waits no more for the store to be accepted: before that is recorded.
    void on_restore_released(std::function<void()> tell);
    void set_stopping() { stopping_ = true; }

private:
    DispatchLoop& loop_;
    const ports::Store& store_;
    ports::History& history_;
    const Clock& clock_;
    boost::asio::any_io_executor executor_;
    const secrets::Vault& vault_;
    std::string account_;
    std::string version_;
    Instant started_at_;
    std::vector<std::string> file_problems_;
    std::vector<std::string> notice_problems_;
    std::optional<ports::VerifyStatus> verified_;
    std::function<void(const engine::PauseScope&)> on_pause_changed_ = [](const engine::PauseScope&) {};
    bool stopping_ = false;
};

}  // namespace runbookd::runtime
