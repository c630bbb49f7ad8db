#include "engine/preview.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/check_run.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// How old the lists may be that are answered from. A small fleet is quickly read anew; a large one is not
// for everybody who asks.
constexpr Millis kFreshForFew = seconds{5};
constexpr Millis kFreshForMany = seconds{60};
constexpr std::size_t kFewPages = 10;
// For how long the lists are waited for before what is known must do.
constexpr Millis kPatience = seconds{20};
// A plan for a time that is further ahead is not made from who has the devices now.
constexpr Millis kAboutNow = minutes{1};
// A result and its outputs: what a job costs at least.
constexpr std::int64_t kReadsPerJob = 3;

}  // namespace

Previews::Previews(AlarmClock& clock, const Planner& planner, const Fleet& fleet, const Customers& customers,
                   Starter& starter, const Forecast& forecast, Refusal refusal)
    : clock_(clock),
      planner_(planner),
      fleet_(fleet),
      customers_(customers),
      starter_(starter),
      forecast_(forecast),
      refusal_(std::move(refusal)),
      ignores_([](Run&, Instant) {}),
      patience_(clock, [this](Instant now) { answer_impatient(now); }) {}

void Previews::ask(PreviewOrder order, Answer answer, Instant now) {
    const auto* const runbook = planner_.find(order.runbook);
    if (runbook == nullptr && order.book == nullptr)
        return answer(tl::unexpected<Error>(*refusal_(order.runbook, now.utc, now)));
    for (const auto& name : order.scope.customers)
        if (customers_.find(name) == nullptr)
            return answer(fail(ErrorCode::not_found, customers_.unknown(name)));
    auto& asked = asked_.emplace_back(clock_, ignores_);
    asked.is_tried = order.book != nullptr;
    asked.run.book = asked.is_tried ? std::move(order.book) : runbook->book;
    const auto& book = *asked.run.book;
    asked.at = order.at.value_or(now.utc);
    if (runbook != nullptr) asked.revision = runbook->revision;
    if (book.schedule) asked.zone = book.schedule->zone();
    if (book.lanes) asked.zone = book.lanes->zones();
    asked.patience_ends = now.steady + kPatience;
    asked.answer = std::move(answer);
    asked.run.plan.runbook = order.runbook;
    asked.run.plan.trigger = Trigger::manual;
    asked.run.plan.scope = std::move(order.scope);
    asked.run.plan.actor = std::move(order.actor);
    asked.run.plan.window_end = asked.at + book.window;
    asked.run.create_end = asked.at + book.create_span();
    if (order.at) be_occurrence(asked, order.lane);  // which may bring a window of its own
    asked.run.begun_at = now.steady - (fleet_.pages() <= kFewPages ? kFreshForFew : kFreshForMany);
    if (try_to_answer(asked, now))
        asked_.pop_back();
    else if (asked_.size() == 1)
        patience_.set(asked.patience_ends);
}

void Previews::be_occurrence(Asked& asked, const std::optional<LaneName>& name) {
    const auto& book = *asked.run.book;
    const auto& customers = asked.run.plan.scope.customers;
    for (const auto& lane : runbook::lanes_of(book)) {
        const bool is_asked = lane.lane() == nullptr ? true
                              : name ? lane.zone() == name->zone && lane.customer() == name->customer
                                     : customers.size() == 1 && lane.customer() == customers.front();
        if (!is_asked) continue;
        const auto next = lane.timeline().next_after(asked.at - Millis{1});
        if (!next || next->at != asked.at) continue;
        asked.run.lane = lane.lane();
        asked.run.plan.trigger = Trigger::schedule;
        asked.run.plan.nominal = next->at;
        asked.run.plan.zone = asked.zone = next->entry->zone->name();
        asked.run.plan.customer = lane.customer();
        asked.run.plan.window_end = lane.window_end(*next);
        asked.run.create_end = lane.last_create(*next);
        return;
    }
}

void Previews::pump(Instant now) {
    std::erase_if(asked_, [&](Asked& asked) { return try_to_answer(asked, now); });
}

void Previews::answer_impatient(Instant now) {
    for (; !asked_.empty() && asked_.front().patience_ends <= now.steady; asked_.pop_front()) {
        auto& asked = asked_.front();
        asked.run.begun_at = SteadyTime::min() + kFreshForMany;  // whatever is known will do
        if (!try_to_answer(asked, now))
            asked.answer(
                fail(ErrorCode::unavailable,
                     "the account's devices or components have not been read yet; try again in a moment "
                     "(see `runbookctl status`)"));
    }
    if (!asked_.empty()) patience_.set(asked_.front().patience_ends);
}

bool Previews::try_to_answer(Asked& asked, Instant now) {
    auto foreseen = starter_.foresee(asked.run, asked.at, now);
    if (!foreseen) return false;
    asked.answer(preview_of(asked, std::move(*foreseen), now));
    return true;
}

