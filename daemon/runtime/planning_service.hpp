#pragma once
// Answers what would happen on one account, from its engine's state on the loop.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ports/planning.hpp"
#include "runtime/dispatch_loop.hpp"

namespace runbookd::runtime {

class PlanningService final : public ports::Planning {
public:
    /// Understands a runbook's text as a reload would. Errors: invalid_input.
    using ReadText =
        std::function<Result<engine::RunbookPointer>(const std::string& yaml, const std::string& name)>;
    /// `loop` and `clock` outlive this.
    PlanningService(DispatchLoop& loop, const Clock& clock, boost::asio::any_io_executor on, ReadText read);

    boost::asio::awaitable<Result<engine::Preview>> plan(ports::PlanRequest request) override;
    boost::asio::awaitable<Result<std::vector<ports::CheckFinding>>> check(
        ports::CheckRequest request) override;
    boost::asio::awaitable<Result<std::vector<ports::ForecastRun>>> forecast(
        std::optional<UtcTime> until) override;
    /// As check, of a text that was understood already.
    boost::asio::awaitable<Result<std::vector<ports::CheckFinding>>> check_book(engine::RunbookPointer book);

private:
    /// What a runbook's run comes to; kept for one forecast, for many of its runs may be coming.
    struct Size {
        std::int64_t targets = 0, creates = 0, offline = 0;
        std::string problem;
    };
    boost::asio::awaitable<Result<engine::Preview>> ask(engine::PreviewOrder order);
    [[nodiscard]] static Size size_of(const engine::Preview& preview);
    boost::asio::awaitable<Result<Size>> size_of(const engine::ComingRun& run);

    DispatchLoop& loop_;
    const Clock& clock_;
    boost::asio::any_io_executor executor_;
    ReadText read_;
};

}  // namespace runbookd::runtime
