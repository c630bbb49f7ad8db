#include "runtime/accounts_planning.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace runbookd::runtime {

namespace asio = boost::asio;

namespace {

/// What is coming on an account of which nothing else is known.
std::vector<ports::ForecastRun> blind_forecast(const ServedAccount& account, UtcTime until, Instant now,
                                               const std::string& problem) {
    std::vector<ports::ForecastRun> forecast;
    for (auto& run : account.engine().forecast().coming(until, now)) {
        auto& one = forecast.emplace_back();
        one.run = std::move(run);
        one.problem = "account '" + account.name + "': " + problem;
    }
    return forecast;
}

}  // namespace

asio::awaitable<Result<engine::Preview>> AccountsPlanning::plan(ports::PlanRequest request) {
    const auto account = accounts_.working(request.runbook);
    if (!account) co_return tl::unexpected<Error>(account.error());
    co_return co_await (*account)->planning.plan(std::move(request));
}

asio::awaitable<Result<std::vector<ports::CheckFinding>>> AccountsPlanning::check(
    ports::CheckRequest request) {
    auto book = read_(request.yaml, request.name);
    if (!book) co_return tl::unexpected<Error>(std::move(book.error()));
    const auto* account = accounts_.find((*book)->account);
    if (account == nullptr) account = &accounts_.first();
    co_return co_await account->planning.check_book(std::move(*book));
}

asio::awaitable<Result<std::vector<ports::ForecastRun>>> AccountsPlanning::forecast_of(
    const ServedAccount& account, UtcTime until) {
    if (account.is_absent()) co_return blind_forecast(account, until, clock_.now(), account.absence);
    // Whoever waits for an account that was never read would wait for nothing.
    if (account.engine().fleet().devices_read_at()) {
        auto forecast = co_await account.planning.forecast(until);
        if (forecast || forecast.error().code != ErrorCode::unavailable) co_return std::move(forecast);
    }
    co_return blind_forecast(account, until, clock_.now(), "its devices have not been read yet");
}

asio::awaitable<Result<std::vector<ports::ForecastRun>>> AccountsPlanning::forecast(
    std::optional<UtcTime> until) {
    if (accounts_.is_only_one()) co_return co_await accounts_.first().planning.forecast(until);
    const auto horizon = until.value_or(clock_.now().utc + std::chrono::hours{24});
    std::vector<ports::ForecastRun> all;
    for (const auto& account : accounts_.all()) {
        auto some = co_await forecast_of(account, horizon);
        if (!some) co_return tl::unexpected<Error>(std::move(some.error()));
        std::move(some->begin(), some->end(), std::back_inserter(all));
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.run.starts < b.run.starts; });
    if (all.size() > engine::Forecast::kMost) all.resize(engine::Forecast::kMost);
    co_return all;
}

}  // namespace runbookd::runtime
