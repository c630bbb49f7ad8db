#pragma once
// Answers what would happen: each question goes to the account of its runbook, and a forecast is of all.
#include <string>
#include <vector>

#include "ports/planning.hpp"
#include "runtime/accounts.hpp"

namespace runbookd::runtime {

class AccountsPlanning final : public ports::Planning {
public:
    /// `accounts` and `clock` outlive this. `read`: see PlanningService.
    AccountsPlanning(const Accounts& accounts, const Clock& clock, PlanningService::ReadText read)
        : accounts_(accounts), clock_(clock), read_(std::move(read)) {}

    boost::asio::awaitable<Result<engine::Preview>> plan(ports::PlanRequest request) override;
    boost::asio::awaitable<Result<std::vector<ports::CheckFinding>>> check(
        ports::CheckRequest request) override;
    /// Of several accounts, those whose devices cannot be read have their runs in it too, with that as the
    /// problem.
    boost::asio::awaitable<Result<std::vector<ports::ForecastRun>>> forecast(
        std::optional<UtcTime> until) override;

private:
    boost::asio::awaitable<Result<std::vector<ports::ForecastRun>>> forecast_of(const ServedAccount& account,
                                                                                UtcTime until);

    const Accounts& accounts_;
    const Clock& clock_;
    PlanningService::ReadText read_;
};

}  // namespace runbookd::runtime
