#include "engine/forecast.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>
#include <utility>

#include "engine/quick_jobs.hpp"
#include "engine/start_delay.hpp"
#include "engine/turns.hpp"

namespace runbookd::engine {
namespace {

// Promise 1: so many creates are in flight at a time.
constexpr int kInFlight = 8;
constexpr std::chrono::microseconds kSlowGuess = std::chrono::milliseconds{300};
constexpr Millis kBudgetWindow = std::chrono::seconds{60};

/// Of its step, and of those behind it.
std::int64_t wanted_by(const Run& run, const Target& target) {
    if (target.disposition != Disposition::pending) return 0;
    const auto* const step = run.step_of(target);
    if (step == nullptr) return target.job ? 0 : 1;
    const std::int64_t made = target.job && !step->expect ? 1 : 0;
    return run.book->steps->jobs(target.done ? target.done->ended : std::vector<runbook::StepEnd>{}) - made;
}

std::int64_t wanted_by(const Run& run) {
    return std::accumulate(
        run.targets.begin(), run.targets.end(), std::int64_t{0},
        [&](std::int64_t sum, const Target& target) { return sum + wanted_by(run, target); });
}

}  // namespace

std::vector<ComingRun> Forecast::coming(UtcTime until, Instant now) const {
    std::vector<ComingRun> coming;
    add_open(coming, now);
    for (const auto& [name, runbook] : planner_.in_force())
        if (runbook.book->enabled)
            for (const auto& lane : runbook::lanes_of(*runbook.book))
                add_scheduled(coming, runbook, lane, now.utc, until);
    std::stable_sort(coming.begin(), coming.end(), [](const auto& a, const auto& b) {
        return std::tie(a.starts, a.runbook) < std::tie(b.starts, b.runbook);
    });
    if (coming.size() > kMost) coming.resize(kMost);
    return coming;
}

void Forecast::add_open(std::vector<ComingRun>& coming, Instant now) const {
    for (const auto& run : books_.runs()) {
        if (is_terminal(run->status) || run->create_end <= now.utc) continue;
        ComingRun one;
        one.runbook = run->plan.runbook;
        one.revision = run->plan.revision.value_or(0);
        one.zone = run->plan.zone;
        one.customer = run->plan.customer;
        one.run = run->plan.run;
        one.nominal = run->plan.nominal;
        one.starts = std::max(now.utc, run->plan.starts_at.value_or(now.utc));
        one.window_end = run->plan.window_end;
        if (run->status != RunStatus::planned || run->book == nullptr) one.open_creates = wanted_by(*run);
        coming.push_back(std::move(one));
    }
}

void Forecast::add_scheduled(std::vector<ComingRun>& coming, const Planner::InForce& runbook,
                             const runbook::LaneView& lane, UtcTime after, UtcTime until) const {
    const auto& book = *runbook.book;
    std::size_t found = 0;
    for (auto next = lane.timeline().next_after(after); next && next->at < until && found <= kMost;
         next = lane.timeline().next_after(next->at), ++found) {
        ComingRun one;
        one.runbook = book.name;
        one.revision = runbook.revision;
        one.zone = next->entry->zone->name();
        one.customer = lane.customer();
        one.nominal = next->at;
        one.starts =
            next->at + start_delay(book, next->at, next->entry->jitter, book.window_of(*next->entry));
        one.window_end = lane.window_end(*next);
        if (pauses_.find(book.name, next->at) != nullptr)
            one.suppressed_by = "paused";
        else if (lane.blacked_out(*next))
            one.suppressed_by = "blackout";
        coming.push_back(std::move(one));
    }
}

Forecast::Whose Forecast::whose(const ComingRun& run) const {
    if (run.run)
        for (const auto& open : books_.runs())
            if (open->plan.run == *run.run) return {open->book, open->lane};
    const auto* const in_force = planner_.find(run.runbook);
    if (in_force == nullptr) return {};
    const auto& book = in_force->book;
    return {book, book->lanes ? book->lanes->find(run.zone, run.customer) : nullptr};
}

std::vector<Drained> Forecast::drain(const std::vector<ComingRun>& runs,
                                     const std::vector<std::int64_t>& creates, Instant now) const {
    std::vector<Demand> demands;
    demands.reserve(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        // Before a run's targets are frozen the device list is read.
        const auto lead = runs[i].open_creates ? Millis{0} : fleet_.devices_took();
        demands.push_back(demand_of(whose(runs[i]), runs[i].starts + lead, runs[i].window_end, creates[i]));
    }
    return engine::drain(demands, pace(now), now.utc);
}

std::vector<Demand> Forecast::open_demands(Instant now) const {
    std::vector<Demand> demands;
    for (const auto& run : books_.runs())
        if ((run->status == RunStatus::running || run->status == RunStatus::waiting) &&
            run->create_end > now.utc)
            demands.push_back(
                demand_of({run->book, run->lane}, now.utc, run->plan.window_end, wanted_by(*run)));
    return demands;
}

CreatePace Forecast::pace(Instant now) const {
    const auto use = line_.budget().creates(now.steady);
    CreatePace pace;
    if (use.allowed > 0) pace.allowed = line_.budget().allowed_creates();
    // Before the first create, a page of the device list tells how far away the other side is.
    const auto page = std::chrono::microseconds(fleet_.devices_took()) / static_cast<int>(fleet_.pages());
    const auto takes = sender_.create_takes().value_or(std::min<std::chrono::microseconds>(page, kSlowGuess));
    pace.took = std::chrono::ceil<Millis>(takes);
    pace.spacing = takes / kInFlight;
    for (const auto& [at, count] : line_.budget().creates_leaving(now.steady)) {
        // What is under way leaves the window a minute after its answer.
        const auto left = at ? *at - now.steady : pace.took + kBudgetWindow;
        pace.used.push_back({now.utc + left, count});
    }
    return pace;
}

Demand Forecast::demand_of(Whose whose, UtcTime starts, UtcTime window_end, std::int64_t creates) const {
    Demand demand{starts, window_end, rank_of(whose.book.get()), kQuickJobRunbook, creates, {}};
    if (whose.book == nullptr) return demand;
    demand.runbook = whose.book->name;
    demand.ends = window_end - (whose.book->window - whose.book->create_span());
    demand.held_until = [whose = std::move(whose), ends = demand.ends,
                         &pauses = pauses_](UtcTime at) -> std::optional<UtcTime> {
        const auto& [book, lane] = whose;
        if (const auto* const pause = pauses.find(book->name, at)) return pause->until;
        static const schedule::Blackouts kNone;
        const std::array lists{lane != nullptr ? &lane->not_during : &book->not_during,
                               lane != nullptr ? &lane->customer_not_during : &kNone,
                               book->account_not_during ? book->account_not_during.get() : &kNone};
        const auto hold = schedule::hold_of(lists, at, ends);
        return hold ? std::optional(hold->end) : std::nullopt;
    };
    return demand;
}

}  // namespace runbookd::engine