Preview Previews::preview_of(const Asked& asked, Starter::Foreseen foreseen, Instant now) const {
    const auto& run = asked.run;
    Preview preview;
    preview.runbook = run.plan.runbook;
    preview.revision = asked.revision;
    preview.zone = asked.zone;
    preview.customer = run.plan.customer;
    preview.at = asked.at;
    preview.window_end = run.plan.window_end;
    preview.fleet_read_at = now.utc - (now.steady - fleet_.devices_read_at().value_or(now.steady));
    preview.warnings = std::move(foreseen.warnings);
    add_steps(preview, run, foreseen.obstacle);
    preview.targets_problem = foreseen.problem;
    if (const auto refusal = asked.is_tried ? std::nullopt : refusal_(preview.runbook, asked.at, now))
        preview.refusal = refusal->message;
    else
        preview.refusal = !foreseen.problem.empty() ? foreseen.problem
                          : !foreseen.guard.empty() ? "guard: " + foreseen.guard
                                                    : foreseen.obstacle;
    auto& rows = foreseen.selection.targets;
    preview.targets.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto target = PreviewedTarget{std::move(rows[i]), {}, {}, {}};
        // What is in a device's way now is not known to be so later.
        const bool is_for_now = asked.at <= now.utc + kAboutNow;
        const auto holds = [&](const Starter::Ruling& ruling) {
            return is_for_now || (ruling.reason != "overlap" && ruling.reason != "pending_upstream");
        };
        if (auto& ruling = foreseen.rulings[i]; ruling && holds(*ruling)) {
            target.disposition = ruling->disposition;
            target.reason = std::move(ruling->reason);
            target.message = std::move(ruling->message);
        }
        preview.targets.push_back(std::move(target));
    }
    preview.exclusions = std::move(foreseen.selection.exclusions);
    judge_devices(preview, run);
    add_times(preview, run, now);
    return preview;
}

void Previews::add_steps(Preview& preview, const Run& run, const std::string& obstacle) const {
    auto checked = check_run(run, fleet_);
    if (!run.book->steps) {
        auto& only = checked.steps.front();
        preview.component = run.component_of(1).uid;
        preview.component_name = run.component_of(1).name;
        if (only.is_lacking) preview.component_problem = obstacle;
        preview.inputs = std::move(only.variables.inputs);
        preview.issues = std::move(only.variables.issues);
        return;
    }
    const auto& list = run.book->steps->list;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto& step = list[i];
        const auto number = static_cast<std::int64_t>(i) + 1;
        auto& shown = preview.steps.emplace_back();
        shown.name = step.name;
        shown.component = run.component_of(number).uid;
        shown.component_name = run.component_of(number).name;
        for (const auto& condition : step.when)
            shown.when.push_back(list[condition.step].name + "." +
                                 std::string(runbook::to_text(condition.end)));
        shown.goes_on_after_failure = step.goes_on_after_failure;
        shown.expect = step.expect;
        if (!step.expect) shown.timeout = run.book->timeout_of(number);
        for (auto& one : checked.steps) {
            if (one.number != number) continue;
            if (one.is_lacking) shown.component_problem = obstacle;
            shown.inputs = std::move(one.variables.inputs);
            shown.issues = std::move(one.variables.issues);
        }
    }
    preview.issues = std::move(checked.unused);
}

std::optional<VariableRefusal> Previews::refusal_of(const Run& run, const RenderedFor& whose) const {
    for (std::int64_t number = 1; number <= std::ssize(run.components); ++number) {
        const auto& uid = run.component_of(number).uid;
        if (uid.empty() && run.components.size() > 1) continue;  // it makes no job, or cannot be told
        auto variables =
            render_variables(run, number, whose, uid.empty() ? nullptr : fleet_.find_component(uid.str()));
        if (!variables) return std::move(variables.error());
    }
    return std::nullopt;
}

void Previews::judge_devices(Preview& preview, const Run& run) const {
    // Many devices are of one customer.
    std::map<const Customers::Known*, std::optional<std::string>> blacked_out;
    for (auto& target : preview.targets) {
        if (target.disposition != Disposition::pending) continue;
        const auto* const seen = fleet_.find(target.row.device);
        const auto* const device = seen == nullptr ? nullptr : &seen->device;
        const auto* const customer = device == nullptr ? nullptr : customers_.of(*device);
        if (customer != nullptr) {
            const auto [hold, is_new] = blacked_out.try_emplace(customer);
            if (is_new) hold->second = customer->customer->not_during.covers(preview.at, run.create_end);
            if (hold->second) {
                target.disposition = Disposition::skipped;
                target.reason = "blackout";
                target.message =
                    "customer " + customer->name.str() + (hold->second->empty() ? "" : ": ") + *hold->second;
                continue;
            }
        }
        if (!target.row.online && run.must_be_online())
            continue;  // it is waited for before that is looked at
        auto refusal = refusal_of(run, {target.row, device, customer});
        if (!refusal) continue;
        target.disposition = refusal->disposition;
        target.reason = std::move(refusal->reason);
        target.message = std::move(refusal->message);
    }
}

void Previews::add_times(Preview& preview, const Run& run, Instant now) const {
    for (auto& target : preview.targets) {
        if (target.disposition != Disposition::pending) continue;
        if (target.row.online || !run.must_be_online()) {
            preview.wanted += run.book->jobs_per_device();
            continue;
        }
        ++preview.offline;
        target.reason = "offline";
        target.message = "waited for until the window closes";
    }
    auto demands = forecast_.open_demands(now);
    demands.push_back(forecast_.demand_of({run.book, run.lane}, std::max(preview.at, now.utc),
                                          preview.window_end, preview.refusal.empty() ? preview.wanted : 0));
    preview.creates = drain(demands, forecast_.pace(now), now.utc).back();
    const auto minutes_of_creating =
        preview.creates.first ? (*preview.creates.last - *preview.creates.first) / minutes{1} + 1 : 1;
    preview.reads = minutes_of_creating * static_cast<std::int64_t>(fleet_.pages()) +
                    kReadsPerJob * preview.creates.created;
}

}  // namespace runbookd::engine
