#include "runtime/account_budget.hpp"

#include <algorithm>

namespace runbookd::runtime {
namespace {

const char* word_of(engine::LimitsSource source) {
    switch (source) {
        case engine::LimitsSource::upstream: return "auto";
        case engine::LimitsSource::fixed: return "fixed";
        case engine::LimitsSource::off: break;
    }
    return "off";
}

ports::AccountBudget::Calls calls_of(const engine::Budget::Use& use, std::optional<std::int64_t> limit,
                                     std::optional<std::int64_t> others) {
    ports::AccountBudget::Calls calls;
    calls.used = use.used;
    calls.limit = limit;
    if (limit) calls.allowed = use.allowed;
    calls.others = others;
    return calls;
}

}  // namespace

ports::AccountBudget budget_of(const engine::Engine& core, const std::string& account, Instant now) {
    const auto& line = core.line();
    const auto& budget = line.budget();
    const auto& checked = line.last_check();
    const auto& limits = budget.limits();
    const auto of_limits = [&](std::int64_t engine::Limits::* kind) {
        return limits ? std::optional((*limits).*kind) : std::nullopt;
    };
    const auto of_others = [&](std::int64_t engine::Counts::* kind) {
        return checked ? std::optional(checked->others.*kind) : std::nullopt;
    };
    const auto as_utc = [&](SteadyTime at) { return now.utc + (at - now.steady); };

    ports::AccountBudget view;
    view.account = account;
    view.limits_source = word_of(line.limits_source());
    view.share = line.share();
    view.reads = calls_of(budget.reads(now.steady), of_limits(&engine::Limits::reads),
                          of_others(&engine::Counts::reads));
    view.writes = calls_of(budget.writes(now.steady), of_limits(&engine::Limits::writes),
                           of_others(&engine::Counts::writes));
    view.creates = calls_of(budget.creates(now.steady), of_limits(&engine::Limits::creates),
                            of_others(&engine::Counts::creates));
    if (checked) view.checked_at = checked->at;
    if (const auto until = line.held_until(now)) {
        view.held_until = as_utc(*until);
        view.held_because = line.problem();
    }
    view.creates_under_way = static_cast<std::int64_t>(line.creates_under_way());
    view.creates_waiting = static_cast<std::int64_t>(core.dispatcher().creates_waiting());
    const auto next = line.opens_at(engine::Budget::Kind::create, now);
    // Before the API has told its counters nothing goes out, and when it does nobody knows.
    if (next && line.is_answered() && !core.clock().is_doubted())
        view.next_create_at = as_utc(std::max(*next, now.steady));
    return view;
}

}  // namespace runbookd::runtime
