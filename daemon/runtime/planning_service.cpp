#include "runtime/planning_service.hpp"

#include <boost/asio/post.hpp>
#include <tuple>
#include <utility>

#include "runtime/answer.hpp"

namespace runbookd::runtime {

namespace asio = boost::asio;

namespace {

constexpr Millis kDay = std::chrono::hours{24};
constexpr Millis kFarthest = 31 * kDay;

tl::unexpected<Error> gone() { return fail(ErrorCode::unavailable, "the daemon is stopping"); }

/// One key of a map, in a path. `whose`: of a step, "steps[0]."; else empty.
std::string variable_path(const std::string& whose, const std::string& name) {
    return whose + "variables." + name;
}

const char* code_of(engine::VariableProblem problem) {
    switch (problem) {
        case engine::VariableProblem::unknown: return "unknown_variable";
        case engine::VariableProblem::output: return "output_variable";
        case engine::VariableProblem::wrong_value: return "bad_value";
        default: return "variable_without_value";
    }
}

void add_findings(std::vector<ports::CheckFinding>& findings, const std::string& whose,
                  const std::string& component_problem, const std::vector<engine::VariableIssue>& issues) {
    if (!component_problem.empty())
        findings.push_back({whose + "component", true, "component_not_found", component_problem, ""});
    for (const auto& issue : issues) {
        // What is not set has no place of its own.
        const bool is_absent = issue.problem == engine::VariableProblem::no_value;
        findings.push_back({is_absent ? whose + "variables" : variable_path(whose, issue.variable),
                            is_error(issue.problem), code_of(issue.problem), issue.message,
                            issue.suggestion});
    }
}

std::vector<ports::CheckFinding> findings_of(const engine::Preview& preview) {
    std::vector<ports::CheckFinding> findings;
    add_findings(findings, "", preview.component_problem, preview.issues);
    for (std::size_t i = 0; i < preview.steps.size(); ++i)
        add_findings(findings, "steps[" + std::to_string(i) + "].", preview.steps[i].component_problem,
                     preview.steps[i].issues);
    if (!preview.targets_problem.empty())
        findings.push_back({"targets", true, "filter_not_found", preview.targets_problem, ""});
    else if (preview.targets.empty())
        findings.push_back({"targets", false, "selects_nothing",
                            preview.exclusions.empty()
                                ? "no device of the account is selected"
                                : "no device is left: " + std::to_string(preview.exclusions.size()) +
                                      " are selected, and all of them left out",
                            ""});
    return findings;
}

}  // namespace

PlanningService::PlanningService(DispatchLoop& loop, const Clock& clock, asio::any_io_executor on,
                                 ReadText read)
    : loop_(loop), clock_(clock), executor_(std::move(on)), read_(std::move(read)) {}

asio::awaitable<Result<engine::Preview>> PlanningService::plan(ports::PlanRequest request) {
    engine::PreviewOrder order;
    order.runbook = std::move(request.runbook);
    order.scope.devices = std::move(request.devices);
    order.scope.sites = std::move(request.sites);
    order.scope.customers = std::move(request.customers);
    order.lane = std::move(request.lane);
    order.scope.variables = std::move(request.variables);
    order.at = request.at;
    order.actor = std::move(request.actor);
    co_return co_await ask(std::move(order));
}

asio::awaitable<Result<std::vector<ports::CheckFinding>>> PlanningService::check(
    ports::CheckRequest request) {
    auto book = read_(request.yaml, request.name);
    if (!book) co_return tl::unexpected<Error>(std::move(book.error()));
    co_return co_await check_book(std::move(*book));
}

asio::awaitable<Result<std::vector<ports::CheckFinding>>> PlanningService::check_book(
    engine::RunbookPointer book) {
    engine::PreviewOrder order;
    order.runbook = book->name;
    order.book = std::move(book);
    const auto preview = co_await ask(std::move(order));
    if (!preview) co_return tl::unexpected<Error>(preview.error());
    co_return findings_of(*preview);
}

asio::awaitable<Result<engine::Preview>> PlanningService::ask(engine::PreviewOrder order) {
    const Answer<Result<engine::Preview>> answer(executor_);
    loop_.tell(
        [&](engine::Engine& core, Instant now) { core.preview(std::move(order), answer.callback(), now); });
    auto preview = co_await answer.wait();
    if (!preview) co_return gone();
    co_return std::move(*preview);
}

PlanningService::Size PlanningService::size_of(const engine::Preview& preview) {
    Size size;
    size.targets = static_cast<std::int64_t>(preview.targets.size());
    size.creates = preview.wanted;
    size.offline = preview.offline;
    size.problem = preview.refusal;
    return size;
}

asio::awaitable<Result<PlanningService::Size>> PlanningService::size_of(const engine::ComingRun& run) {
    ports::PlanRequest request;
    request.runbook = run.runbook;
    request.at = run.nominal;
    request.lane = engine::LaneName{run.zone, run.customer};
    const auto preview = co_await plan(std::move(request));
    // A large fleet takes a while to be chosen from: others get their turn between two runbooks.
    co_await asio::post(executor_, asio::use_awaitable);
    if (!preview) co_return tl::unexpected<Error>(preview.error());
    co_return size_of(*preview);
}

asio::awaitable<Result<std::vector<ports::ForecastRun>>> PlanningService::forecast(
    std::optional<UtcTime> asked) {
    const auto begin = clock_.now().utc;
    const auto until = asked.value_or(begin + kDay);
    if (until <= begin || until > begin + kFarthest)
        co_return fail(
            ErrorCode::invalid_input,
            "until: a forecast reaches from now to at most 31 days ahead, not to " + format_utc(until));
    const auto coming = loop_.engine().forecast().coming(until, clock_.now());
    std::vector<ports::ForecastRun> forecast;
    std::map<std::tuple<std::string, std::string, std::string>, Size> sizes;  // by runbook and lane
    std::vector<std::int64_t> creates;
    for (const auto& run : coming) {
        ports::ForecastRun one;
        if (run.open_creates) {
            one.targets = one.creates = *run.open_creates;
        } else if (run.suppressed_by.empty()) {
            const auto key = std::tuple(run.runbook, run.zone, run.customer);
            auto known = sizes.find(key);
            if (known == sizes.end()) {
                auto size = co_await size_of(run);
                if (!size) co_return tl::unexpected<Error>(std::move(size.error()));
                known = sizes.emplace(key, std::move(*size)).first;
            }
            one.targets = known->second.targets;
            one.offline = known->second.offline;
            one.problem = known->second.problem;
            if (one.problem.empty()) one.creates = known->second.creates;
        }
        creates.push_back(one.creates);
        one.run = run;
        forecast.push_back(std::move(one));
    }
    const auto drained = loop_.engine().forecast().drain(coming, creates, clock_.now());
    for (std::size_t i = 0; i < drained.size(); ++i) forecast[i].drained = drained[i];
    co_return forecast;
}

}  // namespace runbookd::runtime
